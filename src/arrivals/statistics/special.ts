import { logGamma } from '../generators/weibull.ts'

/** Terms enough for any argument: the series and the fraction below need about six times its root. */
const MOST_TERMS = 1 << 22
const ENOUGH = 1e-16
const TINY = 1e-300

/** From here on the asymptotic series below are exact to 1e-15. */
const FAR = 12

/** ln Γ(x) for x > 0. */
export function logGammaAt(x: number): number {
  return x < 0.5 ? logGamma(x + 1) - Math.log(x) : logGamma(x)
}

/** ln x − ψ(x) for x > 0, without the cancellation for large x; ψ is the derivative of ln Γ. */
export function logMinusDigamma(x: number): number {
  let steps = 0
  let at = x
  for (; at < FAR; at++) steps += 1 / at
  const y = 1 / (at * at)
  const series =
    0.5 / at +
    y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - (y * 691) / 32_760)))))
  return series + steps - (at === x ? 0 : Math.log(at / x))
}

/** ψ'(x) for x > 0. */
export function trigamma(x: number): number {
  let steps = 0
  let at = x
  for (; at < FAR; at++) steps += 1 / (at * at)
  const y = 1 / (at * at)
  const series = 1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - (y * 5) / 66)))
  return steps + 1 / at + 0.5 * y + (y / at) * series
}

/** Share of a gamma law of scale 1 that lies below x, for shape > 0: the regularised incomplete gamma function. */
export function gammaShare(shape: number, x: number): number {
  if (x <= 0) return 0
  const density = Math.exp(shape * Math.log(x) - x - logGammaAt(shape))
  return x < shape + 1 ? density * seriesOf(shape, x) : 1 - density * fractionOf(shape, x)
}

function seriesOf(shape: number, x: number): number {
  let term = 1 / shape
  let sum = term
  for (let n = 1; n < MOST_TERMS && term > ENOUGH * sum; n++) {
    term *= x / (shape + n)
    sum += term
  }
  return sum
}

/** Legendre's continued fraction by Lentz's method. */
function fractionOf(shape: number, x: number): number {
  let b = x + 1 - shape
  let c = 1 / TINY
  let d = 1 / b
  let value = d
  for (let n = 1; n < MOST_TERMS; n++) {
    const a = n * (shape - n)
    b += 2
    d = 1 / awayFromZero(a * d + b)
    c = awayFromZero(b + a / c)
    const factor = d * c
    value *= factor
    if (Math.abs(factor - 1) < 2 * ENOUGH) break
  }
  return value
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}
