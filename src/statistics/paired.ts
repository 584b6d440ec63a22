import { type Interval, meanInterval } from './interval.ts'
import { differences, mean, standardError, type Values } from './moments.ts'
import { studentTails } from './quantile-functions.ts'
import { ratioInterval } from './ratio.ts'

/** How A does against B in replications that share their random numbers. */
export interface PairedDifference {
  /** Of the mean of A - B. */
  readonly difference: Interval
  /** Of that mean over the mean of B: -0.12 where A is 12 % below B. It holds 0 if and only if `difference` does. */
  readonly relative: Interval
  /** Chance of a mean as far from 0 if there were none, by the two-sided t test; NaN of fewer than two pairs. */
  readonly pValue: number
}

/**
 * Value i of A and value i of B are of the same replication: same arrivals, same lengths, same failures, so that their
 * difference leaves out what both have met (Law, Simulation Modeling and Analysis, 10.2.1 and 11.2).
 *
 * Throws a RangeError where a value has no partner.
 */
export function pairedDifference(a: Values, b: Values, confidence: number): PairedDifference {
  const gains = differences(a, b)
  return {
    difference: meanInterval(gains, confidence),
    relative: ratioInterval(gains, b, confidence),
    pValue: pValueOfMean(gains),
  }
}

/** Two-sided p value of the t test that the population's mean is 0. */
export function pValueOfMean(values: Values): number {
  const error = standardError(values)
  const average = mean(values)
  if (error === 0) return average === 0 ? 1 : 0
  return studentTails(average / error, values.length - 1)
}
