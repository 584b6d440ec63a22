import type { OptionSpecs } from '../core/options.ts'
import type { ClusterView, Policy, PolicySetup, ReplicaId, RequestView, Slo } from './contract.ts'
import { fastest } from './scan.ts'

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
 * The cheapest replica by a price among those where the request is expected to meet the objectives, and the
 * fastest where none is. Asks every replica. Ties: lowest id.
 */
export function cheapestWithinSlo(
  setup: PolicySetup,
  price: (cluster: ClusterView, replica: ReplicaId, request: RequestView) => number,
): Policy {
  const slo = shareOf(setup.slo, setup.options.slo_share)
  return (request, cluster) => {
    let best = NONE
    let least = Number.POSITIVE_INFINITY
    for (let replica = 0; replica < cluster.replicas; replica++) {
      const value = price(cluster, replica, request)
      if (value < least && meets(slo, cluster, replica, request)) {
        least = value
        best = replica
      }
    }
    return best === NONE ? fastest(cluster, request) : best
  }
}

function shareOf({ ttftS, tpotS, e2eS }: Slo, share: number): Slo {
  const planned = { ttftS: share * ttftS, tpotS: share * tpotS }
  return e2eS === undefined ? planned : { ...planned, e2eS: share * e2eS }
}

/** Whether the request is expected to meet them. `worstItlS` is left out: nothing in the view predicts a single gap. */
export function meets(slo: Slo, cluster: ClusterView, replica: ReplicaId, request: RequestView): boolean {
  if (cluster.expectedTtftS(replica, request) > slo.ttftS) return false
  if (request.predictedTokens > 1 && cluster.expectedTpotS(replica, request) > slo.tpotS) return false
  return slo.e2eS === undefined || cluster.expectedE2eS(replica, request) <= slo.e2eS
}
