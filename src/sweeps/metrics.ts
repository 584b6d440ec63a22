import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { classColumns, type GroupRow } from '../results/columns/classes.ts'
import type { Column } from '../results/columns/column.ts'
import { type SummaryRow, summaryColumns } from '../results/columns/summary.ts'
import { figuresOf } from '../results/figures.ts'
import type { RunResult } from '../results/run-result.ts'
import type { CellRow, GroupKind } from './contract.ts'
import { TITLES } from './metric-titles.ts'

/** Which way a metric is better; undefined where neither is. */
export type Better = 'lower' | 'higher' | undefined

/** A figure of a run: a column of summary.csv, of classes.csv or of both. */
export interface MetricColumn {
  readonly name: string
  /** What sentences call it, such as `p99 TTFT`. */
  readonly title: string
  readonly better: Better
  /** Of all requests of a run, and of a class or a tenant; absent where these have no such column. */
  readonly ofRun?: (row: SummaryRow) => number | null
  readonly ofGroup?: (row: GroupRow) => number | null
}

type MetricName = keyof typeof TITLES

/** What is asked for most. */
export const USUAL_METRICS = [
  'ttft_p50_s',
  'ttft_p99_s',
  'tpot_p99_s',
  'e2e_mean_s',
  'e2e_p99_s',
  'slo_attainment',
  'goodput_tokens_per_s',
  'usd_per_good_mtok',
  'j_per_good_mtok',
  'busy_fraction',
  'saturated',
] as const satisfies readonly MetricName[]

/** Every metric that an experiment may name, in order of the files. */
export const metricColumns: readonly MetricColumn[] = allNames().map(metricOf)

/** The metrics of those names. Throws a UserError at one that is none. */
export function metricsNamed(names: readonly string[]): MetricColumn[] {
  return names.map(name => {
    const found = metricColumns.find(metric => metric.name === name)
    if (found === undefined) throw new UserError(`there is no metric '${name}'; ${suggestion(name, known())}`)
    return found
  })
}

/** The rows of a run: all requests, then classes, then tenants, as far as they are asked for and there are any. */
export function rowsOf(
  result: RunResult,
  metrics: readonly MetricColumn[],
  groups: readonly GroupKind[],
): CellRow[] {
  const run = { policy: '', result, figures: figuresOf(result) }
  const all: CellRow = { group: 'all', name: 'all', values: metrics.map(({ ofRun }) => ofRun?.(run) ?? null) }
  const parts = result.groups
    .filter(({ by }) => groups.includes(by))
    .map(group => {
      const row = { policy: '', windowS: result.windowS, group }
      const values = metrics.map(({ ofGroup }) => ofGroup?.(row) ?? null)
      return { group: group.by, name: group.name, values }
    })
  return groups.includes('all') ? [all, ...parts] : parts
}

function known(): string[] {
  return metricColumns.map(({ name }) => name)
}

function allNames(): MetricName[] {
  const names = [...summaryColumns, ...classColumns].map(({ name }) => name)
  return [...new Set(names)].filter((name): name is MetricName => Object.hasOwn(TITLES, name))
}

function metricOf(name: MetricName): MetricColumn {
  const [title, better] = TITLES[name]
  const ofRun = summaryColumns.find(column => column.name === name)
  const ofGroup = classColumns.find(column => column.name === name)
  return {
    name,
    title,
    better,
    ...(ofRun && { ofRun: numberOf(ofRun) }),
    ...(ofGroup && { ofGroup: numberOf(ofGroup) }),
  }
}

/** Of yes or no 1 or 0, and null of what is not defined. */
function numberOf<Row>({ value }: Column<Row>): (row: Row) => number | null {
  return row => {
    const number = Number(value(row))
    return Number.isFinite(number) ? number : null
  }
}
