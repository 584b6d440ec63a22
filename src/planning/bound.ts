import type { Highs } from 'highs'
import { UserError } from '../core/errors.ts'
import { solver } from '../core/linear-program.ts'
import type { Course } from '../fleet/course.ts'
import { turnsOf } from '../fleet/course.ts'
import { type Demand, demandOf, partsOf } from './demand.ts'
import { leastCost, type Supply } from './fluid.ts'
import { type Costs, groupsOf } from './groups.ts'
import { hopelessError, shortageError } from './infeasible.ts'
import { type Jobs, jobsOf } from './jobs.ts'
import { checkKnown } from './known.ts'
import { type LatencyBound, latencyBoundOf } from './latency-bound.ts'

/** What no policy that serves so many requests within their SLO can beat, from the end of warm-up to the last end. */
export interface CostBound {
  /** Share of the requests that are to meet their SLO. */
  readonly attainment: number
  /** Replica-seconds in steps at their prices; NaN where a kind has none. */
  readonly busyUsd: number
  /** Joules at the facility that steps draw above replicas idle for as long. */
  readonly aboveIdleJ: number
  /** Those and what the whole fleet draws idle from warm-up to the last arrival. */
  readonly totalJ: number
}

/** What is known of a course without running it. */
export interface Bound {
  readonly jobs: Jobs
  readonly latency: LatencyBound
  /** Joules at the facility that the fleet draws idle from warm-up to the last arrival. */
  readonly idleJ: number
  /** Dollars of the whole fleet in that time: the same for every policy. NaN where a kind has no price. */
  readonly fleetUsd: number
  /** Output tokens of the requests that arrive in that time. */
  readonly outputTokens: number
  /** Throws a UserError that names the class which cannot be served so far within its SLO, and when. */
  at(attainment: number): CostBound
}

/** Windows into which the arrivals of a run are cut. */
const WINDOWS = 24
const HOUR_S = 3600

export interface BoundOptions {
  /** Told the share of all that has been done, from 0 to 1, and what is in hand. */
  readonly onProgress?: (share: number, what: string) => void
}

/**
 * Reads the workload and prices it on every kind. Throws a UserError for what a bound cannot be given for, and whatever
 * reading the workload throws.
 */
export async function boundOf(course: Course, { onProgress = () => {} }: BoundOptions = {}): Promise<Bound> {
  checkKnown(course)
  onProgress(0, 'reads the workload')
  const [highs, jobs] = await Promise.all([solver(), jobsOf(course)])
  if (jobs.length === 0) throw new UserError('the workload has no requests')
  const demands = partsOf(course).map((part, before, { length }) =>
    demandOf(highs, course, jobs, part, (share, kind) =>
      onProgress((before + share) / length, `prices steps of ${kind}`),
    ),
  )
  const seconds = jobs.arrivalS[jobs.length - 1] - course.warmupS
  const idleJ = idleWattsOf(course) * seconds * course.pue
  return {
    jobs,
    latency: latencyBoundOf(course, jobs),
    idleJ,
    fleetUsd: (usdPerHourOf(course) * seconds) / HOUR_S,
    outputTokens: demands[0].jobs.reduce((sum, job) => sum + jobs.outputTokens[job], 0),
    at(attainment) {
      const leastOf = (costsOf: (demand: Demand) => Costs) =>
        demands.reduce(
          (sum, demand) => sum + partCost(highs, course, jobs, demand, costsOf(demand), attainment),
          0,
        )
      const aboveIdleJ = leastOf(({ joules }) => joules) * course.pue
      const busyUsd = hasPrices(course) ? leastOf(({ seconds }) => usdOf(course, seconds)) : Number.NaN
      return { attainment, busyUsd, aboveIdleJ, totalJ: idleJ + aboveIdleJ }
    },
  }
}

function partCost(
  highs: Highs,
  course: Course,
  jobs: Jobs,
  demand: Demand,
  costs: Costs,
  attainment: number,
): number {
  const supply = supplyOf(course, jobs, demand)
  const windowOf = (timeS: number) => supply.endS.findIndex(endS => timeS <= endS)
  const { groups, hopeless } = groupsOf(jobs, demand, costs, windowOf)
  const leftOut = mayLeaveOut(course, jobs, demand, attainment) - hopeless.length
  if (leftOut < 0) throw hopelessError(course, jobs, hopeless, demand, attainment)
  const least = leastCost(highs, groups, supply, leftOut)
  if (typeof least === 'number') return least
  throw shortageError(course, jobs, groups, least, supply, demand.part, attainment)
}

/**
 * Turns whose moment the run decides may join the requests of the window, and all of them may be served well: the more
 * there are, the more of the others need not be. Rounded up, as shares of whole requests are.
 */
function mayLeaveOut({ warmupS }: Course, jobs: Jobs, demand: Demand, attainment: number): number {
  let joining = 0
  for (let job = 0; job < jobs.length; job++)
    if (jobs.arrivalS[job] < warmupS && jobs.isWaiting[job] === 1) joining++
  return (1 - attainment) * (demand.jobs.length + joining) + 1e-6
}

/** Arrivals in equal windows, and one more for what is due after the last. */
function supplyOf(course: Course, { arrivalS, length }: Jobs, { dueS }: Demand): Supply {
  const [fromS, toS] = [course.warmupS, arrivalS[length - 1]]
  const lastS = dueS.reduce((latest, due) => Math.max(latest, due), toS)
  const inside = Array.from({ length: WINDOWS }, (_, i) => fromS + ((i + 1) / WINDOWS) * (toS - fromS))
  const endS = [...inside.slice(0, -1), toS, lastS].filter(
    (end, i, all) => end > (i === 0 ? fromS : all[i - 1]),
  )
  if (endS.length === 0) endS.push(Number.POSITIVE_INFINITY)
  const lengths = endS.map((end, i) => end - (i === 0 ? fromS : endS[i - 1]))
  const replicas = course.kinds.map((_, kind) => course.replicas.filter(of => of === kind).length)
  return { endS, seconds: replicas.map(count => lengths.map(of => (count === 0 ? 0 : count * of))) }
}

function usdOf({ kinds }: Course, seconds: readonly Float64Array[]): Costs {
  return seconds.map((of, kind) => of.map(value => (value * kinds[kind].usdPerHour) / HOUR_S))
}

function hasPrices({ kinds, replicas }: Course): boolean {
  return replicas.every(kind => !Number.isNaN(kinds[kind].usdPerHour))
}

function usdPerHourOf(course: Course): number {
  return overReplicas(course, ({ usdPerHour }) => usdPerHour) + course.spareUsdPerHour
}

function idleWattsOf(course: Course): number {
  return overReplicas(course, ({ energy }) => energy.idleWatts) + course.spareWatts
}

/** Replicas that have devices by turns share what these cost. */
function overReplicas(course: Course, of: (kind: Course['kinds'][number]) => number): number {
  const turns = turnsOf(course)
  return course.replicas.reduce((sum, kind, id) => sum + of(course.kinds[kind]) / turns[id], 0)
}
