import type { ClusterView, PolicyFactory } from './contract.ts'
import { longestMatch, NONE } from './longest-match.ts'

// AIBrix `prefix-cache`: at most 8 requests apart, at most one standard deviation above the mean.

/**
 * The fewest requests while replicas are too far apart; else, among replicas that have not many more than the mean, the
 * one whose cache holds most of the prompt; else the fewest requests. Asks every replica.
 */
export const prefixCache: PolicyFactory = ({ cluster, leastLoaded, indexPrefixes, random, options }) => {
  const { imbalance_requests: widest, deviations } = options
  const replicas = cluster.replicas
  const index = leastLoaded('outstandingRequests')
  indexPrefixes()
  return (request, view) => {
    const idlest = index.pick(random)
    if (mostRequests(view) - view.outstandingRequests(idlest) > widest) return idlest
    const mean = index.total() / replicas
    const holder = longestMatch(view, request, mean + deviations * deviation(view, mean))
    return holder === NONE ? idlest : holder
  }
}

function mostRequests(cluster: ClusterView): number {
  let most = 0
  for (let replica = 0; replica < cluster.replicas; replica++)
    most = Math.max(most, cluster.outstandingRequests(replica))
  return most
}

/** Of a sample: of one replica, 0. */
function deviation(cluster: ClusterView, mean: number): number {
  let squares = 0
  for (let replica = 0; replica < cluster.replicas; replica++) {
    const above = cluster.outstandingRequests(replica) - mean
    squares += above * above
  }
  return Math.sqrt(squares / Math.max(1, cluster.replicas - 1))
}
