import type { Column } from '../../results/columns/column.ts'
import type { Interval } from '../../statistics/interval.ts'
import { betterOf } from '../known-metrics.ts'
import { type Comparison, FEW_REPLICATIONS } from './comparisons.ts'
import { contextColumns } from './context-columns.ts'
import type { Context } from './contexts.ts'

/** Of comparisons.csv. */
export function comparisonColumns(contexts: readonly Context[]): Column<Comparison>[] {
  return [
    ...contextColumns<Comparison>(contexts, ({ context }) => context),
    { name: 'metric', about: 'Name of the column of results.csv.', value: ({ metric }) => metric },
    { name: 'a', about: 'What is compared,', value: ({ a }) => a.label },
    { name: 'b', about: 'and with what.', value: ({ b }) => b.label },
    {
      name: 'verdict',
      about:
        'a or b, whichever is better; above or below: a against b where neither way is better; same in every ' +
        'replication; cannot tell',
      value: verdictOf,
    },
    ...amounts,
    ...certainties,
  ]
}

const amounts: readonly Column<Comparison>[] = [
  { name: 'mean_a', about: 'Over the replications that both have.', value: ({ a }) => a.mean },
  { name: 'mean_b', about: 'The same of b.', value: ({ b }) => b.mean },
  ...differenceColumns<Comparison>(
    'difference',
    'Mean of a - b, paired by replication',
    ({ difference }) => difference,
  ),
  ...differenceColumns<Comparison>('relative', 'That over the mean of b', ({ relative }) => relative),
]

const certainties: readonly Column<Comparison>[] = [
  { name: 'n', about: 'Replications that both have.', value: ({ replications }) => replications },
  {
    name: 'confidence',
    about: 'Of each interval by itself, and of all verdicts of a metric together.',
    value: ({ difference }) => difference.confidence,
  },
  {
    name: 'p',
    about: 'Chance of such a difference if there were none, by the t test.',
    value: ({ pValue }) => pValue,
  },
  {
    name: 'p_holm',
    about: "The same by Holm's correction over the comparisons of the metric: the verdict goes by it.",
    value: ({ adjustedP }) => adjustedP,
  },
  { name: 'family', about: 'How many comparisons of the metric there are.', value: ({ family }) => family },
  {
    name: 'more_replications',
    about: `About so many more would tell; blank where it is told, none would, or there are fewer than ${FEW_REPLICATIONS} to go by.`,
    value: ({ outcome, more }) => (outcome === 'open' ? more : Number.NaN),
  },
  { name: 'note', about: 'Why it says less than it seems to.', value: ({ note }) => note },
]

function differenceColumns<Row>(name: string, about: string, of: (row: Row) => Interval): Column<Row>[] {
  return [
    { name, about: `${about}.`, value: row => of(row).estimate },
    { name: `${name}_low`, about: 'Lower end of its interval.', value: row => of(row).low },
    { name: `${name}_high`, about: 'Upper end of its interval.', value: row => of(row).high },
  ]
}

function verdictOf({ metric, outcome }: Comparison): string {
  const better = betterOf(metric)
  if (outcome === 'open') return 'cannot tell'
  if (outcome === 'same' || better === undefined) return outcome
  return (outcome === 'above') === (better === 'higher') ? 'a' : 'b'
}
