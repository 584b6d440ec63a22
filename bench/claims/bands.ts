import { quantileOf } from '../../src/statistics/quantile.ts'
import type { Claimed } from './claim-schema.ts'

/** Of the ratio of a case over the draws of what is not known. */
export interface Band {
  readonly low: number
  readonly median: number
  readonly high: number
  /** Share of the draws in which the claim is true, and of those that lie within its range. */
  readonly trueShare: number
  readonly withinShare: number
}

/** What the draws say of a case. */
export type CaseVerdict = 'holds' | 'does not' | 'cannot be told'

/**
 * From the 5 % to the 95 % quantile. Draws in which the subject does not hold the SLO at all are 0, those in which the other
 * does not are infinite, and those in which neither does are NaN and left out; all NaN where nothing is left.
 */
export function bandOf(ratios: readonly number[], { low, high = Number.POSITIVE_INFINITY }: Claimed): Band {
  const rising = ratios.filter(ratio => !Number.isNaN(ratio)).sort((a, b) => a - b)
  const share = (isCounted: (ratio: number) => boolean) => rising.filter(isCounted).length / rising.length
  return {
    low: endless(rising, 0.05),
    median: endless(rising, 0.5),
    high: endless(rising, 0.95),
    trueShare: share(ratio => ratio >= low),
    withinShare: share(ratio => ratio >= low && ratio <= high),
  }
}

/** Where the upper of two neighbours is infinite, so is what lies between them. */
function endless(rising: readonly number[], q: number): number {
  const above = Math.ceil(q * (rising.length - 1))
  return rising[above] === Number.POSITIVE_INFINITY ? rising[above] : quantileOf(rising, q)
}

/**
 * It holds where the whole band is at or beyond the least that is claimed, and does not where the whole band is below, by
 * more than the factor by which the simulator itself may be off.
 */
export function caseVerdict({ low, high }: Band, claimed: Claimed, modelError: number): CaseVerdict {
  if (low / modelError >= claimed.low) return 'holds'
  return high * modelError < claimed.low ? 'does not' : 'cannot be told'
}

/** Of a date claimed to lie in a window, both ends included: it holds where the whole band does, and does not where none of it does. */
export function windowVerdict(
  { low, high }: Pick<Band, 'low' | 'high'>,
  window: { readonly low: number; readonly high: number },
): CaseVerdict {
  if (low >= window.low && high <= window.high) return 'holds'
  return high < window.low || low > window.high ? 'does not' : 'cannot be told'
}
