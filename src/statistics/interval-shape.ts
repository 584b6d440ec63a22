import type { Interval } from './interval.ts'

/** `unknown` where there is no spread to tell; `point` where there is none; `even` about the estimate, or `lopsided`. */
export type IntervalShape = 'unknown' | 'point' | 'even' | 'lopsided'

const ROUNDING = 1e-9

/** An interval is even where its middle is no farther from the estimate than that share of half its width. */
const LOPSIDED = 0.1

/** How an interval is best told: as one number to either side, or by both of its ends. */
export function shapeOf({ estimate, low, high, halfWidth, n }: Interval): IntervalShape {
  if (n < 2 || !Number.isFinite(halfWidth)) return 'unknown'
  if (halfWidth <= ROUNDING * Math.abs(estimate)) return 'point'
  return Math.abs((low + high) / 2 - estimate) <= LOPSIDED * halfWidth ? 'even' : 'lopsided'
}
