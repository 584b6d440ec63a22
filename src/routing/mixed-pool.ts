import type { ClusterView, Policy, PolicyFactory, PolicySetup, ReplicaId, RequestView } from './contract.ts'
import { availableOf, poolOf } from './pools.ts'

// Splitwise (Patel et al. 2024) `mixed_pool`, with the replicas that do both in place of machines that change pools.

/** What a side of the fleet lends and borrows by. */
interface Rule {
  /** Whether a replica has too much to do already to be given the request. */
  readonly isFull: (cluster: ClusterView, replica: ReplicaId, request: RequestView) => boolean
  /** What the fuller of two full replicas has more of. */
  readonly load: (cluster: ClusterView, replica: ReplicaId) => number
}

/**
 * Prompts go to prefill replicas, and computed ones to decode replicas, while the least loaded of them is not full;
 * then to the least loaded that does both, and where that is full too to the less loaded of the two. Least by tokens
 * outstanding, ties at random. A prefill replica is full where the prompts that wait there and this one are more than
 * `prompt_max_pending_tokens`, a decode replica where the request does not fit its KV beside all that is outstanding.
 * With one pool it is least-tokens.
 */
export const mixedPool: PolicyFactory = setup => {
  const { prompt_max_pending_tokens } = setup.options
  return (
    lending('prefill', byQueue(prompt_max_pending_tokens), setup) ??
    lending('decode', BY_MEMORY, setup) ??
    leastTokensOf(setup)
  )
}

function lending(role: 'prefill' | 'decode', { isFull, load }: Rule, setup: PolicySetup): Policy | undefined {
  const { random } = setup
  const own = poolOf(role, 'outstandingTokens', setup)
  const mixed = poolOf('both', 'outstandingTokens', setup)
  if (own === undefined || mixed === undefined) return undefined
  return (request, cluster) => {
    const first = own.pick(random)
    if (takes(cluster, first, request)) return first
    const second = mixed.pick(random)
    if (takes(cluster, second, request)) return second
    return load(cluster, second) < load(cluster, first)
      ? availableOf(cluster, second, first)
      : availableOf(cluster, first, second)
  }

  function takes(cluster: ClusterView, replica: ReplicaId, request: RequestView): boolean {
    return cluster.isAvailable(replica) && !isFull(cluster, replica, request)
  }
}

function byQueue(mostTokens: number): Rule {
  return {
    isFull: (cluster, replica, { inputTokens }) =>
      cluster.pendingPrefillTokens(replica) + inputTokens > mostTokens,
    load: (cluster, replica) => cluster.pendingPrefillTokens(replica),
  }
}

const BY_MEMORY: Rule = {
  isFull: (cluster, replica, { inputTokens, predictedTokens }) => {
    const tokens = cluster.outstandingTokens(replica) + inputTokens + predictedTokens
    return tokens > cluster.kvCapacityTokens(replica)
  },
  load: (cluster, replica) => cluster.outstandingTokens(replica) / cluster.kvCapacityTokens(replica),
}

function leastTokensOf({ leastLoaded, random }: PolicySetup): Policy {
  const all = leastLoaded('outstandingTokens')
  return () => all.pick(random)
}
