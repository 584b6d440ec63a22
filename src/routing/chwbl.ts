import { Choices } from './choices.ts'
import type { ClusterView, PolicyFactory, ReplicaId, RequestView } from './contract.ts'
import { hashed, hashRing } from './hash-ring.ts'

// Mirrokni, Thorup, Zadimoghaddam 2018; KubeAI `PrefixHash` (256, 1.25), SGLang gateway `prefix_hash` (256 tokens).

const SEED_OF_PREFIXES = 4

/**
 * From where the request's prefix belongs on a ring of hashes, the first available replica with room: one that will have
 * at most `load_factor` times the mean of outstanding requests, rounded up, both counted with this request. So a prefix
 * for which there are more requests than one replica should bear spreads over the same few. A prefix is told by the block
 * in which its token number `prefix_tokens` lies, or by the prompt's last. Without blocks, or where no available replica
 * has room because those that are not available have little to do: the fewest requests.
 */
export const chwbl: PolicyFactory = setup => {
  const { leastLoaded, random, options } = setup
  const { load_factor: loadFactor, prefix_tokens: prefixTokens } = options
  const { replicas } = setup.cluster
  const ring = hashRing(replicas, options.virtual_nodes)
  const index = leastLoaded('outstandingRequests')
  const choices = new Choices(setup)
  return (request, cluster) => {
    if (request.prefixBlocks === 0) return index.pick(random)
    const room = loadFactor * (index.total() + 1)
    if (choices.count < replicas || choices.isNoneAvailable) {
      const idlest = index.pick(random)
      if (!hasRoom(cluster, idlest, room)) return idlest
    }
    let point = ring.pointOf(hashed(prefixOf(request, prefixTokens), SEED_OF_PREFIXES))
    while (!hasRoom(cluster, ring.replicaAt(point), room)) point = ring.after(point)
    return ring.replicaAt(point)
  }
}

/** Of whole numbers, n < x where n + 1 <= ceil(x). */
function hasRoom(cluster: ClusterView, replica: ReplicaId, room: number): boolean {
  return cluster.isAvailable(replica) && cluster.outstandingRequests(replica) * cluster.replicas < room
}

/** Id of the block that tells the prompt's prefix of so many tokens. */
function prefixOf(request: RequestView, tokens: number): number {
  const place = Math.ceil(tokens / request.prefixBlockTokens) - 1
  return request.prefixBlock(Math.min(place, request.prefixBlocks - 1))
}
