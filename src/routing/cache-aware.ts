import type { ClusterView, PolicyFactory, ReplicaId } from './contract.ts'
import { longestMatch, NONE } from './longest-match.ts'
import { leastBy } from './scan.ts'

// SGLang gateway `cache_aware`, with its thresholds; in place of its smallest tree of prefixes, the most free KV memory.

/**
 * The fewest requests while the fleet is out of balance, by difference and by ratio; else the replica whose cache holds
 * most of the prompt where that is a share above a threshold; else the most free KV memory. Asks every replica.
 */
export const cacheAware: PolicyFactory = ({ leastLoaded, indexPrefixes, random, options }) => {
  const { cache_threshold: threshold, balance_abs_threshold: gap, balance_rel_threshold: ratio } = options
  const index = leastLoaded('outstandingRequests')
  indexPrefixes()
  return (request, cluster) => {
    const idlest = index.pick(random)
    const fewest = cluster.outstandingRequests(idlest)
    if (isExceeded(cluster, fewest + gap, fewest * ratio)) return idlest
    const holder = longestMatch(cluster, request)
    if (holder === NONE) return leastBy(cluster, request, occupancy)
    const share = cluster.prefixHitTokens(holder, request) / request.inputTokens
    return share > threshold ? holder : leastBy(cluster, request, occupancy)
  }
}

/** Whether any available replica has more requests than both. */
function isExceeded(cluster: ClusterView, some: number, others: number): boolean {
  const most = Math.max(some, others)
  for (let replica = 0; replica < cluster.replicas; replica++)
    if (cluster.outstandingRequests(replica) > most && cluster.isAvailable(replica)) return true
  return false
}

/** Less than 0 by the tokens that will be free when all requests there have their blocks. */
function occupancy(cluster: ClusterView, replica: ReplicaId): number {
  return cluster.waitingKvTokens(replica) - cluster.kvFreeTokens(replica)
}
