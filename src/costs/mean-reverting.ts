import { normal, type Random } from '../core/random.ts'

/**
 * A price whose logarithm is drawn back to a level while it is shaken (Ornstein and Uhlenbeck's process):
 * dX = ln 2 / halfLifeYears (ln longRunUsd - X) dt + annualLogSd dW.
 */
export interface Reversion {
  /** What the price is drawn back to: its median in the long run. */
  readonly longRunUsd: number
  /** Standard deviation that the logarithm would gather in a year if nothing drew it back. */
  readonly annualLogSd: number
  /** In which half of a departure from the long run is gone. */
  readonly halfLifeYears: number
}

/** How one step of some years carries the logarithm on: `kept` of the departure is left, and `logSd` is new. */
export interface Transition {
  readonly kept: number
  readonly logSd: number
}

/** Exact for a step of any length: kept = 2^(-years / half-life), logSd^2 = sd^2 (1 - kept^2) / (2 ln 2 / half-life). */
export function transitionOver(
  years: number,
  { annualLogSd, halfLifeYears }: Omit<Reversion, 'longRunUsd'>,
): Transition {
  const rate = Math.log(2) / halfLifeYears
  const kept = Math.exp(-rate * years)
  return { kept, logSd: annualLogSd * Math.sqrt((1 - kept * kept) / (2 * rate)) }
}

/**
 * A path drawn from the process: the price today, then after each step.
 *
 * @param steps how many prices follow the first
 * @param stepYears the time between them, such as 1 / 12
 */
export function drawnPath(
  startUsd: number,
  reversion: Reversion,
  steps: number,
  stepYears: number,
  random: Random,
): Float64Array {
  const { kept, logSd } = transitionOver(stepYears, reversion)
  const level = Math.log(reversion.longRunUsd)
  const path = new Float64Array(steps + 1)
  let log = Math.log(startUsd)
  path[0] = startUsd
  for (let step = 1; step <= steps; step++) {
    log = level + kept * (log - level) + logSd * normal(random)
    path[step] = Math.exp(log)
  }
  return path
}

/** Standard deviation of the logarithm in the long run. */
export function longRunLogSd({ annualLogSd, halfLifeYears }: Omit<Reversion, 'longRunUsd'>): number {
  return annualLogSd / Math.sqrt((2 * Math.log(2)) / halfLifeYears)
}
