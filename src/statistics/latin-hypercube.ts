import { below, type Random } from '../core/random.ts'

const BELOW_ONE = 1 - Number.EPSILON / 2

/**
 * So many points of the unit cube, each as its coordinates in [0, 1): in every dimension exactly one lies in each of
 * `count` equal strata, and dimensions are shuffled independently (McKay, Beckman and Conover 1979). What depends
 * on each dimension by itself is averaged over far more evenly than by independent draws.
 */
export function latinHypercube(count: number, dimensions: number, random: Random): Float64Array[] {
  const points = Array.from({ length: count }, () => new Float64Array(dimensions))
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const strata = shuffled(count, random)
    for (let i = 0; i < count; i++) points[i][dimension] = Math.min((strata[i] + random()) / count, BELOW_ONE)
  }
  return points
}

/** The numbers from 0 in random order, every order as likely (Fisher and Yates). */
function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let last = count - 1; last > 0; last--) {
    const chosen = below(random, last + 1)
    const kept = order[last]
    order[last] = order[chosen]
    order[chosen] = kept
  }
  return order
}
