import type { AdmissionFactory } from '../contract.ts'

// Mooncake, early rejection: refused where the predicted time to the first token breaks the objective.

/** Refuses what is expected to miss its objective for the first token wherever it went. Asks every replica. */
export const sloBreach: AdmissionFactory = ({ options }) => {
  return (request, cluster) => {
    const mostS = request.slo.ttftS * options.slo_factor
    for (let replica = 0; replica < cluster.replicas; replica++)
      if (cluster.expectedTtftS(replica, request) <= mostS) return true
    return false
  }
}
