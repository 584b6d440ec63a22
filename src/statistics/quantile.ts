import { boundedInterval, type Interval } from './interval.ts'
import type { Values } from './moments.ts'
import { normalQuantile, upperShare } from './quantile-functions.ts'

/**
 * Fewest requests beyond a quantile that it may rest on. Their number is binomial, so with ten it is known to a third
 * (1 / √10), and a reported p99 may well be the p98.5 or the p99.4. Below ten the normal approximation of
 * a binomial count is not to be trusted either (Brown, Cai and DasGupta 2001, on the texts' n min(p, 1 - p) >= 10).
 */
export const FEWEST_BEYOND = 10

/** Binomial counts with a larger variance are taken as normal, corrected for skewness. */
const MUCH_VARIANCE = 250

/** The q-quantile of values in rising order, none of them NaN: linear between neighbours. NaN of nothing. */
export function quantileOf(rising: Values, q: number): number {
  const rank = q * (rising.length - 1)
  const below = Math.floor(rank)
  const above = Math.min(below + 1, rising.length - 1)
  return rank === below ? (rising[below] ?? Number.NaN) : between(rising[below], rising[above], rank - below)
}

function between(low: number, high: number, share: number): number {
  return low + share * (high - low)
}

/** Requests expected beyond the q-quantile of so many, on its thinner side. */
export function expectedBeyond(count: number, q: number): number {
  return count * Math.min(q, 1 - q)
}

/** Whether a quantile of so many requests rests on fewer than ten beyond it. */
export function restsOnFew(count: number, q: number): boolean {
  return expectedBeyond(count, q) < FEWEST_BEYOND - 1e-9
}

/** Fewest requests whose q-quantile rests on ten beyond it. */
export function fewestFor(q: number): number {
  return Math.ceil(FEWEST_BEYOND / Math.min(q, 1 - q) - 1e-9)
}

/**
 * Of a quantile of independent values in rising order, whatever their law: from one order statistic to another, by the
 * binomial law of how many lie below the true quantile (David and Nagaraja, Order Statistics, 7.1). A bound is infinite
 * where no order statistic is far enough out. Requests of one run are not independent and it is too narrow for
 * them; over replications take `meanInterval` of the replications' quantiles.
 */
export function quantileInterval(rising: Values, q: number, confidence: number): Interval {
  const n = rising.length
  const upper = upperShare(confidence)
  const below = binomialQuantile(1 - upper, n, q)
  const above = binomialQuantile(upper, n, q)
  const low = below === 0 ? Number.NEGATIVE_INFINITY : rising[below - 1]
  const high = above >= n ? Number.POSITIVE_INFINITY : rising[above]
  return boundedInterval(quantileOf(rising, q), [low, high], n, confidence)
}

/** The least count k of `trials` such that k or fewer succeed with chance `p` or more. */
export function binomialQuantile(p: number, trials: number, share: number): number {
  const variance = trials * share * (1 - share)
  return variance > MUCH_VARIANCE ? nearlyNormal(p, trials, share) : counted(p, trials, share)
}

/** By Cornish and Fisher's correction for skewness, and half a count for continuity: within one count. */
function nearlyNormal(p: number, trials: number, share: number): number {
  const z = normalQuantile(p)
  const skewed = ((1 - 2 * share) * (z * z - 1)) / 6
  return Math.ceil(trials * share + z * Math.sqrt(trials * share * (1 - share)) + skewed - 0.5)
}

/** By adding up chances from the side of no success, or of no failure where those are rarer. */
function counted(p: number, trials: number, share: number): number {
  const rare = Math.min(share, 1 - share)
  const isMirrored = rare < share
  const wanted = isMirrored ? 1 - p : p
  let chance = Math.exp(trials * Math.log(1 - rare))
  let total = chance
  let count = 0
  while (count < trials && (isMirrored ? total <= wanted : total < wanted)) {
    chance *= ((trials - count) / (count + 1)) * (rare / (1 - rare))
    total += chance
    count++
  }
  return isMirrored ? trials - count : count
}
