import type { ClusterView, RequestView } from '../contract.ts'
import type { Candidates, Reading } from './contract.ts'

// Kept apart from who uses them, so that a filter and a scorer of one name go by the same number.

export const waiting: Reading = (cluster, replica) => cluster.waitingRequests(replica)
export const running: Reading = (cluster, replica) => cluster.runningRequests(replica)
export const outstanding: Reading = (cluster, replica) => cluster.outstandingRequests(replica)

/** Share of the KV memory that is taken; 0 where a replica has none. */
export const kvUsage: Reading = (cluster, replica) => {
  const capacity = cluster.kvCapacityTokens(replica)
  return capacity > 0 ? 1 - cluster.kvFreeTokens(replica) / capacity : 0
}

/** Share of the prompt that the replica's prefix cache holds. */
export const prefixMatch: Reading = (cluster, replica, request) =>
  Math.min(1, cluster.prefixHitTokens(replica, request) / request.inputTokens)

/** Prompt tokens that the replica would have to compute. */
export const uncachedTokens: Reading = (cluster, replica, request) =>
  request.inputTokens - cluster.prefixHitTokens(replica, request)

export const expectedTtftS: Reading = (cluster, replica, request) => cluster.expectedTtftS(replica, request)
export const expectedE2eS: Reading = (cluster, replica, request) => cluster.expectedE2eS(replica, request)
export const expectedUsd: Reading = (cluster, replica, request) => cluster.expectedUsd(replica, request)
export const expectedJoules: Reading = (cluster, replica, request) => cluster.expectedJoules(replica, request)

/** Seconds that the replica, saturated, takes for what is outstanding there and one more. */
export const backlogS: Reading = (cluster, replica) =>
  (cluster.outstandingRequests(replica) + 1) / cluster.saturationRequestsPerS(replica)

/** Writes the number of the candidate at each place. */
export function read(
  { ids, count }: Candidates,
  cluster: ClusterView,
  request: RequestView,
  reading: Reading,
  values: Float64Array,
): void {
  for (let place = 0; place < count; place++) values[place] = reading(cluster, ids[place], request)
}

/** The least of the first so many. */
export function leastOf(values: Float64Array, count: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let place = 0; place < count; place++) if (values[place] < least) least = values[place]
  return least
}

/** The greatest of the first so many. */
export function greatestOf(values: Float64Array, count: number): number {
  let greatest = Number.NEGATIVE_INFINITY
  for (let place = 0; place < count; place++) if (values[place] > greatest) greatest = values[place]
  return greatest
}
