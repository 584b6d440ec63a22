import type { Column } from '../results/columns/column.ts'
import type { Interval } from '../statistics/interval.ts'
import { groupSeries } from './analysis/group-series.ts'
import { type Measured, measured } from './analysis/measured.ts'
import type { CellRow } from './contract.ts'
import type { PlannedPoint, SweepPlan } from './plan.ts'
import { columnsOf, groupColumns, pointColumns } from './result-columns.ts'
import type { FinishedPoint } from './results.ts'

/** What the replications of a point say of a metric of one group of requests. */
export interface Estimate extends Measured {
  readonly point: PlannedPoint
  readonly group: CellRow['group']
  readonly name: string
  readonly metric: string
}

/** Of every group and metric, in the order of the rows and of the plan. */
export function estimatesOf(plan: SweepPlan, { point, cells }: FinishedPoint): Estimate[] {
  const { metrics, confidence } = plan
  return groupSeries(columnsOf(plan), { ...point, cells }).flatMap(series =>
    metrics.map(metric => {
      const { group, name } = series
      return { point, group, name, metric, ...measured(series, metric, confidence) }
    }),
  )
}

/** Of estimates.csv. */
export function estimateColumns(plan: Pick<SweepPlan, 'factors' | 'points'>): Column<Estimate>[] {
  return [
    ...pointColumns<Estimate>(plan),
    ...groupColumns<Estimate>(estimate => estimate),
    { name: 'metric', about: 'Name of the column of results.csv.', value: ({ metric }) => metric },
    ...intervalColumns<Estimate>(({ interval }) => interval),
    {
      name: 'method',
      about:
        "mean: over replications, by Student's t; attainment: the same, never narrower than Wilson's on all requests; ratio of sums: of the amounts of all replications over their tokens, by Fieller's theorem.",
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

function intervalColumns<Row>(of: (row: Row) => Interval): Column<Row>[] {
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
