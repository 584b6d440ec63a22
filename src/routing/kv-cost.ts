import type { ClusterView, PolicyFactory, ReplicaId } from './contract.ts'
import { tellScores } from './scan.ts'
import { softMin } from './soft-min.ts'

// Dynamo KV router: logit = `overlap_score_weight` * potential prefill blocks + decode blocks, drawn by `router_temperature`.

/**
 * The least prompt tokens still to be computed there, this request's among them but for those cached, times a weight,
 * plus the KV tokens in use or wanted by requests that have no blocks yet. Above temperature 0, drawn: the lower the
 * cost, the likelier. Asks every available replica. Ties: at random.
 */
export const kvCost: PolicyFactory = ({ cluster, indexPrefixes, random, options }) => {
  const { overlap_weight: overlapWeight, temperature } = options
  const costs = new Float64Array(cluster.replicas)
  const costOf = (_: ClusterView, replica: ReplicaId) => costs[replica]
  indexPrefixes()
  return (request, view) => {
    for (let replica = 0; replica < costs.length; replica++) {
      costs[replica] = Number.POSITIVE_INFINITY
      if (!view.isAvailable(replica)) continue
      const own = request.inputTokens - view.prefixHitTokens(replica, request)
      const inUse = view.kvCapacityTokens(replica) - view.kvFreeTokens(replica)
      const prefill = view.pendingPrefillTokens(replica) + own
      costs[replica] = overlapWeight * prefill + inUse + view.waitingKvTokens(replica)
    }
    tellScores(view, request, costOf)
    return softMin(costs, temperature, random)
  }
}
