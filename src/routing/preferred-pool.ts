import type { PolicyFactory } from './contract.ts'
import { availableOf, poolsBy } from './pools.ts'

/**
 * The least loaded replica on devices of the kind unless those are saturated, and then the least loaded of the
 * others (least outstanding requests, ties at random). Saturated: the request's expected TTFT on the least loaded
 * of them exceeds the objective. Not "a request waits there": everything that arrives during a step waits for its
 * end, on an idle fleet too. Not TPOT: a device slower than the objective misses it when empty as well. With one
 * pool it is least-requests.
 */
export function preferring(deviceKind: string): PolicyFactory {
  return setup => {
    const { inside: preferred, outside: others } = poolsBy(deviceKind, setup)
    const { random } = setup
    if (preferred === undefined || others === undefined) {
      const all = setup.leastLoaded('outstandingRequests')
      return () => all.pick(random)
    }
    return (request, cluster) => {
      const replica = preferred.pick(random)
      const isFast = request.heldS + cluster.expectedTtftS(replica, request) <= request.slo.ttftS
      if (isFast && cluster.isAvailable(replica)) return replica
      return availableOf(cluster, others.pick(random), replica)
    }
  }
}
