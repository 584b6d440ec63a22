import { mean, type Values } from './moments.ts'
import { checkConfidence, criticalT } from './quantile-functions.ts'
import { degreesOf, type Sampling, standardErrorOf } from './sampling.ts'

/**
 * An estimate and how sure it is. Nothing is dropped in silence: `n` counts everything that was given, a NaN among
 * it makes estimate and bounds NaN, and what says nothing of its own spread (n < 2) has an endless interval.
 */
export interface Interval {
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** Half of `high - low`; the estimate need not lie in the middle. */
  readonly halfWidth: number
  /** Replications, batches or requests that it rests on. */
  readonly n: number
  /** Share of such intervals that hold the truth, such as 0.95. */
  readonly confidence: number
}

/**
 * Of the mean of independent values, such as one figure of every replication: mean ± t s / √n, exact for normal values
 * and near it for many (Law, Simulation Modeling and Analysis, 4.5). Of redrawn ones mean ± t s √(1 + (n - 1) / n²),
 * whose s is that of the draws.
 *
 * Throws a RangeError for a confidence outside (0, 1), as does everything here that takes one.
 */
export function meanInterval(
  values: Values,
  confidence: number,
  sampling: Sampling = 'independent',
): Interval {
  const n = values.length
  const degrees = degreesOf(n, sampling)
  const halfWidth =
    degrees < 1
      ? Number.POSITIVE_INFINITY
      : criticalT(confidence, degrees) * standardErrorOf(values, sampling)
  return evenInterval(mean(values), halfWidth, n, confidence)
}

/** As far to either side; NaN throughout where the estimate is no finite number. */
export function evenInterval(estimate: number, halfWidth: number, n: number, confidence: number): Interval {
  checkConfidence(confidence)
  const half = Number.isFinite(estimate) ? halfWidth : Number.NaN
  return { estimate, low: estimate - half, high: estimate + half, halfWidth: half, n, confidence }
}

export function boundedInterval(
  estimate: number,
  [low, high]: readonly [low: number, high: number],
  n: number,
  confidence: number,
): Interval {
  checkConfidence(confidence)
  return { estimate, low, high, halfWidth: (high - low) / 2, n, confidence }
}
