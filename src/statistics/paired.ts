import { type Interval, meanInterval } from './interval.ts'
import { differences, mean, type Values } from './moments.ts'
import { studentTails } from './quantile-functions.ts'
import { ratioInterval } from './ratio.ts'
import { degreesOf, type Sampling, standardErrorOf } from './sampling.ts'

/** What rounding leaves of a spread, relative to the mean. */
export const ROUNDING = 1e-12

/** How A does against B in replications that share their random numbers. */
export interface PairedDifference {
  /** Of the mean of A - B. */
  readonly difference: Interval
  /**
   * Of that mean over the mean of B: -0.12 where A is 12 % below B. Where the base is told from 0 it holds 0 if and
   * only if `difference` does; else it is endless.
   */
  readonly relative: Interval
  /**
   * Chance of a mean as far from 0 if there were none, by the two-sided t test; of differences all alike, which show
   * no spread, by the sign-flip test. NaN of fewer than two pairs.
   */
  readonly pValue: number
}

/**
 * Value i of A and value i of B are of the same replication: same arrivals, same lengths, same failures, so that their
 * difference leaves out what both have met (Law, Simulation Modeling and Analysis, 10.2.1 and 11.2).
 *
 * Throws a RangeError where a value has no partner.
 */
export function pairedDifference(
  a: Values,
  b: Values,
  confidence: number,
  sampling: Sampling = 'independent',
): PairedDifference {
  const gains = differences(a, b)
  return {
    difference: meanInterval(gains, confidence, sampling),
    relative: ratioInterval(gains, b, confidence, sampling),
    pValue: pValueOfMean(gains, sampling),
  }
}

/** Two-sided p value of the t test that the population's mean is 0; of values all alike that of the sign-flip test. */
export function pValueOfMean(values: Values, sampling: Sampling = 'independent'): number {
  const error = standardErrorOf(values, sampling)
  const average = mean(values)
  const degrees = degreesOf(values.length, sampling)
  if (error <= ROUNDING * Math.abs(average)) return average === 0 ? 1 : signFlipP(degrees + 1)
  return studentTails(average / error, degrees)
}

/** Chance that so many signs, each up or down, are all the same. */
export function signFlipP(signs: number): number {
  return 2 ** (1 - signs)
}
