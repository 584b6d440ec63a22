import type { PolicyFactory } from './contract.ts'
import { replicasByKind } from './pools.ts'
import { weightsOf } from './weights.ts'

// Dynamo `device-aware-weighted`: in flight / (instances * throughput weight); AIBrix `load-balance`.

/**
 * The fewest requests outstanding for what the replica can do: over its kind's weight, which is the rate at which it
 * saturates unless an option gives another. Ties: the heaviest kind, and at random within it. A kind of weight 0 gets
 * nothing. Asks for the least loaded of each kind, not for every replica, and passes over kinds that are not available.
 */
export const capacityNormalised: PolicyFactory = setup => {
  const weights = weightsOf('capacity-normalised', setup)
  const { random } = setup
  const kinds = replicasByKind(setup.cluster)
    .filter(([first]) => weights[first] > 0)
    .sort(([a], [b]) => weights[b] - weights[a])
  const pools = kinds.map(replicas => setup.leastLoaded('outstandingRequests', replicas))
  return (_request, cluster) => {
    let best = kinds[0][0]
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < pools.length; i++) {
      const replica = pools[i].pick(random)
      const load = cluster.outstandingRequests(replica) / weights[replica]
      if (load < least && cluster.isAvailable(replica)) {
        least = load
        best = replica
      }
    }
    return best
  }
}
