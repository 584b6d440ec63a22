import type { ClusterView } from '../../routing/contract.ts'
import type { AdmissionFactory } from '../contract.ts'

// Mooncake, early rejection: refused where the predicted time to the first token breaks the objective.

/**
 * Refuses what is expected to miss its objective for the first token wherever it went, those that the gateway holds going
 * first at the rate at which the fleet saturates. Asks every replica.
 */
export const sloBreach: AdmissionFactory = ({ options }) => {
  let ratePerS = 0
  return (request, cluster, { held }) => {
    if (ratePerS === 0) ratePerS = saturationPerS(cluster)
    const aheadS = held === 0 ? 0 : held / ratePerS
    const mostS = request.slo.ttftS * options.slo_factor - request.heldS - aheadS
    for (let replica = 0; replica < cluster.replicas; replica++)
      if (cluster.expectedTtftS(replica, request) <= mostS) return true
    return false
  }
}

/** Infinity where nobody knows. */
function saturationPerS(cluster: ClusterView): number {
  let perS = 0
  for (let replica = 0; replica < cluster.replicas; replica++) perS += cluster.saturationRequestsPerS(replica)
  return Number.isNaN(perS) ? Number.POSITIVE_INFINITY : perS
}
