import type { ClusterView, PolicyFactory, ReplicaId, RequestView } from './contract.ts'

// Llumnix `flood`: all to a single instance, for tests alone.

/**
 * All to replica 0. With `until_full`, to the first whose free KV holds the prompt beside those that wait there (first
 * fit: as few replicas as can be), and to replica 0 where none does.
 */
export const flood: PolicyFactory = ({ options }) => (options.until_full === 1 ? firstWithRoom : () => 0)

function firstWithRoom(request: RequestView, cluster: ClusterView): ReplicaId {
  for (let replica = 0; replica < cluster.replicas; replica++) {
    const roomTokens = cluster.kvFreeTokens(replica) - cluster.pendingPrefillTokens(replica)
    if (roomTokens >= request.inputTokens) return replica
  }
  return 0
}
