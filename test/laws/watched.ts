import { readWhole } from '../../src/arrivals/whole.ts'
import { uniformAt } from '../../src/core/random.ts'
import type { ClosedLoop, Course } from '../../src/fleet/course.ts'
import type { ClusterView, ReplicaId, RequestView } from '../../src/routing/contract.ts'
import { type PolicyEntry, policies, policyNamed } from '../../src/routing/registry.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { type ArrivalRow, arraySource } from './courses.ts'

/** Every policy of the registry but the oracles. */
export const blindPolicies = Object.keys(policies).filter(name => 'make' in policyNamed(name))

/** Those that go by the rate at which kinds saturate, which nobody has estimated here. */
const BY_WEIGHT = ['weighted-round-robin', 'capacity-normalised', 'max-flow']

/** The registry's policy with the options that it cannot do without on this course. */
export function choiceOf(name: string, course: Course): PolicyChoice {
  if (name === 'spillover') return { name, options: { cheapest_first: 0 } }
  if (name === 'melange-assign') return { name, options: { by_price: 0 } }
  if (!BY_WEIGHT.includes(name)) return { name }
  const weights = course.replicas.map(kind => [course.kinds[kind].name, 1 + kind] as const)
  return { name, options: Object.fromEntries(weights) }
}

/** One policy of the registry after the other, oracles included. */
export function anyChoice(seed: number, course: Course): PolicyChoice {
  const isPriced = course.kinds.every(kind => !Number.isNaN(kind.usdPerHour))
  const isFlowing = course.handoff === undefined
  const canRun = (name: string) => (name === 'cost-greedy' ? isPriced : name !== 'max-flow' || isFlowing)
  const names = Object.keys(policies).filter(canRun)
  return choiceOf(names[seed % names.length], course)
}

/** The course with a price for every kind, without which cost-greedy refuses to run. */
export function priced(course: Course): Course {
  const kinds = course.kinds.map((kind, i) => ({ ...kind, usdPerHour: kind.usdPerHour || 1 + i }))
  return { ...course, kinds }
}

/** Shown every decision, before it takes effect. */
export type Watch = (request: RequestView, cluster: ClusterView, replica: ReplicaId) => void

/** The same policy with someone looking over its shoulder. */
export function watched(choice: PolicyChoice, watch: Watch): PolicyChoice {
  const entry = choice.entry ?? policyNamed(choice.name)
  return { ...choice, entry: withWatch(entry, watch) }
}

function withWatch(entry: PolicyEntry, watch: Watch): PolicyEntry {
  if ('make' in entry) return { ...entry, make: setup => shown(entry.make(setup), watch) }
  return { ...entry, oracle: setup => shown(entry.oracle(setup), watch) }
}

type Decide<R> = (request: R, cluster: ClusterView) => ReplicaId

function shown<R extends RequestView>(policy: Decide<R>, watch: Watch): Decide<R> {
  return (request, cluster) => {
    const replica = policy(request, cluster)
    watch(request, cluster, replica)
    return replica
  }
}

/** Everything that the views answer about one replica. */
export function viewOf(cluster: ClusterView, replica: ReplicaId, request: RequestView): number[] {
  return [
    cluster.waitingRequests(replica),
    cluster.runningRequests(replica),
    cluster.outstandingRequests(replica),
    cluster.outstandingTokens(replica),
    cluster.pendingPrefillTokens(replica),
    cluster.waitingKvTokens(replica),
    cluster.isAvailable(replica) ? 1 : 0,
    cluster.kvFreeTokens(replica),
    cluster.kvCapacityTokens(replica),
    cluster.prefixHitTokens(replica, request),
    cluster.expectedTtftS(replica, request),
    cluster.expectedTpotS(replica, request),
    cluster.expectedE2eS(replica, request),
    cluster.expectedUsd(replica, request),
    cluster.expectedJoules(replica, request),
  ]
}

/** Everything that the views answer about the request and about every replica. */
export function viewsOf(cluster: ClusterView, request: RequestView): number[] {
  const { arrivalS, inputTokens, hitTokens, predictedTokens } = request
  const views = [cluster.nowS, arrivalS, inputTokens, hitTokens, predictedTokens]
  for (let replica = 0; replica < cluster.replicas; replica++)
    views.push(...viewOf(cluster, replica, request))
  return views
}

/** The course's open-loop requests, in order of arrival. */
export async function rowsOf(course: Course): Promise<Required<ArrivalRow>[]> {
  const { length, arrivalS, inputTokens, outputTokens, hitTokens, classId } = await readWhole(
    course.arrivals(),
  )
  return Array.from({ length }, (_, i) => ({
    arrivalS: arrivalS[i],
    inputTokens: inputTokens[i],
    outputTokens: outputTokens[i],
    hitTokens: hitTokens[i],
    classId: classId[i],
  }))
}

/** The course with other requests. */
export function withRows(course: Course, rows: readonly ArrivalRow[]): Course {
  const { classes } = course.arrivals()
  return { ...course, arrivals: () => arraySource(rows, classes) }
}

/** The course with clients in a closed loop, in place of its open-loop arrivals or beside them. */
export function withClients(course: Course, seed: number): Course {
  const closedLoop: ClosedLoop = {
    clients: 1 + (seed % 7),
    requests: 60,
    thinkS: seed % 3 === 0 ? 0 : course.sampleS / 50,
    lengths: (client, turn) => ({
      inputTokens: 1 + Math.floor(60 * uniformAt(seed, 1000 * client + turn)),
      outputTokens: 1 + Math.floor(30 * uniformAt(~seed, 1000 * client + turn)),
    }),
  }
  return { ...(seed % 2 === 0 ? withRows(course, []) : course), closedLoop }
}
