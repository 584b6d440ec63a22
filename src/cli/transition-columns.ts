import type { Band, QuarterReport, RatedWay, TransitionResult } from '../planning/transitions/contract.ts'
import type { Kind } from '../planning/transitions/load-transition.ts'
import type { Overtaking } from '../planning/transitions/overtaking.ts'
import { type Quarter, quarterText } from '../planning/transitions/quarters.ts'
import type { Column } from '../results/columns/column.ts'
import type { CsvFile } from '../results/columns/files.ts'
import type { Influence } from '../statistics/influences.ts'

/** A row of quarters.csv. */
export interface QuarterRow {
  readonly strategy: string
  readonly report: QuarterReport
  readonly result: TransitionResult
}

/** A row of attainment.csv. */
export interface AttainmentRow extends QuarterRow {
  readonly service: number
}

/** A row of fleets.csv. */
export interface FleetRow extends QuarterRow {
  readonly kind: number
}

interface InfluenceRow {
  readonly strategy: string
  readonly influence: Influence
}

interface RatingRow extends RatedWay {
  readonly speed: number
}

type OutcomeName = 'usd' | 'kwh' | 'grams'

const strategy = {
  name: 'strategy',
  about: 'Which nodes it may add.',
  value: row => row.strategy,
} as const satisfies Column<{
  readonly strategy: string
}>
const quarter = {
  name: 'quarter',
  about: 'Of the calendar.',
  value: ({ report }) => quarterText(report.outcome.quarter),
} as const satisfies Column<QuarterRow>

const quarterColumns: readonly Column<QuarterRow>[] = [
  strategy,
  quarter,
  {
    name: 'fleet',
    about: 'Nodes that are there, in use or not, with all as given: `node:count` by kind.',
    value: ({ report, result }) => fleetText(result.kinds, report.outcome.present),
  },
  {
    name: 'usd',
    about:
      '$ of the quarter with all as given: rent or levelled cost of all nodes that are there, and energy.',
    value: ({ report }) => report.outcome.usd,
  },
  ...bandColumns('usd', '$ of the quarter'),
  { name: 'kwh', about: 'kWh at the facility with all as given.', value: ({ report }) => report.outcome.kwh },
  ...bandColumns('kwh', 'kWh at the facility'),
  {
    name: 'operational_gco2',
    about: 'Grams of CO2e of that energy with all as given.',
    value: ({ report }) => report.outcome.operationalGrams,
  },
  ...bandColumns('grams', 'Grams of CO2e of the energy', 'operational_gco2'),
  {
    name: 'embodied_gco2',
    about:
      'Grams of CO2e of making the nodes that are there which fall on the quarter, with all as given; blank where it is not known of one of them.',
    value: ({ report }) => report.outcome.embodiedGrams,
  },
  {
    name: 'least_slo_attainment',
    about:
      'Of the service that does worst: share of its requests that met their SLO in simulation, with all as given.',
    value: ({ report }) => leastAttainment(report.attainments.slice(0, 1)),
  },
  {
    name: 'least_slo_attainment_low',
    about: 'The least of that and of the draws that were simulated.',
    value: ({ report }) => leastAttainment(report.attainments),
  },
]

const attainmentColumns: readonly Column<AttainmentRow>[] = [
  strategy,
  quarter,
  {
    name: 'service',
    about: 'Whose requests.',
    value: ({ result, service }) => result.services[service].name,
  },
  {
    name: 'rate_rps',
    about: 'Requests a second with all as given.',
    value: ({ report, service }) => report.outcome.demand[service],
  },
  {
    name: 'objective',
    about: 'Share of requests that must meet the SLO.',
    value: ({ result, service }) => result.services[service].objective,
  },
  {
    name: 'slo_attainment',
    about: 'Share that met it in simulation, with all as given.',
    value: ({ report, service }) => report.attainments[0][service],
  },
  {
    name: 'slo_attainment_low',
    about: 'The least of that and of the draws that were simulated.',
    value: ({ report, service }) => Math.min(...report.attainments.map(run => run[service])),
  },
  {
    name: 'slo_attainment_high',
    about: 'The most of them.',
    value: ({ report, service }) => Math.max(...report.attainments.map(run => run[service])),
  },
]

const fleetColumns: readonly Column<FleetRow>[] = [
  strategy,
  quarter,
  { name: 'node', about: 'Id of the kind of node.', value: ({ result, kind }) => result.kinds[kind].node.id },
  {
    name: 'device_kind',
    about: 'gpu, asic, cpu or edge.',
    value: ({ result, kind }) => result.kinds[kind].device.kind,
  },
  { name: 'nodes', about: 'That are there.', value: ({ report, kind }) => report.outcome.present[kind] },
  {
    name: 'added',
    about: 'That came in the quarter.',
    value: ({ report, kind }) => report.outcome.added[kind],
  },
  { name: 'used', about: 'That have work.', value: ({ report, kind }) => report.outcome.used[kind] },
  {
    name: 'request_share',
    about: 'Share of all requests that they serve.',
    value: ({ report: { outcome }, kind }) => sum(outcome.flow[kind]) / sum(outcome.demand),
  },
]

const overtakingColumns: readonly Column<Overtaking>[] = [
  { name: 'strategy', about: 'Which begins to cost less than gpu-only.', value: row => row.strategy },
  {
    name: 'measure',
    about: 'running: the $ of each quarter; cumulative: of all quarters up to it.',
    value: ({ measure }) => measure,
  },
  {
    name: 'given',
    about:
      'First quarter from which on it costs less by more than 1 %, to the end, with all as given; blank where none.',
    value: ({ given }) => textOf(given),
  },
  {
    name: 'p5',
    about: '5 % of the draws come by it; blank where it is later than the last.',
    value: ({ p5 }) => textOf(p5),
  },
  { name: 'p50', about: 'The median of the draws.', value: ({ p50 }) => textOf(p50) },
  { name: 'p95', about: '95 % of the draws come by it.', value: ({ p95 }) => textOf(p95) },
  { name: 'never', about: 'Share of the draws in which it never does.', value: ({ never }) => never },
]

const influenceColumns: readonly Column<InfluenceRow>[] = [
  { name: 'strategy', about: 'Whose saving over gpu-only in all quarters.', value: row => row.strategy },
  { name: 'unknown', about: 'What was drawn.', value: ({ influence }) => influence.unknown },
  {
    name: 'correlation',
    about: 'Of ranks, from -1 to 1: above 0 where it saves more, the more there is of the unknown.',
    value: ({ influence }) => influence.correlation,
  },
  {
    name: 'method',
    about:
      'partial rank correlation: what the other unknowns explain is taken out; rank correlation, where draws are too few for that.',
    value: ({ influence }) => influence.method,
  },
  {
    name: 'p_adjusted',
    about: 'Chance of as much if the unknown had no influence, times the unknowns looked at.',
    value: ({ influence }) => influence.adjustedP,
  },
]

const ratingColumns: readonly Column<RatingRow>[] = [
  { name: 'service', about: 'Whose requests.', value: ({ service }) => service },
  { name: 'node', about: 'Id of the kind of node.', value: ({ kind }) => kind.node.id },
  { name: 'way', about: 'How it is used.', value: ({ way }) => way.option.name },
  {
    name: 'speedup',
    about: 'Times as fast as the catalogue has the software.',
    value: ({ way, speed }) => way.speeds[speed],
  },
  {
    name: 'most_speedup',
    about:
      'As fast as software may make it: what the efficiency that the catalogue has leaves of its memory bandwidth.',
    value: ({ kind }) => kind.mostSpeed,
  },
  {
    name: 'rate_rps',
    about: 'Highest rate at which one node holds the SLO, all as given; blank where it does not.',
    value: ({ way, speed }) => way.ratings[speed]?.ratePerS ?? Number.NaN,
  },
  {
    name: 'busy_w',
    about: 'Watts at the facility at that rate.',
    value: ({ way, speed }) => way.ratings[speed]?.busyWatts ?? Number.NaN,
  },
  { name: 'idle_w', about: 'Watts without work.', value: ({ way }) => way.idleWatts },
  { name: 'why', about: 'Why it does not hold it.', value: ({ way }) => way.why ?? '' },
]

/** Every CSV file of a transition by name. */
export const transitionFiles = {
  'quarters.csv': { about: 'With transition: one row per strategy and quarter.', columns: quarterColumns },
  'attainment.csv': {
    about: 'With transition: one row per strategy, quarter and service.',
    columns: attainmentColumns,
  },
  'fleets-by-quarter.csv': {
    about: 'With transition: one row per strategy, quarter and kind of node.',
    columns: fleetColumns,
  },
  'overtaking.csv': {
    about: 'With transition: when strategies begin to cost less than gpu-only.',
    columns: overtakingColumns,
  },
  'influences.csv': {
    about: 'With transition: which unknown moves the saving most.',
    columns: influenceColumns,
  },
  'node-ratings.csv': {
    about: 'With transition: what nodes serve, by how fast their software is.',
    columns: ratingColumns,
  },
} as const satisfies Record<string, CsvFile>

/** The rows of each file. */
export function transitionRows(
  result: TransitionResult,
): Record<keyof typeof transitionFiles, readonly unknown[]> {
  const quarters = result.strategies.flatMap(({ strategy, quarters }) =>
    quarters.map((report): QuarterRow => ({ strategy, report, result })),
  )
  const asked = ({ report }: QuarterRow, service: number) => report.outcome.demand[service] > 0
  return {
    'quarters.csv': quarters,
    'attainment.csv': quarters.flatMap(row =>
      [...result.services.keys()]
        .filter(service => asked(row, service))
        .map(service => ({ ...row, service })),
    ),
    'fleets-by-quarter.csv': quarters.flatMap(row =>
      [...result.kinds.keys()].map(kind => ({ ...row, kind })),
    ),
    'overtaking.csv': result.strategies.flatMap(({ overtakings = [] }) => overtakings),
    'influences.csv': result.strategies.flatMap(({ strategy, influences = [] }) =>
      influences.map(influence => ({ strategy, influence })),
    ),
    'node-ratings.csv': result.ratings.flatMap(rated =>
      [...rated.way.speeds.keys()].map(speed => ({ ...rated, speed })),
    ),
  }
}

/** `h100:12 inf2:3`, of kinds of which there are any. */
export function fleetText(kinds: readonly Kind[], nodes: readonly number[]): string {
  return kinds.flatMap(({ node }, kind) => (nodes[kind] > 0 ? [`${node.id}:${nodes[kind]}`] : [])).join(' ')
}

/** Of all services with requests and of all runs. */
export function leastAttainment(attainments: readonly (readonly number[])[]): number {
  return Math.min(...attainments.flat().filter(share => !Number.isNaN(share)))
}

function bandColumns(of: OutcomeName, about: string, name: string = of): Column<QuarterRow>[] {
  const ends = { p5: '5th percentile', p50: 'median', p95: '95th percentile' } as const
  return (Object.keys(ends) as (keyof Band)[]).map(end => ({
    name: `${name}_${end}`,
    about: `${about}: ${ends[end]} of the draws.`,
    value: ({ report }) => report[of][end],
  }))
}

function textOf(quarter: Quarter | undefined): string {
  return quarter === undefined ? '' : quarterText(quarter)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
