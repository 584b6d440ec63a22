import type {
  ClusterView,
  OraclePolicyFactory,
  OracleRequestView,
  PolicyFactory,
  ReplicaId,
} from './contract.ts'
import { fastest, leastBy } from './scan.ts'

// Minimum completion time (Maheswaran et al. 1999); Mooncake Conductor and SWARM for LLM inference.

/** Where the request is expected to end first, by its predicted output length. Asks every replica. Ties: lowest id. */
export const leastExpectedLatency: PolicyFactory = ({ indexPrefixes }) => {
  indexPrefixes()
  return (request, cluster) => fastest(cluster, request)
}

/**
 * The same, told how many tokens the request itself will emit; those already there are known by prediction
 * only. A bound on what predicting lengths is worth to this policy.
 */
export const oracleLeastExpectedLatency: OraclePolicyFactory = ({ indexPrefixes }) => {
  indexPrefixes()
  return (request, cluster) => leastBy(cluster, request, e2eS)
}

function e2eS(cluster: ClusterView, replica: ReplicaId, request: OracleRequestView): number {
  return (
    cluster.expectedTtftS(replica, request) +
    (request.outputTokens - 1) * cluster.expectedTpotS(replica, request)
  )
}
