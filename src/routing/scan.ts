import type { ClusterView, ReplicaId, RequestView } from './contract.ts'

/**
 * The replica with the least score, asking every one. Ties: lowest id. NaN loses to every number.
 *
 * @param score a function that lives as long as the policy, so that a scan allocates nothing
 */
export function leastBy<R extends RequestView>(
  cluster: ClusterView,
  request: R,
  score: (cluster: ClusterView, replica: ReplicaId, request: R) => number,
): ReplicaId {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let replica = 0; replica < cluster.replicas; replica++) {
    const value = score(cluster, replica, request)
    if (value < least) {
      least = value
      best = replica
    }
  }
  return best
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
