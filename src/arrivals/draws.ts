import type { Random } from '../core/random.ts'

/** Draws the next number of a distribution. */
export type Draw = () => number

/** How near to 0 and 1 a share is told apart from them. */
const LEAST = Number.EPSILON / 2

/**
 * The quantile of the standard normal distribution at a share in [0, 1]; the ends count as the nearest shares
 * inside. Wichura's AS 241: relative error about 1e-16.
 */
export function normalQuantile(share: number): number {
  const q = share - 0.5
  if (q >= -0.425 && q <= 0.425) return q * centre(0.180625 - q * q)
  const nearer = q < 0 ? share : 1 - share
  const r = Math.sqrt(-Math.log(Math.max(nearer, LEAST)))
  const z = r <= 5 ? shoulder(r - 1.6) : tail(r - 5)
  return q < 0 ? -z : z
}

/**
 * The share of a standard normal distribution below z: Hart's algorithm 5666 after West, "Better approximations to
 * cumulative normal functions", 2005. The smaller of the shares on both sides errs by less than 1e-8 of itself.
 */
export function normalShare(z: number): number {
  const size = Math.abs(z)
  const density = Math.exp((-size * size) / 2)
  const beyond =
    size < 7.07106781186547 ? density * hart(size) : (density / fraction(size)) * 0.3989422804014327
  return z > 0 ? 1 - beyond : beyond
}

// biome-ignore format: coefficients in rows
function hart(x: number): number {
  return polynomial(x, 0, 0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383,
    112.079291497871, 221.213596169931, 220.206867912376) /
    polynomial(x, 0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461,
    296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752)
}

function fraction(x: number): number {
  return x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))
}

/** a + br + cr² + … + hr⁷ */
function polynomial(
  r: number,
  h: number,
  g: number,
  f: number,
  e: number,
  d: number,
  c: number,
  b: number,
  a: number,
) {
  return ((((((h * r + g) * r + f) * r + e) * r + d) * r + c) * r + b) * r + a
}

// biome-ignore format: coefficients in rows
function centre(r: number): number {
  return polynomial(r, 2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987,
    13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665) /
    polynomial(r, 5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597,
    5394.196021424751, 687.1870074920579, 42.31333070160091, 1)
}

// biome-ignore format: coefficients in rows
function shoulder(r: number): number {
  return polynomial(r, 0.0007745450142783414, 0.022723844989269184, 0.2417807251774506,
    1.2704582524523684, 3.6478483247632045, 5.769497221460691, 4.630337846156546,
    1.4234371107496835) /
    polynomial(r, 1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457,
    0.14810397642748008, 0.6897673349851, 1.6763848301838038, 2.053191626637759, 1)
}

// biome-ignore format: coefficients in rows
function tail(r: number): number {
  return polynomial(r, 2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784,
    0.026532189526576124, 0.29656057182850487, 1.7848265399172913, 5.463784911164114,
    6.657904643501103) /
    polynomial(r, 2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548,
    0.0007868691311456133, 0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1)
}

/**
 * Gamma draws with the given mean and coefficient of variation, of shape 1 / cv² (Marsaglia and Tsang; below
 * shape 1 a draw of shape + 1 times a uniform to the power 1 / shape).
 */
export function gammaDraws(random: Random, mean: number, cv: number): Draw {
  const shape = 1 / (cv * cv)
  const scale = mean * cv * cv
  if (shape >= 1) return gammaFromShapeOne(random, shape, scale)
  const boosted = gammaFromShapeOne(random, shape + 1, scale)
  return () => boosted() * Math.exp(Math.log(1 - random()) / shape)
}

function gammaFromShapeOne(random: Random, shape: number, scale: number): Draw {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  return () => {
    for (;;) {
      const x = normalQuantile(random())
      const root = 1 + c * x
      if (root <= 0) continue
      const v = root * root * root
      const square = x * x
      const u = 1 - random()
      if (u < 1 - 0.0331 * square * square || Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v))) {
        return scale * d * v
      }
    }
  }
}
