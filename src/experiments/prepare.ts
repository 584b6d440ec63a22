import type { ArrivalSource } from '../arrivals/contract.ts'
import { type LengthSample, type Measure, measure } from '../arrivals/measure.ts'
import { fromMemory, fromRows } from '../arrivals/memory.ts'
import { inNames, type NameLists } from '../arrivals/transforms/rename.ts'
import { scaled } from '../arrivals/transforms/scale.ts'
import { UserError } from '../core/errors.ts'
import { commonMultiple } from '../core/multiples.ts'
import { suggestion } from '../core/nearest.ts'
import type { ClosedLoop, Course } from '../fleet/course.ts'
import { saturationRequestsPerS } from '../fleet/saturation.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import { type BuildOptions, type BuiltFleet, buildFleet } from '../scenario/build.ts'
import type { BuiltPool } from '../scenario/built-pool.ts'
import { replicasDraw } from '../scenario/chance.ts'
import type { PlaceInRange } from '../scenario/evidence.ts'
import type { Catalogue, Stance } from '../scenario/facts.ts'
import { checkOrders } from '../scenario/order.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { classSlosOf } from '../scenario/slo.ts'
import {
  type BuiltWorkload,
  buildWorkload,
  type OpenLoop,
  type OpenTrace,
  paceFactor,
} from '../scenario/workload.ts'
import { breathing } from './breathing.ts'
import { saturated } from './saturation.ts'

/** Requests that stand for the whole workload where saturation is estimated. */
const SAMPLE = 65_536

/** Reads a workload in another thread, the same rows as in place, or says that it is not worth it. */
export type ReadAhead = (workload: OpenLoop, seed: string | number) => ArrivalSource | undefined

/** A scenario made ready to run: its fleet built, its workload measured and paced, its saturation estimated. */
export interface Prepared {
  readonly parsed: ParsedScenario
  readonly catalogue: Catalogue
  readonly open: OpenTrace
  readonly fleet: BuiltFleet
  readonly course: Course
  readonly workload: PacedWorkload
}

export interface PacedWorkload {
  readonly built: BuiltWorkload
  /** Of the workload at its own rate. */
  readonly measured: Measure
  /** How much faster than its own rate it comes. */
  readonly factor: number
  /** Requests a second as they come; NaN in a closed loop. */
  readonly ratePerS: number
  /** Seconds from the first arrival to the last; NaN in a closed loop. */
  readonly spanS: number
  /** Requests in all. */
  readonly requests: number
  /** Names of the request classes, by `classId`. */
  readonly classes: readonly string[]
}

/**
 * Throws a UserError at the first mistake in the scenario, its traces or its policies.
 *
 * @param ahead how long workloads are read, where a second thread can be had; it changes no result
 */
export async function prepare(
  parsed: ParsedScenario,
  catalogue: Catalogue,
  open: OpenTrace,
  ahead?: ReadAhead,
): Promise<Prepared> {
  const unrated = buildFleet(parsed, catalogue)
  const inPlace = buildWorkload(parsed, open)
  const built = ahead === undefined ? inPlace : readBy(ahead, inPlace, parsed)
  const measured = await measureOf(built)
  checkAnswers(parsed, measured)
  checkModels(parsed, measured, unrated)
  const fleet = await withSaturation(unrated, measured)
  return ready({ parsed, catalogue, open, fleet }, built, measured)
}

/** The same scenario where nothing but its policies and the pace of its workload is another. Throws as `prepare` does. */
export function atPace({ catalogue, open, fleet, workload }: Prepared, parsed: ParsedScenario): Prepared {
  const built = { ...buildWorkload(parsed, open), arrivals: workload.built.arrivals }
  return ready({ parsed, catalogue, open, fleet }, built, workload.measured)
}

function ready(
  scenario: Pick<Prepared, 'parsed' | 'catalogue' | 'open' | 'fleet'>,
  built: BuiltWorkload,
  measured: Measure,
): Prepared {
  const { parsed, fleet } = scenario
  const workload = paced(parsed, built, measured, saturationRequestsPerS(fleet))
  checkWarmup(parsed, workload)
  checkOrders(parsed, workload.classes)
  return { ...scenario, workload, course: courseOf(promising(fleet, parsed, workload), workload) }
}

/**
 * The same scenario with all that is drawn drawn under another seed. Factor of the rate and saturation stay what they
 * are, so that chance is all that differs.
 *
 * @param arrivals at the workload's own rate, in place of those that it has under that seed
 */
export function atSeed(
  { parsed: given, catalogue, open, fleet, workload }: Prepared,
  seed: string | number,
  arrivals?: () => ArrivalSource,
): Course {
  const parsed = { ...given, scenario: { ...given.scenario, seed } }
  const drawn = buildWorkload(parsed, open)
  const built = { ...drawn, arrivals: arrivals ?? (() => inNames(drawn.arrivals(), namesOf(workload))) }
  const other = replicasDraw(parsed.scenario) ? ratedAs(fleet, buildFleet(parsed, catalogue)) : fleet
  return courseOf(promising({ ...other, seed }, parsed, workload), { ...workload, built })
}

function namesOf({ measured }: PacedWorkload): NameLists {
  return { classes: measured.byClass.map(({ name }) => name), tenants: measured.tenants }
}

/** A fleet with the saturation of its twin. */
function ratedAs({ kinds, modelShares }: BuiltFleet, twin: BuiltFleet): BuiltFleet {
  const rated = twin.kinds.map((kind, i) => {
    const { saturationRequestsPerS, saturationTokensPerS } = kinds[i]
    return { ...kind, saturationRequestsPerS, saturationTokensPerS }
  })
  return { ...twin, kinds: rated, ...(modelShares && { modelShares }) }
}

/** The same scenario at an end of the estimates' ranges. The workload stays the one of the given values. */
export function atStance(prepared: Prepared, stance: Stance): Promise<Course> {
  return withEstimates(prepared, { stance })
}

/** The same with every estimate at a place of its own in its range. */
export function atPlaces(prepared: Prepared, placeOf: PlaceInRange): Promise<Course> {
  return withEstimates(prepared, { placeOf })
}

async function withEstimates(prepared: Prepared, options: BuildOptions): Promise<Course> {
  const { parsed, catalogue, workload } = prepared
  const fleet = buildFleet(parsed, catalogue, options)
  const rated = await withSaturation(fleet, workload.measured)
  return courseOf(promising(rated, parsed, workload), workload)
}

/** The same scenario with requests at another rate: warm-up and samples take in the same requests as before. */
export function atRate({ course, workload }: Prepared, ratePerS: number): Course {
  const { built, measured, factor } = workload
  const newFactor = ratePerS / measured.meanRatePerS
  const slower = factor / newFactor
  const { warmupS, sampleS } = course
  const paced = courseOf(course, { built, measured, factor: newFactor })
  return { ...paced, warmupS: warmupS * slower, sampleS: sampleS * slower }
}

/** Classes of the workload have their objectives. */
function promising(
  fleet: BuiltFleet,
  parsed: ParsedScenario,
  { classes }: PacedWorkload,
): Omit<Course, 'arrivals'> {
  const classSlos = classSlosOf(parsed, classes)
  return classSlos === undefined ? fleet : { ...fleet, classSlos }
}

function readBy(ahead: ReadAhead, built: BuiltWorkload, { scenario }: ParsedScenario): BuiltWorkload {
  const { workload, seed } = scenario
  if ('closed_loop' in workload) return built
  return { ...built, arrivals: () => ahead(workload, seed) ?? built.arrivals() }
}

function courseOf(
  fleet: Omit<Course, 'arrivals'>,
  { built, factor, measured }: Pick<PacedWorkload, 'built' | 'factor' | 'measured'>,
): Course {
  // A reader learns the names as it goes; a simulation is to know them from the start.
  const classes = measured.byClass.map(({ name }) => name)
  const { tenants } = measured
  const arrivals = () => {
    const source = factor === 1 ? built.arrivals() : scaled(built.arrivals(), factor)
    const { tenants: _, ...read } = breathing(source)
    return { ...read, classes, ...(tenants.length > 0 && { tenants }) }
  }
  const prefixEntryTokens = entryTokensOf(fleet, measured)
  return {
    ...fleet,
    arrivals,
    ...(built.closedLoop && { closedLoop: built.closedLoop }),
    ...(fleet.handoff && { meanInputTokens: measured.meanInputTokens }),
    ...(prefixEntryTokens !== undefined && { prefixEntryTokens }),
  }
}

/** Whole prefix blocks of the workload and whole KV blocks of every kind that keeps some; undefined where none does. */
function entryTokensOf({ kinds }: Pick<Course, 'kinds'>, { prefixBlockTokens }: Measure): number | undefined {
  const caching = kinds.filter(({ prefixCache }) => prefixCache !== undefined)
  if (caching.length === 0 || prefixBlockTokens === 0) return undefined
  return caching.reduce((tokens, { blockTokens }) => commonMultiple(tokens, blockTokens), prefixBlockTokens)
}

function measureOf({ arrivals, closedLoop }: BuiltWorkload): Promise<Measure> {
  return measure(closedLoop === undefined ? breathing(arrivals()) : bodiesOf(closedLoop), SAMPLE)
}

/** The first turns of the loop's clients, all at once. */
function bodiesOf({ clients, requests, lengths }: ClosedLoop) {
  const rows = Array.from({ length: Math.min(requests, SAMPLE) }, (_, i) => ({
    arrivalS: 0,
    ...lengths(i % clients, Math.floor(i / clients)),
  }))
  return fromMemory(fromRows(rows))
}

async function withSaturation(fleet: BuiltFleet, measured: Measure): Promise<BuiltFleet> {
  const pools: BuiltPool[] = []
  const kinds: ReplicaKind[] = []
  for (const pool of fleet.pools) {
    const kind = await saturated(pool.kind, sampleFor(pool.kind, fleet, measured), fleet)
    kinds.push(kind)
    pools.push({ ...pool, kind })
  }
  return { ...fleet, kinds, pools, ...modelSharesOf(fleet, measured) }
}

/** Of the sample what asks for the model that the kind serves; all of it where nothing does. */
function sampleFor(
  { modelId = 0 }: ReplicaKind,
  { models = [] }: BuiltFleet,
  measured: Measure,
): LengthSample {
  const { sample } = measured
  if (models.length < 2) return sample
  const asked = Int32Array.from(sample.modelId, named => Math.max(0, models.indexOf(measured.models[named])))
  const isMeant = (_: number, row: number) => asked[row] === modelId
  if (!asked.includes(modelId)) return sample
  return {
    inputTokens: sample.inputTokens.filter(isMeant),
    outputTokens: sample.outputTokens.filter(isMeant),
    hitTokens: sample.hitTokens.filter(isMeant),
    classId: sample.classId.filter(isMeant),
    modelId: sample.modelId.filter(isMeant),
  }
}

/** Requests that name no model ask for the first. */
function modelSharesOf({ models = [] }: BuiltFleet, measured: Measure) {
  if (models.length < 2) return {}
  const unnamed = measured.requests - measured.modelRequests
  const asking = models.map((name, model) => {
    const named = measured.requestsByModel[measured.models.indexOf(name)] ?? 0
    return model === 0 ? named + unnamed : named
  })
  return { modelShares: asking.map(requests => requests / measured.requests) }
}

function paced(
  parsed: ParsedScenario,
  built: BuiltWorkload,
  measured: Measure,
  saturationPerS: number,
): PacedWorkload {
  const classes = measured.byClass.map(({ name }) => name)
  if (built.closedLoop !== undefined) {
    const { requests } = built.closedLoop
    const unknown = { ratePerS: Number.NaN, spanS: Number.NaN }
    return { built, measured, factor: 1, ...unknown, requests, classes: ['all', 'closed-loop'] }
  }
  const { meanRatePerS, spanS, requests } = measured
  const factor = paceFactor(built.pace, meanRatePerS, () => saturationPerS)
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw new UserError(
      `${parsed.place(['workload'])}: workload has ${requests} request${requests === 1 ? '' : 's'} in ${spanS} s; ` +
        'must have 2 or more, at different times, to be given a load or a rate',
    )
  }
  return {
    built,
    measured,
    factor,
    ratePerS: meanRatePerS * factor,
    spanS: spanS / factor,
    requests,
    classes,
  }
}

/** A request to a task is answered by the step that carries it, and no cache holds any of it. */
function checkAnswers({ scenario, place }: ParsedScenario, measured: Measure): void {
  if (!('task' in scenario)) return
  const { maxOutputTokens, meanHitTokens } = measured
  if (maxOutputTokens > 1) {
    throw new UserError(
      `${place(['workload'])}: workload has outputs of up to ${maxOutputTokens} tokens; must be 1, the answer of ${scenario.task}`,
    )
  }
  if (meanHitTokens > 0) {
    throw new UserError(
      `${place(['workload'])}: workload has prefix hits; must have none, as ${scenario.task} has no prefix cache`,
    )
  }
}

/** Every model that requests ask for is served, where there are several. */
function checkModels({ place }: ParsedScenario, measured: Measure, { models = [] }: BuiltFleet): void {
  if (models.length === 0) return
  const missing = measured.models.find(name => !models.includes(name))
  if (missing === undefined) return
  throw new UserError(
    `${place(['workload'])}: workload asks for the model "${missing}", which no pool serves; ${suggestion(missing, models)}`,
  )
}

function checkWarmup({ scenario, place }: ParsedScenario, { spanS, factor }: PacedWorkload): void {
  if (scenario.warmup_s === 0 || !(scenario.warmup_s >= spanS)) return
  const how = factor === 1 ? '' : ` at ${Number(factor.toPrecision(4))} times the workload's own rate`
  throw new UserError(
    `${place(['warmup_s'])}: warmup_s is ${scenario.warmup_s}; must be below ${Number(spanS.toPrecision(6))}, ` +
      `the second of the last arrival${how}; an experiment can have it found, by warmup: mser-5`,
  )
}
