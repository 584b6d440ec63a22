import type { Measured, Verdict } from '../planning/fleets/contract.ts'
import type { Option } from '../planning/fleets/options.ts'
import type { Column } from '../results/columns/column.ts'
import type { CsvFile } from '../results/columns/files.ts'
import type { Interval } from '../statistics/interval.ts'
import type { NodeTerms } from './plan-report.ts'

/** An option of a plan, or one that was left out. */
export interface PlanRow {
  readonly name: string
  readonly leftOut: string
  /** Absent of one that was left out. */
  readonly chosen?: {
    readonly option: Option
    readonly terms: NodeTerms
    readonly nodes: number
    readonly promisedNodes: number
  }
}

/** What an option does of a class. */
export interface RatingRow {
  readonly option: string
  readonly requestClass: string
  readonly model: string
  readonly classRatePerS: number
  readonly ratingPerS: number
  readonly promisedPerS: number
}

/** A fleet that was verified. */
export interface FleetRow {
  readonly fleet: string
  readonly measured: Measured
  readonly verdict: Verdict
  readonly isFront: boolean
  readonly isChosen: boolean
  readonly isPromised: boolean
}

type Chosen = NonNullable<PlanRow['chosen']>

function ofChosen(name: string, about: string, value: (chosen: Chosen) => number | string): Column<PlanRow> {
  return { name, about, value: ({ chosen }) => (chosen === undefined ? '' : value(chosen)) }
}

const planColumns: readonly Column<PlanRow>[] = [
  { name: 'option', about: 'A kind of node and one way to use it', value: ({ name }) => name },
  ofChosen('node', 'Kind of node', ({ option }) => option.node.id),
  ofChosen('device', 'Its device', ({ option }) => option.device.id),
  ofChosen('model', 'Model that it serves; blank for a task', ({ option }) => option.model ?? ''),
  ofChosen('nodes', 'Nodes in the plan', ({ nodes }) => nodes),
  ofChosen(
    'promised_nodes',
    'Nodes that the integer programme promised to be enough',
    ({ promisedNodes }) => promisedNodes,
  ),
  ofChosen(
    'usd_per_node_hour',
    'Of a node whatever it does, the kWh apart; blank where unknown',
    ({ terms }) => terms.usdPerHour,
  ),
  ofChosen(
    'usd_per_kwh',
    'Beside it, of energy at the facility; 0 where the rent includes power',
    ({ terms }) => terms.usdPerKwh,
  ),
  ofChosen(
    'usd_per_hour',
    'Of the nodes in the plan, the kWh apart',
    ({ terms, nodes }) => nodes * terms.usdPerHour,
  ),
  ofChosen(
    'embodied_g_per_hour',
    'CO2e of making a node, of an hour of its life; blank where unknown',
    ({ terms }) => terms.embodiedGramsPerHour,
  ),
  ofChosen(
    'max_kw',
    'Power that they can draw at once, at the facility',
    ({ terms, nodes }) => (nodes * terms.maxWatts) / 1000,
  ),
  {
    name: 'left_out',
    about: 'Why it could not be chosen at all; blank where it could',
    value: ({ leftOut }) => leftOut,
  },
]

const ratingColumns: readonly Column<RatingRow>[] = [
  { name: 'option', about: 'As in plan.csv', value: ({ option }) => option },
  { name: 'class', about: 'Class of requests', value: ({ requestClass }) => requestClass },
  {
    name: 'model',
    about: 'That they ask for; blank where the workload names none',
    value: ({ model }) => model,
  },
  { name: 'class_rate_rps', about: 'Requests a second of the class', value: row => row.classRatePerS },
  {
    name: 'rating_rps',
    about:
      'Highest rate at which a node of the option alone holds the SLO for the class; blank where it cannot',
    value: ({ ratingPerS }) => ratingPerS,
  },
  {
    name: 'promised_rps',
    about: 'Requests a second that the integer programme sends there, to all its nodes',
    value: ({ promisedPerS }) => promisedPerS,
  },
]

const fleetColumns: readonly Column<FleetRow>[] = [
  { name: 'fleet', about: 'Nodes and options', value: ({ fleet }) => fleet },
  {
    name: 'nodes',
    about: 'In all',
    value: ({ measured }) => measured.nodes.reduce((sum, count) => sum + count, 0),
  },
  {
    name: 'verdict',
    about:
      'feasible: the whole interval of the attainment is at the objective or above, no run saturates, the load is at most 1 and limits are kept; infeasible; unclear: it cannot be told. Of the plan, in replications that no fleet was chosen by',
    value: ({ verdict }) => verdict,
  },
  { name: 'chosen', about: 'Whether it is the plan', value: ({ isChosen }) => isChosen },
  {
    name: 'promised',
    about: 'Whether it is what the integer programme promised',
    value: ({ isPromised }) => isPromised,
  },
  {
    name: 'front',
    about: 'Whether no other fleet verified has less of $/h, TTFT p99 or energy without more of another',
    value: ({ isFront }) => isFront,
  },
  { name: 'replications', about: 'Runs', value: ({ measured }) => measured.replications },
  {
    name: 'saturated_runs',
    about: 'Of them, those whose queue was still growing in the end',
    value: ({ measured }) => measured.saturated,
  },
  {
    name: 'load',
    about: 'Rate of the requests over that at which the fleet saturates, by estimate',
    value: ({ measured }) => measured.load,
  },
  ...interval('slo_attainment', 'Share of the requests that met the SLO', of => of.attainment),
  ...interval('ttft_p99_s', '99th percentile of the time to first token', of => of.ttftP99S),
  ...interval('tpot_p99_s', '99th percentile of the time per further token', of => of.tpotP99S),
  ...interval('e2e_p99_s', '99th percentile of the time to last token', of => of.e2eP99S),
  ...interval('output_tokens_per_s', 'Output tokens a second', of => of.outputTokensPerS),
  ...interval('usd_per_hour', 'Rent or ownership, and power that is paid apart', of => of.usdPerHour),
  ...interval('usd_per_mtok', 'The same per million output tokens', of => of.usdPerMtok),
  ...interval('j_per_mtok', 'Joules at the facility per million output tokens', of => of.joulesPerMtok),
  ...interval(
    'g_per_mtok',
    'Grams of CO2e per million output tokens, embodied included',
    of => of.gramsPerMtok,
  ),
  ...interval('watts', 'Mean at the facility', of => of.watts),
  ...interval('gpu_share', 'Share of the requests that GPUs serve', of => of.gpuShare),
]

/** An estimate over replications with the ends of its interval. */
function interval(name: string, about: string, of: (measured: Measured) => Interval): Column<FleetRow>[] {
  return [
    { name, about, value: ({ measured }) => of(measured).estimate },
    { name: `${name}_low`, about: 'Low end of its interval', value: ({ measured }) => of(measured).low },
    { name: `${name}_high`, about: 'High end of its interval', value: ({ measured }) => of(measured).high },
  ]
}

/** Every CSV file that a plan writes, by name. */
export const planFiles = {
  'plan.csv': {
    about: 'With plan: one row per option, and one for each that was left out.',
    columns: planColumns,
  },
  'ratings.csv': { about: 'With plan: one row per option and class of requests.', columns: ratingColumns },
  'fleets.csv': {
    about: 'With plan: one row per fleet that was simulated with all replications.',
    columns: fleetColumns,
  },
} as const satisfies Record<string, CsvFile>
