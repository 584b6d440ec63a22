import type { Column } from '../results/columns/column.ts'
import type { CellRow } from './contract.ts'
import { labelCell } from './labels.ts'
import type { PlannedPoint, SweepPlan } from './plan.ts'

/** A row of results.csv: of one group of requests in one cell. */
export interface ResultRow {
  readonly point: PlannedPoint
  readonly replication: number
  readonly seed: string | number
  readonly row: CellRow
}

/** Names of the values in the rows of a cell. */
export function columnsOf({
  metrics,
  support = [],
}: Pick<SweepPlan, 'metrics' | 'support'>): readonly string[] {
  return [...metrics, ...support]
}

/** Of results.csv: what tells cells and groups apart, then the metrics of the experiment. */
export function resultColumns(
  plan: Pick<SweepPlan, 'factors' | 'points' | 'metrics' | 'support'>,
): Column<ResultRow>[] {
  return [
    ...pointColumns<ResultRow>(plan),
    { name: 'replication', about: 'Number of the replication, from 0.', value: row => row.replication },
    { name: 'seed', about: 'Seed of the replication.', value: row => row.seed },
    ...groupColumns<ResultRow>(({ row }) => row),
    ...columnsOf(plan).map((name, i) => ({
      name,
      about: 'As in summary.csv or classes.csv.',
      value: ({ row }: ResultRow) => row.values[i] ?? Number.NaN,
    })),
  ]
}

/** The labels of a point's levels, and its policy. */
export function pointColumns<Row extends { readonly point: PlannedPoint }>({
  factors,
  points,
}: Pick<SweepPlan, 'factors' | 'points'>): Column<Row>[] {
  const cells = factors.map((_, i) => labelCell(points.map(({ levels }) => levels[i])))
  return [
    ...factors.map((name, i) => ({
      name,
      about: 'Level of this factor.',
      value: ({ point }: Row) => cells[i](point.levels[i]),
    })),
    { name: 'policy', about: 'Routing policy, with its options.', value: ({ point }) => point.policy },
  ]
}

export function groupColumns<Row>(groupOf: (row: Row) => Pick<CellRow, 'group' | 'name'>): Column<Row>[] {
  return [
    {
      name: 'group',
      about: 'What is counted together: all requests, or those of a class or a tenant.',
      value: row => groupOf(row).group,
    },
    { name: 'name', about: 'Of the class or tenant; all of all.', value: row => groupOf(row).name },
  ]
}
