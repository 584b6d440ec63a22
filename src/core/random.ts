import seedrandom from 'seedrandom'

/** Draws uniform numbers in [0, 1). Zero can come: take `1 - u` before a logarithm. */
export type Random = () => number

/**
 * A stream of chance of its own for each user of chance, so that a draw added in one place disturbs no other.
 *
 * @param seed the run's seed
 * @param name the user of the stream, such as `arrivals/gaps`
 */
export function stream(seed: string | number, name: string): Random {
  const alea = seedrandom.alea(`${seed}/${name}`)
  return () => alea()
}

/** An exponential draw with the given mean. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random())
}

/** A uniform draw from the integers 0 to count - 1. */
export function below(random: Random, count: number): number {
  return Math.floor(random() * count)
}

/** A standard normal draw (Marsaglia's polar method: log and sqrt only). */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * random() - 1
    const y = 2 * random() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
  }
}

/**
 * A uniform draw in [0, 1) that depends on its place alone, not on how many were drawn before it
 * (two rounds of the 32-bit finaliser of MurmurHash3).
 */
export function uniformAt(key: number, index: number): number {
  let hash = Math.imul(key ^ (index >>> 0), 0x9e3779b1) ^ Math.imul((index / 4294967296) | 0, 0x85ebca77)
  let low = 0
  for (let round = 0; round < 2; round++) {
    low = hash >>> 0
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash = (hash ^ (hash >>> 16)) + key
  }
  const fraction = (Math.imul(low, 0x9e3779b1) >>> 11) / 2097152
  return ((hash >>> 0) + fraction) / 4294967296
}
