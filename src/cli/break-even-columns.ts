import type { Cheaper } from '../costs/break-even.ts'
import type { Counting } from '../costs/choice.ts'
import { type Comparison, type Counted, nodesAt } from '../planning/fleets/break-even.ts'
import { mtokPerHourOf, ratePerSOf } from '../planning/fleets/break-even-mix.ts'
import type { MixNode } from '../planning/fleets/break-even-nodes.ts'
import type { Column } from '../results/columns/column.ts'
import type { CsvFile } from '../results/columns/files.ts'

/** Two nodes, compared with nodes counted in one way. */
export interface BreakEvenRow {
  readonly pair: Comparison
  readonly counting: Counting
  readonly counted: Counted
}

/** Two rows for each pair. */
export function breakEvenRows(pairs: readonly Comparison[]): BreakEvenRow[] {
  return pairs.flatMap(pair =>
    (['whole', 'divisible'] as const).map(counting => ({ pair, counting, counted: pair[counting] })),
  )
}

/** The name of the cheaper, `neither` where both cost the same. */
export function cheaperName(cheaper: Cheaper, { a, b }: Comparison): string {
  return cheaper === 'neither' ? cheaper : { a, b }[cheaper].option.name
}

const columns: readonly Column<BreakEvenRow>[] = [
  { name: 'option_a', about: 'A kind of node and one way to use it', value: row => row.pair.a.option.name },
  { name: 'option_b', about: 'What it is compared with', value: row => row.pair.b.option.name },
  {
    name: 'model',
    about: 'Model that both serve; blank for a task',
    value: row => row.pair.a.option.model ?? '',
  },
  {
    name: 'best_uses',
    about: 'Whether they are of two kinds of node, each used as it costs least per token when full',
    value: row => row.pair.isOfBest,
  },
  {
    name: 'counting',
    about:
      'whole: nodes come whole, at least one; divisible: beyond the first in parts, as where others use the rest of the last',
    value: row => row.counting,
  },
  {
    name: 'cheaper_at_small_load',
    about: 'Option that serves small loads at fewer dollars an hour',
    value: ({ pair, counted }) => cheaperName(counted.span.small, pair),
  },
  ...load(
    'small',
    'Up to which it is so at every load; blank where it is at any',
    row => row.counted.span.smallUntilMtokPerHour,
  ),
  {
    name: 'cheaper_at_large_load',
    about:
      'Option that serves large loads at fewer dollars an hour; neither where full nodes cost the same per token',
    value: ({ pair, counted }) => cheaperName(counted.span.large, pair),
  },
  ...load(
    'large',
    'Above which it is so at every load: 0 where at any; blank for neither',
    row => row.counted.span.largeFromMtokPerHour,
  ),
  {
    name: 'nodes_a_at_large',
    about: 'Nodes of a at that load',
    value: ({ pair, counted, counting }) => nodesAt(counted.span.largeFromMtokPerHour, pair.a, counting),
  },
  {
    name: 'nodes_b_at_large',
    about: 'Nodes of b at that load',
    value: ({ pair, counted, counting }) => nodesAt(counted.span.largeFromMtokPerHour, pair.b, counting),
  },
  {
    name: 'plan_rps',
    about: "Requests a second of the plan's own load, for the model",
    value: ({ pair: { a } }) => a.mix.ratePerS,
  },
  {
    name: 'plan_mtok_per_hour',
    about: 'The same in millions of output tokens an hour; an answer of a task counts as one',
    value: ({ pair: { a } }) => mtokPerHourOf(a.mix, a.mix.ratePerS),
  },
  { name: 'plan_nodes_a', about: 'Nodes of a that serve it', value: row => row.counted.own.nodesA },
  { name: 'plan_nodes_b', about: 'Nodes of b that serve it', value: row => row.counted.own.nodesB },
  {
    name: 'plan_usd_per_hour_a',
    about: 'Dollars an hour of those of a, energy included',
    value: row => row.counted.own.usdPerHourA,
  },
  {
    name: 'plan_usd_per_hour_b',
    about: 'Dollars an hour of those of b, energy included',
    value: row => row.counted.own.usdPerHourB,
  },
  {
    name: 'b_usd_per_node_hour',
    about: 'Of a node of b today, the kWh apart',
    value: ({ pair: { b } }) => b.price.givenUsd,
  },
  {
    name: 'b_usd_per_node_hour_low',
    about: 'Low end of the range of that price',
    value: ({ pair: { b } }) => b.price.lowUsd,
  },
  {
    name: 'b_usd_per_node_hour_high',
    about: 'High end of the range of that price',
    value: ({ pair: { b } }) => b.price.highUsd,
  },
  {
    name: 'large_break_even_usd_per_node_hour',
    about:
      'Price of a node of b at which both cost the same where all nodes are full; below 0: not even for nothing',
    value: row => row.pair.largeLoadPrice.breakEvenUsd,
  },
  {
    name: 'large_flips_in_range',
    about: "Whether who is cheaper then depends on where in its range b's price lies",
    value: row => row.pair.largeLoadPrice.isFlipped,
  },
  {
    name: 'plan_break_even_usd_per_node_hour',
    about: "The same price at the plan's own load",
    value: row => row.counted.own.price.breakEvenUsd,
  },
  {
    name: 'plan_flips_in_range',
    about: "The same at the plan's own load",
    value: row => row.counted.own.price.isFlipped,
  },
  ...ofEach('full_rps', 'Requests a second of a full node of', node => node.ratePerS),
  ...ofEach(
    'full_j_per_mtok',
    'Joules at the facility per million output tokens of a full node of',
    node => node.joulesPerMtok,
  ),
  ...ofEach(
    'full_g_per_mtok',
    'Grams of CO2e per million output tokens of a full node, embodied included; blank where unknown; of',
    node => node.gramsPerMtok,
  ),
  { name: 'j_ratio', about: 'Joules of b over those of a', value: row => row.pair.joulesRatio },
  { name: 'g_ratio', about: 'Grams of b over those of a', value: row => row.pair.gramsRatio },
]

/** A load in tokens and in requests. */
function load(
  name: string,
  about: string,
  mtokPerHour: (row: BreakEvenRow) => number,
): Column<BreakEvenRow>[] {
  return [
    {
      name: `${name}_mtok_per_hour`,
      about: `${about}; millions of output tokens an hour`,
      value: mtokPerHour,
    },
    {
      name: `${name}_rps`,
      about: 'The same load in requests a second',
      value: row => ratePerSOf(row.pair.a.mix, mtokPerHour(row)),
    },
  ]
}

function ofEach(name: string, about: string, value: (node: MixNode) => number): Column<BreakEvenRow>[] {
  return [
    { name: `${name}_a`, about: `${about} a`, value: ({ pair }) => value(pair.a) },
    { name: `${name}_b`, about: `${about} b`, value: ({ pair }) => value(pair.b) },
  ]
}

/** Every CSV file that a break-even writes, by name. */
export const breakEvenFiles = {
  'break-even.csv': {
    about: 'With break-even: two rows per pair of options, for whole nodes and for divisible ones.',
    columns,
  },
} as const satisfies Record<string, CsvFile>
