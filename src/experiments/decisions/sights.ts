import type { Sight } from '../../results/decision.ts'
import type { ClusterView, ReplicaId, RequestView } from '../../routing/contract.ts'

/** How many replicas are tried in place of the one that was chosen, or with it where there are no more in all. */
export const MOST_CANDIDATES = 16

/** What the router is told of one of its replicas. @param id the number of the replica in the fleet */
export function sightOf(
  cluster: ClusterView,
  replica: ReplicaId,
  request: RequestView,
  id: number,
  score: number,
): Sight {
  return {
    replica: id,
    kind: cluster.kind(replica),
    outstandingRequests: cluster.outstandingRequests(replica),
    waitingRequests: cluster.waitingRequests(replica),
    runningRequests: cluster.runningRequests(replica),
    kvFreeTokens: cluster.kvFreeTokens(replica),
    prefixHitTokens: cluster.prefixHitTokens(replica, request),
    expectedTtftS: cluster.expectedTtftS(replica, request),
    expectedTpotS: cluster.expectedTpotS(replica, request),
    expectedE2eS: cluster.expectedE2eS(replica, request),
    expectedUsd: cluster.expectedUsd(replica, request),
    expectedJoules: cluster.expectedJoules(replica, request),
    score,
  }
}

/** Those where the request is expected to end first, and the one that was chosen; in their order. */
export function mostPromising(sights: readonly Sight[], chosen: number): readonly Sight[] {
  if (sights.length <= MOST_CANDIDATES) return sights
  const best = sights.toSorted((a, b) => a.expectedE2eS - b.expectedE2eS).slice(0, MOST_CANDIDATES)
  return sights.filter(sight => sight.replica === chosen || best.includes(sight))
}
