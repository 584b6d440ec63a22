import { Choices } from './choices.ts'
import type { PolicyFactory, RequestView } from './contract.ts'
import { hashed, hashRing } from './hash-ring.ts'

// vLLM router `consistent_hash` (160 virtual nodes), SGLang gateway `consistent_hashing`; vLLM production stack `session`.

/** Sessions, tenants and blocks are numbered alike. */
const SESSION = 1
const TENANT = 2
const BLOCK = 3
const NONE = -1

/**
 * The replica to which the request's session belongs on a ring of hashes, whatever the loads; where it has no session
 * that of its tenant, and without one that of its prompt's first block; while that replica is not available, the next on
 * the ring that is. Where it tells none of them, any replica, as at the SGLang gateway.
 */
export const consistentHash: PolicyFactory = setup => {
  const { cluster, random, options } = setup
  const ring = hashRing(cluster.replicas, options.virtual_nodes)
  const choices = new Choices(setup)
  return (request, view) => {
    const hash = hashOf(request)
    if (hash === NONE) return choices.draw(random)
    let point = ring.pointOf(hash)
    while (!view.isAvailable(ring.replicaAt(point)) && !choices.isNoneAvailable) point = ring.after(point)
    return ring.replicaAt(point)
  }
}

function hashOf(request: RequestView): number {
  if (request.session >= 0) return hashed(request.session, SESSION)
  if (request.tenant >= 0) return hashed(request.tenant, TENANT)
  return request.prefixBlocks > 0 ? hashed(request.prefixBlock(0), BLOCK) : NONE
}
