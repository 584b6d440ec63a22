import type { ClusterView, ReplicaId, RequestView } from './contract.ts'

const NONE = -1

/**
 * The available replica with the least score, asking every one; replica 0 where none is available. Ties: lowest id. NaN
 * loses to every number.
 *
 * @param score a function that lives as long as the policy, so that a scan allocates nothing
 */
export function leastBy<R extends RequestView>(
  cluster: ClusterView,
  request: R,
  score: (cluster: ClusterView, replica: ReplicaId, request: R) => number,
): ReplicaId {
  tellScores(cluster, request, score)
  let best = NONE
  let least = Number.POSITIVE_INFINITY
  for (let replica = 0; replica < cluster.replicas; replica++) {
    if (!cluster.isAvailable(replica)) continue
    const value = score(cluster, replica, request)
    if (best !== NONE && !(value < least)) continue
    best = replica
    if (value < least) least = value
  }
  return Math.max(0, best)
}

/** Tells every available replica's score where the decision is to be explained. Otherwise it asks nothing of anyone. */
export function tellScores<R extends RequestView>(
  cluster: ClusterView,
  request: R,
  score: (cluster: ClusterView, replica: ReplicaId, request: R) => number,
): void {
  const tell = cluster.onScore
  if (tell === undefined) return
  for (let replica = 0; replica < cluster.replicas; replica++) {
    if (cluster.isAvailable(replica)) tell(replica, score(cluster, replica, request))
  }
}

/** The replica where the request is expected to end first. Ties: lowest id. */
export function fastest(cluster: ClusterView, request: RequestView): ReplicaId {
  return leastBy(cluster, request, expectedE2eS)
}

/** A score: seconds to the first token. */
export function ttftS(cluster: ClusterView, replica: ReplicaId, request: RequestView): number {
  return cluster.expectedTtftS(replica, request)
}

/** A score: the fewer requests outstanding, the higher. */
export function idleness(cluster: ClusterView, replica: ReplicaId): number {
  return -cluster.outstandingRequests(replica)
}

function expectedE2eS(cluster: ClusterView, replica: ReplicaId, request: RequestView): number {
  return cluster.expectedE2eS(replica, request)
}
