import type { ClusterView, ReplicaId, RequestView } from './contract.ts'

/** In place of a replica: there is none. */
export const NONE = -1

/**
 * The available replica whose cache holds most of the prompt, or `NONE` where none holds any of it. Asks every one. Ties: fewest
 * requests outstanding, then lowest id.
 *
 * @param mostRequests only replicas with at most so many outstanding count
 */
export function longestMatch(
  cluster: ClusterView,
  request: RequestView,
  mostRequests = Number.POSITIVE_INFINITY,
): ReplicaId {
  let best = NONE
  let most = 1
  let fewest = mostRequests
  for (let replica = 0; replica < cluster.replicas; replica++) {
    const tokens = cluster.prefixHitTokens(replica, request)
    if (tokens < most || !cluster.isAvailable(replica)) continue
    const requests = cluster.outstandingRequests(replica)
    const isBetter = tokens > most || best === NONE ? requests <= mostRequests : requests < fewest
    if (!isBetter) continue
    best = replica
    most = tokens
    fewest = requests
  }
  return best
}
