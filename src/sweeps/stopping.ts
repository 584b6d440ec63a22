import { meanInterval } from '../statistics/interval.ts'
import { isNarrow } from '../statistics/sequential.ts'
import type { SweepPlan } from './plan.ts'
import type { FinishedPoint } from './results.ts'

/** A point that has as many replications as its rule allows, and its metric is not known well enough. */
export interface ShortStop {
  readonly metric: string
  readonly most: number
  /** Half width of the mean's interval over the mean; NaN where the metric is not defined in all replications. */
  readonly halfWidth: number
  /** The one that was to be reached. */
  readonly asked: number
}

/** Undefined where the point has enough, or may have more. */
export function shortStop(
  { replications: { until, most, confidence }, metrics }: SweepPlan,
  { cells }: FinishedPoint,
): ShortStop | undefined {
  if (until === undefined || cells.length < most) return undefined
  const { metric, half_width: asked } = until
  const place = metrics.indexOf(metric)
  const values = cells.map(({ rows }) => {
    return rows.find(({ group }) => group === 'all')?.values[place] ?? Number.NaN
  })
  const interval = meanInterval(values, confidence)
  if (isNarrow(interval, asked)) return undefined
  return { metric, most, halfWidth: interval.halfWidth / Math.abs(interval.estimate), asked }
}

/** `stopped at most = 12 at ± 23 %, where 10 % was asked` */
export function shortStopText({ most, halfWidth, asked }: ShortStop): string {
  const reached = Number.isFinite(halfWidth) ? `at ± ${percent(halfWidth)} %` : 'with no half width known'
  return `stopped at most = ${most} ${reached}, where ${percent(asked)} % was asked`
}

function percent(share: number): number {
  return Number((100 * share).toPrecision(2))
}

/** `1 of 3 points stopped at most = 12 ...`, the worst of them; empty where all have enough. */
export function shortStopsText(stops: readonly ShortStop[], points: number): string {
  if (stops.length === 0) return ''
  const worst = stops.reduce((worst, stop) => (stop.halfWidth <= worst.halfWidth ? worst : stop))
  const most = stops.length === 1 ? '' : ', the worst of them'
  return `${stops.length} of ${points} points ${shortStopText(worst)}${most}: ${worst.metric} needs more replications there.`
}
