import type { Cell, Column } from './column.ts'

/** What was spent, or must be at least, from the end of warm-up to the last end. */
export interface Spending {
  readonly busyUsd: number
  readonly aboveIdleJ: number
  readonly totalJ: number
}

/** A bound by itself, or a run beside it. */
export interface BoundRow {
  /** `bound`; `hindsight` for schedules made with the output lengths in hand; `policy`. */
  readonly what: 'bound' | 'hindsight' | 'policy'
  readonly policy: string
  /** Of the run, and that which its bound is for. */
  readonly attainment: number
  readonly boundAttainment: number
  readonly least: Spending
  /** NaN for a bound by itself. */
  readonly spent: Spending
  readonly gaps: {
    readonly usd: number
    readonly joules: number
    readonly ttft: number
    readonly e2e: number
  }
  readonly latency: Readonly<Record<'ttft' | 'tpot' | 'e2e', LeastLatency>>
}

export interface LeastLatency {
  readonly mean: number
  readonly p50: number
  readonly p99: number
}

type BoundColumn = Column<BoundRow>

const WHEN = 'from the end of warm-up to the last end'

/** The columns of bound.csv. */
export const boundColumns: readonly BoundColumn[] = [
  column(
    'what',
    'bound: by itself; hindsight: an achievable schedule, and no bound; policy',
    row => row.what,
  ),
  column('policy', 'Routing policy or schedule; blank for the bound by itself', row => row.policy),
  column('slo_attainment', 'Share of the requests of the window that met their SLO', row => row.attainment),
  column(
    'bound_slo_attainment',
    "Share that the bound of this row is for: the scenario's, or that of the run where it is less",
    row => row.boundAttainment,
  ),
  ...spendings('bound_', 'At least, whatever the policy: ', row => row.least),
  ...spendings('', 'Of the run: ', row => row.spent),
  column('busy_usd_gap', 'busy_usd beyond its bound, by the bound: 0.1 is a tenth more', row => row.gaps.usd),
  column('total_j_gap', 'The same of total_j', row => row.gaps.joules),
  column('ttft_mean_gap', 'The same of the mean TTFT of requests that finished', row => row.gaps.ttft),
  column('e2e_mean_gap', 'The same of their mean E2E', row => row.gaps.e2e),
  ...(['ttft', 'tpot', 'e2e'] as const).flatMap(leastLatencies),
]

function column(name: string, about: string, value: (row: BoundRow) => Cell): BoundColumn {
  return { name, about, value }
}

function spendings(prefix: string, whose: string, of: (row: BoundRow) => Spending): BoundColumn[] {
  return [
    column(
      `${prefix}busy_usd`,
      `${whose}dollars of replicas for their seconds in steps, ${WHEN}`,
      row => of(row).busyUsd,
    ),
    column(
      `${prefix}above_idle_j`,
      `${whose}joules at the facility of steps above replicas idle for as long, ${WHEN}`,
      row => of(row).aboveIdleJ,
    ),
    column(
      `${prefix}total_j`,
      `${whose}those, and what the fleet draws idle from warm-up to the last arrival`,
      row => of(row).totalJ,
    ),
  ]
}

function leastLatencies(name: 'ttft' | 'tpot' | 'e2e'): BoundColumn[] {
  const about = `Least ${name.toUpperCase()} of the requests of the window, each alone on its fastest kind`
  return (['mean', 'p50', 'p99'] as const).map(which =>
    column(`bound_${name}_${which}_s`, `${about}; ${which}`, row => row.latency[name][which]),
  )
}
