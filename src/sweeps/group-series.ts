import type { Sampling } from '../statistics/sampling.ts'
import type { CellRow, GroupKind } from './contract.ts'
import { SATURATED } from './ratios.ts'

/** Rows of the finished replications of a point, in order. */
export interface PointCells {
  readonly levels: readonly string[]
  readonly policy: string
  /** Absent where replications are independent. */
  readonly sampling?: Sampling
  readonly cells: readonly { readonly replication: number; readonly rows: readonly CellRow[] }[]
}

/** What the replications of a point say of one group of requests. */
export interface GroupSeries {
  readonly levels: readonly string[]
  readonly policy: string
  readonly group: GroupKind
  /** Of the class or tenant; `all` of all. */
  readonly name: string
  /** Numbers of the replications, rising. */
  readonly replications: readonly number[]
  /** A value of each of them by column; NaN where it is not defined. */
  readonly columns: ReadonlyMap<string, Float64Array>
  /** Of the runs, those whose queue was still growing in the end; undefined where that is not known. */
  readonly saturated: number | undefined
  readonly sampling: Sampling
}

/** Of every group of a point, in order of the rows. A group that a replication knows nothing of has no values in it. */
export function groupSeries(
  columns: readonly string[],
  { levels, policy, cells, sampling = 'independent' }: PointCells,
): GroupSeries[] {
  const groups = new Map(cells.flatMap(({ rows }) => rows.map(row => [`${row.group} ${row.name}`, row])))
  const replications = cells.map(({ replication }) => replication)
  const saturated = saturatedRuns(columns, cells)
  return [...groups.values()].map(({ group, name }) => {
    const rows = cells.map(cell => cell.rows.find(row => row.group === group && row.name === name))
    const valuesOf = (i: number) => Float64Array.from(rows, row => row?.values[i] ?? Number.NaN)
    const byColumn = new Map(columns.map((column, i) => [column, valuesOf(i)]))
    return { levels, policy, group, name, replications, columns: byColumn, saturated, sampling }
  })
}

/** It is a matter of all requests of a run. */
function saturatedRuns(columns: readonly string[], cells: PointCells['cells']): number | undefined {
  const place = columns.indexOf(SATURATED)
  const verdicts = cells.map(({ rows }) => rows.find(({ group }) => group === 'all')?.values[place])
  const known = verdicts.filter(verdict => typeof verdict === 'number')
  return known.length === 0 ? undefined : known.filter(verdict => verdict === 1).length
}

/** The values of a column; throws where there is none. */
export function valuesOf({ columns }: GroupSeries, name: string): Float64Array {
  const values = columns.get(name)
  if (values === undefined) throw new RangeError(`results have no column ${name}`)
  return values
}

/** Whether several replications came to the same in every column: chance has no say in them. */
export function areAlike({ columns, replications }: GroupSeries): boolean {
  const isSame = (values: Float64Array) => values.every(value => Object.is(value, values[0]))
  return replications.length > 1 && [...columns.values()].every(isSame)
}

/** Those that all of them have, rising. */
export function sharedReplications([first, ...others]: readonly GroupSeries[]): number[] {
  const known = others.map(({ replications }) => new Set(replications))
  return first.replications.filter(replication => known.every(each => each.has(replication)))
}

/** The series with those of its replications alone. */
export function atReplications(series: GroupSeries, replications: readonly number[]): GroupSeries {
  if (replications.length === series.replications.length) return series
  const wanted = new Set(replications)
  const isKept = series.replications.map(replication => wanted.has(replication))
  const kept = (values: Float64Array) => values.filter((_, i) => isKept[i])
  const columns = new Map([...series.columns].map(([name, values]) => [name, kept(values)]))
  return { ...series, replications, columns }
}
