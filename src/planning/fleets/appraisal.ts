import { UserError } from '../../core/errors.ts'
import { atSlo } from '../../experiments/at-slo.ts'
import { atPlaces, type Prepared, prepare } from '../../experiments/prepare.ts'
import type { Standing } from '../../experiments/race.ts'
import type { Course } from '../../fleet/course.ts'
import { saturationRequestsPerS } from '../../fleet/saturation.ts'
import type { PlaceInRange } from '../../scenario/evidence.ts'
import type { Catalogue } from '../../scenario/facts.ts'
import { type ParsedScenario, policyChoices } from '../../scenario/schema.ts'
import type { OpenTrace } from '../../scenario/workload.ts'
import type { RequestClass } from './classes.ts'

/** What a fleet does of a workload at the highest rate at which it holds the SLO. */
export interface Appraisal {
  /** No more than saturates it, whatever it holds for as long as a sample lasts. */
  readonly ratePerS: number
  /** Whether it would hold it at any rate searched, up to 1.2 times what saturates it. */
  readonly isUnbounded: boolean
  readonly outputTokensPerS: number
  /** Mean of the fleet at the facility: at that rate, and with nothing to do. */
  readonly busyWatts: number
  readonly idleWatts: number
  /** The run at that rate. */
  readonly standing: Standing
}

/** Why there is no such rate. */
export interface Refusal {
  readonly why: string
  /** What it comes to at the lowest rate searched; absent where it cannot serve at all. */
  readonly miss?: Miss
}

/** How far off an SLO is. */
export interface Miss {
  readonly attainment: number
  readonly ttftP99S: number
  readonly tpotP99S: number
  readonly e2eP99S: number
}

/** Requests of a class that stand for it, and the share of their time in which none is counted. */
const SAMPLE = 2000
const WARM_UP = 0.1
/** How closely the rate is searched: well within what chance does to so few requests. */
const TOLERANCE = 0.03

/** The scenario with the requests of a class for its workload. Throws a UserError where the fleet cannot serve it. */
export async function preparedFor(
  parsed: ParsedScenario,
  catalogue: Catalogue,
  open: OpenTrace,
  { arrivals }: Pick<RequestClass, 'arrivals'>,
  requests = SAMPLE,
): Promise<Prepared> {
  const prepared = await prepare(parsed, catalogue, open, () => arrivals(requests))
  const { course, workload } = prepared
  return { ...prepared, course: { ...course, warmupS: WARM_UP * workload.spanS } }
}

/** The same with every estimate at a place of its own in its range. */
export async function preparedAt(prepared: Prepared, placeOf: PlaceInRange): Promise<Prepared> {
  const { warmupS } = prepared.course
  return { ...prepared, course: { ...(await atPlaces(prepared, placeOf)), warmupS } }
}

/** Searches for the rate with the scenario's first policy. */
export async function appraised(prepared: Prepared): Promise<Appraisal | Refusal> {
  const [entrant] = policyChoices(prepared.parsed.scenario.policies)
  const { ratePerS, standing, bound } = await atSlo(prepared, entrant, { tolerance: TOLERANCE })
  if (bound === 'below') return refusalOf(standing, prepared)
  const { figures, result } = standing
  return {
    ratePerS: Math.min(ratePerS, saturationRequestsPerS(prepared.course)),
    isUnbounded: bound === 'above',
    outputTokensPerS: figures.outputTokensPerS,
    busyWatts: figures.joules.total / result.windowS,
    idleWatts: idleWatts(prepared.course),
    standing,
  }
}

/** What cannot serve at all is a refusal too: no memory for the model, no software for it. */
export async function refusedOr<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UserError) return { why: error.message }
    throw error
  }
}

/** Watts of a fleet at the facility that has nothing to do. */
export function idleWatts({ kinds, replicas, spareWatts = 0, pue }: Course): number {
  return pue * replicas.reduce((sum, kind) => sum + kinds[kind].energy.idleWatts, spareWatts)
}

function refusalOf({ figures, result }: Standing, { fleet }: Prepared): Refusal {
  const { ttft, tpot, e2e } = result
  const miss = {
    attainment: figures.attainment,
    ttftP99S: ttft.p99,
    tpotP99S: tpot.p99,
    e2eP99S: e2e.p99,
  }
  const perToken = Number.isNaN(tpot.p99) ? '' : `, of TPOT ${short(tpot.p99)} s`
  const why =
    `meets the SLO for ${percent(figures.attainment)} % of the requests at 5 % of the rate that saturates it, ` +
    `must for ${percent(fleet.attainment)} %: p99 of TTFT ${short(ttft.p99)} s${perToken}`
  return { why, miss }
}

function percent(share: number): string {
  return String(Number((100 * share).toPrecision(3)))
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
