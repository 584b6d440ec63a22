import type { Column } from '../../results/columns/column.ts'
import { type Influence as Found, influencesOn } from '../../statistics/influences.ts'
import { differences, type Values } from '../../statistics/moments.ts'
import { valuesOf } from '../group-series.ts'
import type { Question } from './comparisons.ts'
import { contextColumns } from './context-columns.ts'
import { type Contender, type Context, pairsOf } from './contexts.ts'
import type { DrawnUnknown, Draws } from './draws.ts'

/** How a metric, or its difference between two contenders, goes with an unknown. */
export interface Influence extends Found {
  readonly context: Context
  readonly metric: string
  readonly a: string
  /** Of the difference a - b; absent of a itself. */
  readonly b?: string
}

/** Of every metric and contender, and of every difference of two: those that matter most first. */
export function influencesOf(
  contexts: readonly Context[],
  { metrics, against }: Pick<Question, 'metrics' | 'against'>,
  draws: Draws,
): Influence[] {
  return metrics.flatMap(metric =>
    contexts.flatMap(context => [
      ...context.contenders.flatMap(a => ofContender(context, metric, a, draws)),
      ...pairsOf(context, against).flatMap(pair => ofDifference(context, metric, pair, draws)),
    ]),
  )
}

function ofContender(
  context: Context,
  metric: string,
  { label, series }: Contender,
  draws: Draws,
): Influence[] {
  const about = { context, metric, a: label }
  return influences(draws.of(series), valuesOf(series, metric)).map(found => ({ ...about, ...found }))
}

function ofDifference(
  context: Context,
  metric: string,
  [a, b]: readonly [Contender, Contender],
  draws: Draws,
): Influence[] {
  const about = { context, metric, a: a.label, b: b.label }
  const gains = differences(valuesOf(a.series, metric), valuesOf(b.series, metric))
  return influences(draws.of(a.series, b.series), gains).map(found => ({ ...about, ...found }))
}

function influences(unknowns: readonly DrawnUnknown[], output: Values): Found[] {
  return influencesOn(
    output,
    unknowns.map(({ unknown: { name }, places }) => ({ name, values: places })),
  )
}

/** Of sensitivity.csv. */
export function influenceColumns(contexts: readonly Context[]): Column<Influence>[] {
  return [
    ...contextColumns<Influence>(contexts, ({ context }) => context),
    { name: 'metric', about: 'Name of the column of results.csv.', value: ({ metric }) => metric },
    { name: 'a', about: 'Whose metric,', value: ({ a }) => a },
    { name: 'b', about: 'or whose difference a - b; blank of a itself.', value: ({ b = '' }) => b },
    { name: 'unknown', about: "Name of the catalogue's estimate.", value: ({ unknown }) => unknown },
    {
      name: 'correlation',
      about: 'Of ranks, from -1 to 1: above 0 where the metric rises with the unknown.',
      value: ({ correlation }) => correlation,
    },
    {
      name: 'method',
      about:
        'partial rank correlation: what the other unknowns explain is taken out; rank correlation, where draws are ' +
        'too few for that.',
      value: ({ method }) => method,
    },
    {
      name: 'p_adjusted',
      about: 'Chance of as much if the unknown had no influence, times the unknowns looked at.',
      value: ({ adjustedP }) => adjustedP,
    },
  ]
}
