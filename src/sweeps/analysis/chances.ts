import type { Column } from '../../results/columns/column.ts'
import type { Interval } from '../../statistics/interval.ts'
import { wilsonInterval } from '../../statistics/proportion.ts'
import { valuesOf } from '../group-series.ts'
import { betterOf } from '../known-metrics.ts'
import type { Question } from './comparisons.ts'
import { contextColumns } from './context-columns.ts'
import { type Contender, type Context, pairsOf } from './contexts.ts'

/** How often one contender beats another as the unknowns are drawn, under the same requests and chance. */
export interface Chance {
  readonly context: Context
  readonly metric: string
  readonly a: Contender
  readonly b: Contender
  readonly draws: number
  /** Draws in which a is the better one, and b; on a metric of which neither is, the higher one. */
  readonly aheadA: number
  readonly aheadB: number
  /** Draws in which one of them is not defined. */
  readonly unknown: number
  /** That a is ahead, of draws in which both are defined, and that b is; Wilson's, as of independent draws. */
  readonly probabilityA: Interval
  readonly probabilityB: Interval
}

/** Of every context and pair on every metric. */
export function chancesOf(
  contexts: readonly Context[],
  { metrics, against, confidence }: Question,
): Chance[] {
  return metrics.flatMap(metric =>
    contexts.flatMap(context =>
      pairsOf(context, against).map(([a, b]) => chanceOf(context, metric, [a, b], confidence)),
    ),
  )
}

function chanceOf(
  context: Context,
  metric: string,
  [a, b]: readonly [Contender, Contender],
  confidence: number,
): Chance {
  const gains = gainsOf(metric, a, b)
  const aheadA = gains.filter(gain => gain > 0).length
  const aheadB = gains.filter(gain => gain < 0).length
  const unknown = gains.filter(Number.isNaN).length
  const probabilityOf = (ahead: number) => wilsonInterval(ahead, gains.length - unknown, confidence)
  return {
    ...{ context, metric, a, b, draws: gains.length, aheadA, aheadB, unknown },
    probabilityA: probabilityOf(aheadA),
    probabilityB: probabilityOf(aheadB),
  }
}

/** By draw, above 0 where a is ahead. */
function gainsOf(metric: string, a: Contender, b: Contender): Float64Array {
  const sign = betterOf(metric) === 'lower' ? -1 : 1
  const others = valuesOf(b.series, metric)
  return valuesOf(a.series, metric).map((value, i) => sign * (value - others[i]))
}

/** Whether which of them is ahead depends on the unknowns. */
export function isOpen({ aheadA, aheadB }: Chance): boolean {
  return aheadA > 0 && aheadB > 0
}

/** Of chances.csv. */
export function chanceColumns(contexts: readonly Context[]): Column<Chance>[] {
  return [
    ...contextColumns<Chance>(contexts, ({ context }) => context),
    { name: 'metric', about: 'Name of the column of results.csv.', value: ({ metric }) => metric },
    { name: 'a', about: 'What is compared,', value: ({ a }) => a.label },
    { name: 'b', about: 'and with what.', value: ({ b }) => b.label },
    {
      name: 'probability',
      about: 'That a is better than b; on a metric of which neither is, higher.',
      value: ({ probabilityA }) => probabilityA.estimate,
    },
    {
      name: 'low',
      about: 'Lower end of its Wilson interval.',
      value: ({ probabilityA }) => probabilityA.low,
    },
    { name: 'high', about: 'Upper end.', value: ({ probabilityA }) => probabilityA.high },
    { name: 'ahead_a', about: 'Draws in which a is better.', value: ({ aheadA }) => aheadA },
    { name: 'ahead_b', about: 'Draws in which b is.', value: ({ aheadB }) => aheadB },
    { name: 'undefined', about: 'Draws in which it cannot be said.', value: ({ unknown }) => unknown },
    { name: 'draws', about: 'How many there are.', value: ({ draws }) => draws },
  ]
}
