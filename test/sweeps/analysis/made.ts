import type { Sampling } from '../../../src/statistics/sampling.ts'
import { type Context, contextsOf } from '../../../src/sweeps/analysis/contexts.ts'
import type { SavedResults } from '../../../src/sweeps/analysis/saved-results.ts'
import type { GroupSeries } from '../../../src/sweeps/group-series.ts'

/** Values of columns by policy, one for each replication. */
export type Made = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>

/** Results of policies at one combination of levels. */
export function resultsOf(
  policies: Made,
  levels: readonly string[] = [],
  factors: readonly string[] = [],
): SavedResults {
  const columns = [...new Set(Object.values(policies).flatMap(Object.keys))]
  const points = Object.entries(policies).map(([policy, byColumn]) => {
    const count = Math.max(...Object.values(byColumn).map(({ length }) => length))
    const cells = Array.from({ length: count }, (_, replication) => {
      const values = columns.map(column => byColumn[column]?.[replication] ?? Number.NaN)
      const row = {
        group: 'all' as const,
        name: 'all',
        values: values.map(value => (Number.isNaN(value) ? null : value)),
      }
      return { replication, rows: [row] }
    })
    return { levels, policy, cells }
  })
  return { factors, columns, points }
}

/** Several in one, each at levels of its own. */
export function joined(...parts: readonly SavedResults[]): SavedResults {
  return { ...parts[0], points: parts.flatMap(({ points }) => points) }
}

export function contextOf(policies: Made, sampling: Sampling = 'independent'): Context {
  const results = resultsOf(policies)
  const points = results.points.map(point => ({ ...point, sampling }))
  return contextsOf({ ...results, points })[0]
}

export function seriesOf(columns: Readonly<Record<string, readonly number[]>>): GroupSeries {
  return contextOf({ only: columns }).contenders[0].series
}
