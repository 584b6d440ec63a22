import type { Interval } from './interval.ts'
import { mean, type Values, variance } from './moments.ts'
import { ROUNDING, signFlipP } from './paired.ts'
import { criticalT, studentQuantile } from './quantile-functions.ts'

/** Chance of telling a difference that is as large as it seems, which is asked of further replications. */
export const POWER = 0.8

/** More replications than anybody will run. */
const ENDLESS = 2 ** 40

/**
 * Whether an interval is as narrow, relative to its estimate, as the stopping rule asks. Checking after every
 * replication stops a little too soon, when the spread happens to look small: begin with ten at least (Law, 9.4.1).
 */
export function isNarrow({ halfWidth, estimate }: Interval, relativeHalfWidth: number): boolean {
  return halfWidth <= relativeHalfWidth * Math.abs(estimate)
}

/**
 * Further replications after which the mean's interval would be that narrow, if mean and spread stay as they are.
 * Infinity where no number would do, NaN of fewer than two values.
 */
export function moreToNarrow(values: Values, relativeHalfWidth: number, confidence: number): number {
  const asked = relativeHalfWidth * Math.abs(mean(values))
  const spread = variance(values)
  return more(values, spread, n => criticalT(confidence, n - 1) * Math.sqrt(spread / n) <= asked)
}

/**
 * Further replications that would tell the mean of these differences from 0 with a chance of 80 %, if the true mean
 * and spread are those seen: (t of the confidence + t of the power) s / √n below the mean. Under Holm's correction
 * the confidence is 1 - 0.05 / tests. Of differences all alike, those that the sign-flip test takes. Infinity where
 * the mean is 0, NaN of fewer than two values.
 */
export function moreToSeparate(gains: Values, confidence: number): number {
  const gap = Math.abs(mean(gains))
  const spread = variance(gains)
  const criticals = (n: number) => criticalT(confidence, n - 1) + studentQuantile(POWER, n - 1)
  const isTold = (n: number) =>
    Math.sqrt(spread) > ROUNDING * gap
      ? criticals(n) * Math.sqrt(spread / n) <= gap
      : signFlipP(n) < 1 - confidence
  return more(gains, spread, n => gap > 0 && isTold(n))
}

/** The rest up to the least number of replications that is enough; more are enough too. */
function more({ length }: Values, spread: number, isEnough: (replications: number) => boolean): number {
  if (Number.isNaN(spread)) return Number.NaN
  if (isEnough(length)) return 0
  let enough = 2 * length
  while (enough < ENDLESS && !isEnough(enough)) enough *= 2
  if (enough >= ENDLESS) return Number.POSITIVE_INFINITY
  let few = enough / 2
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2)
    if (isEnough(middle)) enough = middle
    else few = middle
  }
  return enough - length
}
