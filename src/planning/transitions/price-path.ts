import type { Random } from '../../core/random.ts'
import { drawnPath } from '../../costs/mean-reverting.ts'
import { grown } from './growth.ts'
import { QUARTERS_PER_YEAR, type Quarter, yearsBetween } from './quarters.ts'

/** Which way prices go, as times what they are at some quarter. */
export interface PricePath {
  readonly at: Quarter
  readonly perYear: number
  /** Annual standard deviation of the logarithm, and in which half of a departure is gone. */
  readonly logSd: number
  readonly halfLifeYears: number
}

/**
 * Times the price at `at`, by quarter: the yearly factor compounded, and after `at` shaken by a mean-reverting process
 * that begins at 1.
 *
 * @param random of the process; not shaken where absent
 */
export function priceFactors(
  { at, perYear, logSd, halfLifeYears }: PricePath,
  quarters: readonly Quarter[],
  random?: Random,
): number[] {
  const after = Math.max(0, (quarters.at(-1) ?? at) - at)
  const process = { longRunUsd: 1, annualLogSd: logSd, halfLifeYears }
  const shaken =
    random === undefined || logSd === 0
      ? undefined
      : drawnPath(1, process, after, 1 / QUARTERS_PER_YEAR, random)
  return quarters.map(
    quarter => grown(perYear, yearsBetween(at, quarter)) * (shaken?.[Math.max(0, quarter - at)] ?? 1),
  )
}
