import { fromWhole } from '../../arrivals/whole.ts'
import { type Prepared, prepare } from '../../experiments/prepare.ts'
import { race, type Standing } from '../../experiments/race.ts'
import { replicated } from '../../experiments/replication.ts'
import type { Course } from '../../fleet/course.ts'
import { saturationRequestsPerS } from '../../fleet/saturation.ts'
import { type BuiltFleet, buildFleet } from '../../scenario/build.ts'
import { policyChoices } from '../../scenario/schema.ts'
import type { Nodes } from './contract.ts'
import type { Plan } from './load.ts'
import type { Option } from './options.ts'
import type { Choice } from './programme.ts'
import type { ReadWorkload, RequestRuns } from './request-runs.ts'
import { inPlanWords, scenarioOf, sharesOf } from './scenario-of.ts'

/** Share of a run in which nothing is counted. */
export const WARM_UP = 0.1

/** One run of a fleet under all of the plan's requests. */
export interface FleetRun {
  readonly attainment: number
  readonly requests: number
  readonly isSaturated: boolean
  readonly ttftP99S: number
  readonly tpotP99S: number
  readonly e2eP99S: number
  readonly outputTokensPerS: number
  /** The rate of the requests over that at which the fleet saturates, by estimate. */
  readonly load: number
  /** At the facility, on average. */
  readonly watts: number
  /** NaN where a price is unknown. */
  readonly usdPerHour: number
  /** Of operation at the mean of the day's grid and embodied; NaN where unknown. */
  readonly gramsPerHour: number
  /** Of the requests. */
  readonly gpuShare: number
}

/** What fleets do of the plan's requests under its policy. A fleet and a replication are run once, and then known. */
export interface Truth {
  run(nodes: Nodes, replication: number): Promise<FleetRun>
  /** Fleets simulated, and runs of them. */
  counts(): { readonly fleets: number; readonly runs: number }
}

/** What simulations of a plan's fleets are made from. */
export interface TruthInput {
  readonly plan: Plan
  readonly options: readonly Option[]
  /** By option. */
  readonly choices: readonly Choice[]
  readonly read: ReadWorkload
  readonly runs: RequestRuns
  /** Waited for after every run. */
  readonly afterRun?: ((runs: number) => Promise<void> | void) | undefined
}

export async function truthOf(input: TruthInput): Promise<Truth> {
  const wide = await preparedWide(input)
  const known = new Map<string, FleetRun>()
  const fleets = new Set<string>()
  const run = async (nodes: Nodes, replication: number) => {
    const course = courseOf(input, wide, nodes, replication)
    const ratePerS = wide.workload.measured.meanRatePerS * input.runs.factor
    const load = ratePerS / saturationRequestsPerS(course)
    return { ...runOf(await raced(course, wide), nodes, input), load }
  }
  return {
    counts: () => ({ fleets: fleets.size, runs: known.size }),
    async run(nodes, replication) {
      const key = `${nodes.join()}/${replication}`
      const before = known.get(key)
      if (before !== undefined) return before
      const made = await run(nodes, replication)
      fleets.add(nodes.join())
      known.set(key, made)
      await input.afterRun?.(known.size)
      return made
    },
  }
}

/** A fleet with a node of every option: what its kinds are saturated by holds in every other fleet. */
function preparedWide({ plan, options, read }: TruthInput): Promise<Prepared> {
  const { spec, source, catalogue, open } = plan
  const fleet = options.map(option => ({ option, nodes: 1 }))
  const parsed = scenarioOf(spec, source, { fleet, warmupS: 0 })
  return prepare(parsed, catalogue, open, () => fromWhole(read.whole))
}

function courseOf(
  { plan, options, runs }: TruthInput,
  wide: Prepared,
  nodes: Nodes,
  replication: number,
): Course {
  const { spec, source, catalogue } = plan
  const fleet = sharesOf(options, nodes)
  const parsed = scenarioOf(spec, source, { fleet, warmupS: WARM_UP * runs.spanS })
  const built = inPlanWords(fleet, () => buildFleet(parsed, catalogue))
  const workload = { ...wide.workload, factor: runs.factor }
  const prepared = { ...wide, parsed, workload, fleet: ratedAs(built, wide.fleet) }
  return replicated(prepared, replication, runs.arrivals(replication))
}

/** A fleet with the saturation of like kinds of another that serves the same requests. */
function ratedAs(fleet: BuiltFleet, wide: BuiltFleet): BuiltFleet {
  const byName = new Map(wide.kinds.map(kind => [kind.name, kind]))
  const rates = (name: string) => {
    const { saturationRequestsPerS, saturationTokensPerS } = byName.get(name)!
    return { saturationRequestsPerS, saturationTokensPerS }
  }
  const shares = fleet.models?.map(model => wide.modelShares?.[wide.models?.indexOf(model) ?? -1] ?? 0)
  return {
    ...fleet,
    kinds: fleet.kinds.map(kind => ({ ...kind, ...rates(kind.name) })),
    ...(shares && { modelShares: shares }),
  }
}

async function raced(course: Course, { parsed }: Prepared): Promise<Standing> {
  const [standing] = await race(course, policyChoices(parsed.scenario.policies))
  return standing
}

function runOf(
  { figures, result }: Standing,
  nodes: Nodes,
  { options, choices }: TruthInput,
): Omit<FleetRun, 'load'> {
  const spent = options.map(({ name }, i) => ({
    choice: choices[i],
    nodes: nodes[i],
    kw: wattsOf(result, name) / 1000,
  }))
  const used = spent.filter(of => of.nodes > 0)
  // Nodes without a replica of their own stand by: their part goes by the nodes.
  const spareKw = (result.spareWatts * result.pue) / 1000
  const allNodes = used.reduce((sum, of) => sum + of.nodes, 0)
  const kwOf = (of: (typeof used)[number]) => of.kw + (spareKw * of.nodes) / allNodes
  return {
    attainment: figures.attainment,
    requests: result.arrivedInWindow,
    isSaturated: result.isSaturated,
    ttftP99S: result.ttft.p99,
    tpotP99S: result.tpot.p99,
    e2eP99S: result.e2e.p99,
    outputTokensPerS: figures.outputTokensPerS,
    watts: figures.joules.total / result.windowS,
    usdPerHour: sum(used, of => of.nodes * of.choice.usdPerHour + kwOf(of) * of.choice.usdPerKwh),
    gramsPerHour: sum(
      used,
      of => of.nodes * of.choice.embodiedGramsPerHour + kwOf(of) * of.choice.gramsPerKwh,
    ),
    gpuShare: gpuShareOf(result),
  }
}

/** Of an option's replicas, at the facility. */
function wattsOf({ replicas, windowS }: Standing['result'], name: string): number {
  const own = replicas.filter(({ kind }) => kind === name)
  return sum(own, ({ busyJ, idleJ }) => busyJ + idleJ) / windowS
}

function gpuShareOf({ replicas }: Standing['result']): number {
  const onGpus = replicas.filter(({ deviceKind }) => deviceKind === 'gpu')
  return sum(onGpus, ({ requests }) => requests) / sum(replicas, ({ requests }) => requests)
}

function sum<T>(of: readonly T[], value: (each: T) => number): number {
  return of.reduce((total, each) => total + value(each), 0)
}
