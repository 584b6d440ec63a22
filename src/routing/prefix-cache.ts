import type { ClusterView, PolicyFactory } from './contract.ts'
import { longestMatch, NONE } from './longest-match.ts'

// AIBrix `prefix-cache`: at most 8 requests apart, at most one standard deviation above the mean.

/**
 * The fewest requests while available replicas are too far apart; else, among those that have not many more than the
 * mean, the one whose cache holds most of the prompt; else the fewest requests. Asks every replica.
 */
export const prefixCache: PolicyFactory = ({ leastLoaded, indexPrefixes, random, options }) => {
  const { imbalance_requests: widest, deviations } = options
  const index = leastLoaded('outstandingRequests')
  indexPrefixes()
  return (request, cluster) => {
    const idlest = index.pick(random)
    if (mostRequests(cluster) - cluster.outstandingRequests(idlest) > widest) return idlest
    const holder = longestMatch(cluster, request, fewRequests(cluster, deviations))
    return holder === NONE ? idlest : holder
  }
}

function mostRequests(cluster: ClusterView): number {
  let most = 0
  for (let replica = 0; replica < cluster.replicas; replica++) {
    if (cluster.isAvailable(replica)) most = Math.max(most, cluster.outstandingRequests(replica))
  }
  return most
}

/** So many standard deviations of a sample above the mean; of one replica, its requests. */
function fewRequests(cluster: ClusterView, deviations: number): number {
  let count = 0
  let sum = 0
  for (let replica = 0; replica < cluster.replicas; replica++) {
    if (!cluster.isAvailable(replica)) continue
    sum += cluster.outstandingRequests(replica)
    count++
  }
  const mean = sum / count
  let squares = 0
  for (let replica = 0; replica < cluster.replicas; replica++) {
    const above = cluster.isAvailable(replica) ? cluster.outstandingRequests(replica) - mean : 0
    squares += above * above
  }
  return mean + deviations * Math.sqrt(squares / Math.max(1, count - 1))
}
