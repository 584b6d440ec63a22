import type { CellRow, Journal } from './contract.ts'
import { wantedOf } from './deal.ts'
import { type PlannedPoint, type SweepPlan, seedOf, taskOf } from './plan.ts'
import type { ResultRow } from './result-columns.ts'

/** A point and the rows of its finished replications, in order. */
export interface FinishedPoint {
  readonly point: PlannedPoint
  /** Replications that it is to have, as far as finished ones tell. */
  readonly wanted: number
  readonly cells: readonly { readonly replication: number; readonly rows: readonly CellRow[] }[]
}

/**
 * The points of a sweep in order, each with those of its replications that are finished. Which ones count is a matter of
 * the plan alone: what else is in the journal is left out.
 */
export function* finishedPoints(plan: SweepPlan, journal: Journal): Generator<FinishedPoint> {
  const task = taskOf(plan)
  for (const points of task.settings) {
    const wanted = wantedOf(task, journal, points)
    for (const number of points) {
      const hashes = Array.from({ length: wanted }, (_, replication) =>
        task.hashOf({ point: number, replication }),
      )
      const cells = hashes
        .map((hash, replication) => ({ hash, replication }))
        .filter(({ hash }) => journal.has(hash))
        .map(({ hash, replication }) => ({ replication, rows: journal.get(hash).rows }))
      yield { point: plan.points[number], wanted, cells }
    }
  }
}

export function resultRows(plan: SweepPlan, { point, cells }: FinishedPoint): ResultRow[] {
  return cells.flatMap(({ replication, rows }) =>
    rows.map(row => ({ point, replication, seed: seedOf(plan, replication), row })),
  )
}
