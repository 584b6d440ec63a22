import type { Column } from '../results/columns/column.ts'
import type { Interval } from '../statistics/interval.ts'
import type { CellRow } from './contract.ts'
import { groupSeries } from './group-series.ts'
import { type Measured, measured } from './measured.ts'
import type { PlannedPoint, SweepPlan } from './plan.ts'
import { columnsOf, groupColumns, pointColumns } from './result-columns.ts'
import type { FinishedPoint } from './results.ts'
import { type ShortStop, shortStop, shortStopText } from './stopping.ts'

/** What the replications of a point say of a metric of one group of requests. */
export interface Estimate extends Measured {
  readonly point: PlannedPoint
  readonly group: CellRow['group']
  readonly name: string
  readonly metric: string
  /** Of the metric that the replications were to go on for, where they ended before. */
  readonly short?: ShortStop
}

/** Of every group and metric, in the order of the rows and of the plan. */
export function estimatesOf(plan: SweepPlan, finished: FinishedPoint): Estimate[] {
  const { point, cells } = finished
  const stop = shortStop(plan, finished)
  const { metrics, confidence } = plan
  return groupSeries(columnsOf(plan), { ...point, cells }).flatMap(series =>
    metrics.map(metric => {
      const { group, name } = series
      const found = measured(series, metric, confidence)
      const told = plan.unknowns === undefined ? found : overDraws(found)
      const estimate = { point, group, name, metric, ...told }
      const isShort = stop?.metric === metric && group === 'all'
      return isShort ? { ...estimate, short: stop, note: noteWith(estimate.note, stop) } : estimate
    }),
  )
}

/** Draws of the unknowns lie in a band, which no number of them makes narrower: their mean has no interval. */
function overDraws(found: Measured): Measured {
  const blank = { low: Number.NaN, high: Number.NaN, halfWidth: Number.NaN, confidence: Number.NaN }
  return { ...found, interval: { ...found.interval, ...blank }, method: 'mean of draws' }
}

function noteWith(note: string, stop: ShortStop): string {
  return [note, shortStopText(stop)].filter(text => text !== '').join('; ')
}

/** Of estimates.csv. */
export function estimateColumns(plan: Pick<SweepPlan, 'factors' | 'points'>): Column<Estimate>[] {
  return [
    ...pointColumns<Estimate>(plan),
    ...groupColumns<Estimate>(estimate => estimate),
    { name: 'metric', about: 'Name of the column of results.csv.', value: ({ metric }) => metric },
    ...meanColumns<Estimate>(({ interval }) => interval),
    {
      name: 'method',
      about:
        "mean: over replications, by Student's t; attainment: the same, never narrower than Wilson's on all requests; ratio of sums: of the amounts of all replications over their tokens, by Fieller's theorem. Of replications drawn from one trace each is as wide as their spread, however many there are. mean of draws: of the catalogue's ranges, which have no interval; compare tells the band in which they lie.",
      value: ({ method }) => method,
    },
    {
      name: 'saturated_share',
      about:
        'Share of the replications whose queue was still growing in the end: latencies depend on their length.',
      value: ({ saturated }) => saturated,
    },
    { name: 'note', about: 'Why the interval says less than it seems to.', value: ({ note }) => note },
  ]
}

function meanColumns<Row>(of: (row: Row) => Interval): Column<Row>[] {
  return [
    { name: 'mean', about: 'Over replications.', value: row => of(row).estimate },
    { name: 'half_width', about: 'Half of the width of its interval.', value: row => of(row).halfWidth },
    { name: 'low', about: 'Lower end of the interval.', value: row => of(row).low },
    { name: 'high', about: 'Upper end of the interval.', value: row => of(row).high },
    { name: 'n', about: 'Replications.', value: row => of(row).n },
    {
      name: 'confidence',
      about: 'Share of such intervals that hold the truth.',
      value: row => of(row).confidence,
    },
  ]
}
