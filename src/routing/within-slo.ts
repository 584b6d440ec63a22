import type { OptionSpecs } from '../core/options.ts'
import type { ClusterView, Policy, PolicySetup, ReplicaId, RequestView } from './contract.ts'
import { fastest, tellScores } from './scan.ts'

const NONE = -1

export const WITHIN_SLO_OPTIONS: OptionSpecs = {
  slo_share: {
    about: 'share of each objective to plan for; below 1 leaves room for requests that come later',
    default: 1,
    min: 0.05,
    max: 1,
  },
}

/**
 * The cheapest available replica by a price among those where the request is expected to meet the objectives, and the
 * fastest where none is. Asks every replica. Ties: lowest id.
 */
export function cheapestWithinSlo(
  setup: PolicySetup,
  price: (cluster: ClusterView, replica: ReplicaId, request: RequestView) => number,
): Policy {
  const share = setup.options.slo_share
  setup.indexPrefixes()
  return (request, cluster) => {
    tellScores(cluster, request, price)
    let best = NONE
    let least = Number.POSITIVE_INFINITY
    for (let replica = 0; replica < cluster.replicas; replica++) {
      if (!cluster.isAvailable(replica)) continue
      const value = price(cluster, replica, request)
      if (value < least && meets(request, cluster, replica, share)) {
        least = value
        best = replica
      }
    }
    return best === NONE ? fastest(cluster, request) : best
  }
}

/**
 * Whether the request is expected to meet a share of each of its objectives. `worstItlS` is left out: nothing in the
 * view predicts a single gap.
 */
export function meets(request: RequestView, cluster: ClusterView, replica: ReplicaId, share = 1): boolean {
  const { heldS, slo } = request
  const { ttftS, tpotS, e2eS } = slo
  if (heldS + cluster.expectedTtftS(replica, request) > share * ttftS) return false
  if (request.predictedTokens > 1 && cluster.expectedTpotS(replica, request) > share * tpotS) return false
  return e2eS === undefined || heldS + cluster.expectedE2eS(replica, request) <= share * e2eS
}
