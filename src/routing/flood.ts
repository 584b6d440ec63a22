import type { ClusterView, PolicyFactory, ReplicaId, RequestView } from './contract.ts'

const NONE = -1

// Llumnix `flood`: all to a single instance, for tests alone.

/**
 * All to replica 0, available or not. With `until_full`, to the first available one whose free KV holds the prompt beside
 * those that wait there (first fit: as few replicas as can be), and to the first available one where none does.
 */
export const flood: PolicyFactory = ({ options }) => (options.until_full === 1 ? firstWithRoom : () => 0)

function firstWithRoom(request: RequestView, cluster: ClusterView): ReplicaId {
  let first = NONE
  for (let replica = 0; replica < cluster.replicas; replica++) {
    if (!cluster.isAvailable(replica)) continue
    const roomTokens = cluster.kvFreeTokens(replica) - cluster.waitingKvTokens(replica)
    if (roomTokens >= request.inputTokens) return replica
    if (first === NONE) first = replica
  }
  return Math.max(0, first)
}
