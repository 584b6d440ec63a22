import { CLOSE } from '../../experiments/ranges.ts'
import type { Quarter } from './quarters.ts'

/** Dollars by quarter: of each quarter, or of all up to it. */
export const MEASURES = ['running', 'cumulative'] as const
export type Measure = (typeof MEASURES)[number]

/** When a strategy begins to cost clearly less than another for good, over draws of what is not known. */
export interface Overtaking {
  readonly strategy: string
  readonly measure: Measure
  /** With all as given; undefined where it never does. */
  readonly given: Quarter | undefined
  /** Quantiles over the draws, in which never comes after the last quarter. */
  readonly p5: Quarter | undefined
  readonly p50: Quarter | undefined
  readonly p95: Quarter | undefined
  /** Share of the draws in which it never does; NaN without draws. */
  readonly never: number
}

/**
 * Index of the first quarter from which on, to the end, the one costs less than the other by more than 1 %; undefined
 * where it costs as much in the last.
 */
export function overtakes(usd: readonly number[], otherUsd: readonly number[]): number | undefined {
  const last = usd.findLastIndex((cost, i) => !(cost < otherUsd[i] * (1 - CLOSE)))
  return last === usd.length - 1 ? undefined : last + 1
}

/** By quarter, all up to and with it. */
export function cumulative(values: readonly number[]): number[] {
  let sum = 0
  return values.map(value => {
    sum += value
    return sum
  })
}

/** The q-quantile of quarters of which undefined is later than all: the least that no smaller share comes by. */
export function quarterQuantile(quarters: readonly (Quarter | undefined)[], q: number): Quarter | undefined {
  const sorted = quarters
    .map(quarter => quarter ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const found = sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)]
  return found === undefined || found === Number.POSITIVE_INFINITY ? undefined : found
}
