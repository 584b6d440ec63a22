import { readWhole } from '../../arrivals/whole.ts'
import { UserError } from '../../core/errors.ts'
import { buildFleet } from '../../scenario/build.ts'
import { type Evidence, FactReader } from '../../scenario/evidence.ts'
import { GRADES } from '../../scenario/facts.ts'
import type { ParsedScenario } from '../../scenario/schema.ts'
import { buildWorkload } from '../../scenario/workload.ts'
import { choiceOf, limitsOf, type PricedChoice } from './choices.ts'
import { classesOf, medianCut, type RequestClass } from './classes.ts'
import { type Confirmed, confirmed } from './confirmation.ts'
import type { Gap, LeftOut, Measured, Nodes, PlanHooks, PlanResult } from './contract.ts'
import type { Plan } from './load.ts'
import type { Option } from './options.ts'
import { frontOf } from './pareto.ts'
import type { Choice, PlannedFleet, Programme } from './programme.ts'
import { planned } from './programme-optimum.ts'
import { isRefusal, type Rated, type Ratings, rated } from './rating.ts'
import { SCOUTED } from './replications.ts'
import { type ReadWorkload, type RequestRuns, requestRuns } from './request-runs.ts'
import { rivalsOf } from './rivals.ts'
import { scenarioOf, sharesOf } from './scenario-of.ts'
import { aimOf, scouted } from './terrain.ts'
import { type Truth, truthOf, WARM_UP } from './truth.ts'
import type { Terms } from './verdict.ts'
import { settled, type Verified, type Verifier, type Verifying, verifier } from './verification.ts'

/** Fleets beside the plan's that are verified for the front, at most. */
const MOST_RIVALS = 10
/** A run lasts at least so many times as long as a request may take that just meets its SLO. */
const LEAST_LIVES = 6

/** A plan with all that its fleets are simulated with. */
interface Study {
  readonly plan: Plan
  readonly classes: readonly RequestClass[]
  readonly ratings: Ratings
  /** Those rated, at their prices. */
  readonly options: readonly Option[]
  readonly priced: readonly PricedChoice[]
  readonly programme: Programme
  readonly promise: PlannedFleet
  readonly runs: RequestRuns
  readonly truth: Truth
  readonly terms: Terms
}

/**
 * Finds the fleet of a plan: rates every option, has the integer programme promise a fleet, searches on from it by
 * simulation under the plan's policy, verifies what it finds, and confirms the least that holds. The same plan gives the same answer.
 *
 * Throws a UserError where a class can be served by nobody, or no fleet keeps to the limits.
 */
export async function planFleet(plan: Plan, hooks: PlanHooks = {}): Promise<PlanResult> {
  const study = await studyOf(plan, hooks)
  const { promise, truth, programme, terms } = study
  const check = verifier(truth, terms, verifyingOf(study))
  await check.verify(promise.nodes)
  const { most_fleets: mostFleets } = plan.spec.verify
  const terrain = scouted({ truth, programme, terms, mostFleets })
  const searchedFrom = (nodes: Nodes) => {
    terrain.extend()
    return settled(terrain, check, nodes, terms.objective)
  }
  const last = await settled(terrain, check, promise.nodes, terms.objective)
  await verifyRivals(study, check)
  const chosen = await confirmed(check, { aimOf: of => aimOfMeasured(of, programme), last, searchedFrom })
  return resultOf(study, await check.verify(promise.nodes), chosen, check.made())
}

function verifyingOf({ plan, runs }: Study): Verifying {
  const { replications, confidence } = plan.spec.verify
  const sampling = runs.isRedrawn ? 'redrawn' : 'independent'
  return { replications, confidence, sampling, hasItself: runs.hasItself }
}

async function studyOf(plan: Plan, hooks: PlanHooks): Promise<Study> {
  const { spec } = plan
  const read = await workloadOf(plan)
  const classes = classesOf(read.whole, cutsOf(plan, read))
  const ratings = await rated(plan, classes, hooks)
  const leastS = LEAST_LIVES * longestS(plan, classes)
  const runs = await requestRuns(read, SCOUTED.length + spec.verify.replications, leastS)
  checkReplications(plan, runs)
  const priced = ratings.rated.map(of => choiceOf(plan, of, new FactReader('given')))
  checkPrices(plan, priced)
  const choices = priced.map(({ choice }) => choice)
  const programme = programmeOf(plan, choices, classes, runs)
  const promise = await planned(programme)
  const options = ratings.rated.map(({ option }, i) => atPrice(option, choices[i]))
  const truth = await truthOf({ plan, options, choices, read, runs, afterRun: hooks.onRun })
  const { usdPerHour, gpuShare } = programme.limits
  const terms = { objective: spec.slo.attainment, usdPerHour, gpuShare }
  return { plan, classes, ratings, options, priced, programme, promise, runs, truth, terms }
}

/** Of a trace and one draw from it there is no spread. */
function checkReplications({ spec, source }: Plan, { isRedrawn }: RequestRuns): void {
  const { replications } = spec.verify
  if (!isRedrawn || replications > 2) return
  throw new UserError(
    `${source.place(['verify'])}: verify.replications is ${replications}; must be >= 3 where the workload is a trace, ` +
      'whose draws tell how sure it is',
  )
}

/** Policies that ask what a node costs are told what it costs on the plan's terms. */
function atPrice(option: Option, { usdPerHour }: Choice): Option {
  return Number.isNaN(usdPerHour) ? option : { ...option, pool: { ...option.pool, usd_per_hour: usdPerHour } }
}

async function workloadOf(plan: Plan): Promise<ReadWorkload> {
  const { spec, source, open, options } = plan
  const parsed = scenarioOf(spec, source, { fleet: [{ option: options[0], nodes: 1 }], warmupS: 0 })
  const built = buildWorkload(parsed, open)
  const whole = await readWhole(built.arrivals())
  if (whole.length < 2 || !(whole.arrivalS[whole.length - 1] > 0)) {
    throw new UserError(
      `${source.place(['workload'])}: workload has ${whole.length} request${whole.length === 1 ? '' : 's'}; ` +
        'must have 2 or more, at different times, to be planned for',
    )
  }
  return { parsed, open, built, whole }
}

function cutsOf({ spec }: Plan, { whole }: ReadWorkload) {
  return {
    inputTokens: spec.classes.input_tokens ?? medianCut(whole.inputTokens),
    outputTokens: spec.classes.output_tokens ?? medianCut(whole.outputTokens),
  }
}

/** Seconds of a mean request of the longest class that just meets its objectives. */
function longestS({ spec: { slo } }: Plan, classes: readonly RequestClass[]): number {
  if (slo.e2e_s !== undefined) return slo.e2e_s
  const outputTokens = Math.max(...classes.map(({ meanOutputTokens }) => meanOutputTokens))
  return 'ttft_s' in slo ? slo.ttft_s + slo.tpot_s * outputTokens : Number.NaN
}

function programmeOf(
  { spec }: Plan,
  choices: Programme['choices'],
  classes: readonly RequestClass[],
  { ratePerS }: RequestRuns,
): Programme {
  const requests = classes.reduce((sum, of) => sum + of.requests, 0)
  return {
    choices,
    demands: classes.map(of => ({ name: of.name, ratePerS: (ratePerS * of.requests) / requests })),
    aim: spec.minimise,
    limits: limitsOf(spec),
    headroom: spec.headroom,
  }
}

/** Where prices matter one at least is known. */
function checkPrices({ spec }: Plan, priced: readonly PricedChoice[]): void {
  const matters = spec.minimise === 'usd' || spec.limits.usd_per_hour !== undefined
  if (!matters || priced.some(({ why }) => why === undefined)) return
  throw new UserError([...new Set(priced.map(({ why }) => why))].join('; '))
}

/** For the front: fleets that do not fall behind at once, the least first by what they promise. */
async function verifyRivals({ programme, truth }: Study, { verify, made }: Verifier): Promise<void> {
  const known = new Set(made().map(({ measured }) => measured.nodes.join()))
  const rivals = (await rivalsOf(programme)).filter(nodes => !known.has(nodes.join()))
  let verified = 0
  for (const nodes of rivals) {
    if (verified === MOST_RIVALS) return
    if ((await truth.run(nodes, SCOUTED[0])).isSaturated) continue
    await verify(nodes)
    verified++
  }
}

function aimOfMeasured({ nodes, usdPerHour, watts, gramsPerHour }: Measured, { aim, choices }: Programme) {
  const means = {
    usdPerHour: usdPerHour.estimate,
    watts: watts.estimate,
    gramsPerHour: gramsPerHour.estimate,
  }
  return aimOf(means, nodes, aim, choices)
}

function resultOf(
  study: Study,
  promised: Verified,
  { chosen, looks }: Confirmed,
  made: readonly Verified[],
): PlanResult {
  const { plan, classes, ratings, options, programme, promise, runs, truth, terms } = study
  const { nodes, flow, usdPerHour, watts, gramsPerHour } = promise
  const { fleets, runs: simulated } = truth.counts()
  return {
    options,
    leftOut: leftOutOf(study),
    classes: classes.map((requestClass, i) => ({ requestClass, ratePerS: programme.demands[i].ratePerS })),
    ratings: ratings.rated.map(ratesOf),
    promise: { nodes, flow, usdPerHour, watts, gramsPerHour },
    promised: promised.measured,
    promisedVerdict: promised.verdict,
    chosen: chosen.measured,
    verdict: chosen.verdict,
    looks,
    tried: withFront(made, plan),
    simulations: fleets,
    runs: simulated,
    shape: {
      requests: runs.requests,
      spanS: runs.spanS,
      workloadRequests: runs.workloadRequests,
      isRedrawn: runs.isRedrawn,
      hasItself: runs.hasItself,
    },
    objective: terms.objective,
    aim: programme.aim,
    gap: gapOf(promise, chosen.measured),
    ...restingOn(study, chosen.measured.nodes),
  }
}

/** Late candidates, options that serve nothing, and what the programme could not consider. */
function leftOutOf({ plan, ratings, promise, priced }: Study): LeftOut[] {
  const unknown = new Map(priced.map(({ choice, why }) => [choice.name, why]))
  const unpriced = promise.leftOut.map(({ name, why }) => ({ name, why: unknown.get(name) ?? why }))
  return [...plan.late, ...ratings.leftOut, ...unpriced]
}

function ratesOf({ appraisals }: Rated): number[] {
  return appraisals.map(found => (isRefusal(found) ? Number.NaN : found.ratePerS))
}

/** Of $/h, p99 of TTFT (and of E2E where the SLO has one) and J/Mtok, among those that may hold. */
function withFront(made: readonly Verified[], { spec }: Plan): PlanResult['tried'] {
  const mayHold = made.filter(({ verdict }) => verdict !== 'infeasible')
  const points = (mayHold.length > 0 ? mayHold : made).map(frontPoint)
  const front = frontOf(points, spec.slo.e2e_s === undefined ? FRONT_KEYS : [...FRONT_KEYS, 'e2eP99S'])
  return made.map(of => ({ ...of, isFront: front.some(({ nodes }) => nodes === of.measured.nodes) }))
}

const FRONT_KEYS = ['usdPerHour', 'ttftP99S', 'joulesPerMtok'] as const

function frontPoint({ measured: { nodes, usdPerHour, ttftP99S, joulesPerMtok, e2eP99S } }: Verified) {
  return {
    nodes,
    usdPerHour: usdPerHour.estimate,
    ttftP99S: ttftP99S.estimate,
    joulesPerMtok: joulesPerMtok.estimate,
    e2eP99S: e2eP99S.estimate,
  }
}

function gapOf(promise: PlannedFleet, { usdPerHour, watts, nodes }: Measured): Gap {
  const count = (of: Nodes) => of.reduce((sum, each) => sum + each, 0)
  return {
    usdPerHour: usdPerHour.estimate / promise.usdPerHour - 1,
    watts: watts.estimate / promise.watts - 1,
    nodes: count(nodes) / count(promise.nodes) - 1,
  }
}

/** The fleet as a scenario whose warm-up is a tenth of the workload, and the facts behind it. */
function restingOn({ plan, ratings, options, runs }: Study, nodes: Nodes) {
  const { spec, source } = plan
  const fleet = sharesOf(options, nodes)
  const warmupS = (WARM_UP * runs.workloadRequests) / runs.ratePerS
  const scenario = scenarioOf(spec, source, { fleet, warmupS: Number(warmupS.toPrecision(3)) })
  const facts = new FactReader('given')
  for (const [i, of] of ratings.rated.entries()) if (nodes[i] > 0) choiceOf(plan, of, facts)
  return { scenario, evidence: joined(evidenceOf(scenario, plan), facts.evidence()) }
}

function evidenceOf(scenario: ParsedScenario, { catalogue }: Plan): Evidence {
  return buildFleet(scenario, catalogue).evidence
}

/** What rests on both. */
function joined(a: Evidence, b: Evidence): Evidence {
  const facts = [...new Map([...a.facts, ...b.facts].map(used => [used.name, used])).values()]
  const weakest = Math.max(GRADES.indexOf(a.grade), GRADES.indexOf(b.grade))
  const estimates = facts.filter(({ fact }) => fact.grade === 'estimate')
  return { stance: a.stance, grade: GRADES[weakest], facts, estimates }
}
