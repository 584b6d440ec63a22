import type { PolicyFactory, RequestView } from './contract.ts'
import { hashed, hashRing } from './hash-ring.ts'

// Mirrokni, Thorup, Zadimoghaddam 2018; KubeAI `PrefixHash` (256, 1.25), SGLang gateway `prefix_hash` (256 tokens).

const SEED_OF_PREFIXES = 4

/**
 * From where the request's prefix belongs on a ring of hashes, the first replica with room: one that will have at most
 * `load_factor` times the mean of outstanding requests, rounded up, both counted with this request. So a prefix for
 * which there are more requests than one replica should bear spreads over the same few. A prefix is told by the block
 * in which its token number `prefix_tokens` lies, or by the prompt's last. Without blocks: the fewest requests.
 */
export const chwbl: PolicyFactory = ({ cluster, leastLoaded, random, options }) => {
  const { load_factor: loadFactor, prefix_tokens: prefixTokens } = options
  const replicas = cluster.replicas
  const ring = hashRing(replicas, options.virtual_nodes)
  const index = leastLoaded('outstandingRequests')
  return (request, view) => {
    if (request.prefixBlocks === 0) return index.pick(random)
    const home = ring.pointOf(hashed(prefixOf(request, prefixTokens), SEED_OF_PREFIXES))
    const room = loadFactor * (index.total() + 1)
    let point = home
    do {
      const replica = ring.replicaAt(point)
      // Of whole numbers, n < x where n + 1 <= ceil(x).
      if (view.outstandingRequests(replica) * replicas < room) return replica
      point = ring.after(point)
    } while (point !== home)
    return ring.replicaAt(home)
  }
}

/** Id of the block that tells the prompt's prefix of so many tokens. */
function prefixOf(request: RequestView, tokens: number): number {
  const place = Math.ceil(tokens / request.prefixBlockTokens) - 1
  return request.prefixBlock(Math.min(place, request.prefixBlocks - 1))
}
