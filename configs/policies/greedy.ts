import type { PolicyFactory } from 'regatta'

/** Where the request is expected to end first. */
const greedy: PolicyFactory = () => (request, cluster) => {
  let best = 0
  let leastS = Number.POSITIVE_INFINITY
  for (let replica = 0; replica < cluster.replicas; replica++) {
    const e2eS = cluster.expectedE2eS(replica, request)
    if (e2eS < leastS && cluster.isAvailable(replica)) {
      best = replica
      leastS = e2eS
    }
  }
  return best
}

export default greedy
