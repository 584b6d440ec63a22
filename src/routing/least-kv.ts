import type { ClusterView, PolicyFactory, ReplicaId } from './contract.ts'
import { leastBy } from './scan.ts'

// Llumnix `kv_blocks_ratio`: (used + waiting blocks) / total; without the waiting, AIBrix `least-kv-cache`.

/**
 * The least share of the KV pool that is in use or that requests there will take that have no blocks yet: prompts to
 * compute, and KV that has landed or is on its way; above 1 where they must wait for room. Cached prefixes that nobody reads are not in use. Asks every replica. Ties: lowest id.
 */
export const leastKv: PolicyFactory = () => (request, cluster) => leastBy(cluster, request, share)

function share(cluster: ClusterView, replica: ReplicaId): number {
  const capacity = cluster.kvCapacityTokens(replica)
  const inUse = capacity - cluster.kvFreeTokens(replica)
  return (inUse + cluster.waitingKvTokens(replica)) / capacity
}
