import { LOAD_MEASURES, type LoadPoint, loadMeasures } from '../load-measures.ts'
import type { Cell, Column } from './column.ts'

/** The capacity of one policy. */
export interface CapacityRow {
  readonly policy: string
  readonly bound: 'found' | 'above' | 'below' | 'open'
  /** Share of the requests that is to meet the SLO. */
  readonly objective: number
  readonly confidence: number
  readonly holds: LoadPoint | undefined
  readonly fails: LoadPoint | undefined
  /** The highest attainment seen, and the load of it. */
  readonly best: LoadPoint
  /** Load that the first policy carries more; absent where that is not known. */
  readonly behind?: BehindFirst
}

export interface BehindFirst {
  readonly load: { readonly estimate: number; readonly halfWidth: number }
  readonly isSure: boolean
  readonly more: number
}

/** One policy at one load. */
export interface CurveRow {
  readonly policy: string
  readonly point: LoadPoint
}

/** The columns of capacity.csv. */
export const capacityColumns: readonly Column<CapacityRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'bound',
    about:
      'found; above: the SLO holds at the highest load searched; below: it fails at the lowest; open: at one of them it cannot be told',
    value: ({ bound }) => bound,
  },
  { name: 'objective_share', about: 'Share that is to meet the SLO', value: ({ objective }) => objective },
  { name: 'confidence', about: 'Of each interval and answer', value: ({ confidence }) => confidence },
  ...place('holds', 'Highest load at which the SLO surely holds', ({ holds }) => holds),
  ...place('fails', 'Lowest load at which it surely fails', ({ fails }) => fails),
  ...place('best', 'Load of the highest attainment seen', ({ best }) => best),
  {
    name: 'best_slo_attainment',
    about: 'That attainment',
    value: ({ best }) => best.estimates.slo_attainment.estimate,
  },
  {
    name: 'behind_load',
    about:
      'Load that the first policy carries more, mean over replications of the same chance; blank for the first and where a replication has no capacity by itself',
    value: ({ behind }) => behind?.load.estimate ?? Number.NaN,
  },
  {
    name: 'behind_load_half_width',
    about: 'Of its interval; the intervals of all policies hold together with the confidence',
    value: ({ behind }) => behind?.load.halfWidth ?? Number.NaN,
  },
  {
    name: 'behind',
    about: 'yes: surely behind the first; no: it cannot be told from it',
    value: ({ behind }) => behind?.isSure ?? '',
  },
  {
    name: 'more_replications',
    about:
      'About so many more would tell, 0 where a closer search may; blank where it is told, or none would',
    value: ({ behind }) => (behind === undefined || behind.isSure ? Number.NaN : behind.more),
  },
  ...measures(', where it surely holds', ({ holds }: CapacityRow) => holds),
]

/** The columns of curve.csv. */
export const curveColumns: readonly Column<CurveRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'load',
    about: 'Rate of arrivals over the rate at which the fleet saturates',
    value: ({ point }) => point.load,
  },
  { name: 'rate_rps', about: 'That rate', value: ({ point }) => point.ratePerS },
  { name: 'replications', about: 'Runs at that rate', value: ({ point }) => point.replications },
  {
    name: 'saturated_runs',
    about: 'Of them, those whose queue was still growing in the end',
    value: ({ point }) => point.saturated,
  },
  ...measures('', ({ point }: CurveRow) => point),
]

function place(
  name: string,
  about: string,
  of: (row: CapacityRow) => LoadPoint | undefined,
): Column<CapacityRow>[] {
  return [
    { name: `${name}_load`, about, value: row => of(row)?.load ?? Number.NaN },
    { name: `${name}_rps`, about: 'Rate of arrivals there', value: row => of(row)?.ratePerS ?? Number.NaN },
  ]
}

/** Every measure over replications, and half the width of its interval. */
function measures<Row>(where: string, of: (row: Row) => LoadPoint | undefined): Column<Row>[] {
  return LOAD_MEASURES.flatMap(name => {
    const cell = (row: Row, which: 'estimate' | 'halfWidth'): Cell =>
      of(row)?.estimates[name][which] ?? Number.NaN
    return [
      { name, about: `${loadMeasures[name].about}${where}`, value: row => cell(row, 'estimate') },
      {
        name: `${name}_half_width`,
        about: 'Half the width of its interval over replications',
        value: row => cell(row, 'halfWidth'),
      },
    ]
  })
}
