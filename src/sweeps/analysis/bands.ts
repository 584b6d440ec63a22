import type { Column } from '../../results/columns/column.ts'
import { quantileOf } from '../../statistics/quantile.ts'
import { valuesOf } from '../group-series.ts'
import { contextColumns } from './context-columns.ts'
import type { Contender, Context } from './contexts.ts'

const SHARES = { p5: 0.05, p50: 0.5, p95: 0.95 } as const

/** Where a metric lies as the unknowns are drawn; NaN where it is not defined in a draw. */
export interface Band {
  readonly context: Context
  readonly label: string
  readonly metric: string
  readonly p5: number
  readonly p50: number
  readonly p95: number
  readonly draws: number
}

/** Of every context, contender and metric. */
export function bandsOf(contexts: readonly Context[], metrics: readonly string[]): Band[] {
  return contexts.flatMap(context =>
    context.contenders.flatMap(contender => metrics.map(metric => bandOf(context, contender, metric))),
  )
}

function bandOf(context: Context, { label, series }: Contender, metric: string): Band {
  const rising = valuesOf(series, metric).toSorted()
  // Rising order has NaN last.
  const isDefined = !Number.isNaN(rising.at(-1))
  const at = (share: number) => (isDefined ? quantileOf(rising, share) : Number.NaN)
  const { p5, p50, p95 } = SHARES
  return { context, label, metric, p5: at(p5), p50: at(p50), p95: at(p95), draws: rising.length }
}

/** Of uncertainty.csv. */
export function bandColumns(contexts: readonly Context[], by: string): Column<Band>[] {
  return [
    ...contextColumns<Band>(contexts, ({ context }) => context),
    { name: by, about: 'What is compared.', value: ({ label }) => label },
    { name: 'metric', about: 'Name of the column of results.csv.', value: ({ metric }) => metric },
    { name: 'p5', about: 'A twentieth of the draws lie below.', value: ({ p5 }) => p5 },
    { name: 'p50', about: 'Median of the draws.', value: ({ p50 }) => p50 },
    { name: 'p95', about: 'A twentieth of the draws lie above.', value: ({ p95 }) => p95 },
    { name: 'draws', about: 'How many there are.', value: ({ draws }) => draws },
  ]
}
