import type { PolicyFactory } from './contract.ts'
import { softMin } from './soft-min.ts'

// Dynamo KV router: logit = `overlap_score_weight` * potential prefill blocks + decode blocks, drawn by `router_temperature`.

/**
 * The least prompt tokens still to be computed there, this request's among them but for those cached, times a weight,
 * plus the KV tokens in use. Above temperature 0, drawn: the lower the cost, the likelier. Asks every replica. Ties: at
 * random.
 */
export const kvCost: PolicyFactory = ({ cluster, indexPrefixes, random, options }) => {
  const { overlap_weight: overlapWeight, temperature } = options
  const costs = new Float64Array(cluster.replicas)
  indexPrefixes()
  return (request, view) => {
    for (let replica = 0; replica < costs.length; replica++) {
      const own = request.inputTokens - view.prefixHitTokens(replica, request)
      const inUse = view.kvCapacityTokens(replica) - view.kvFreeTokens(replica)
      costs[replica] = overlapWeight * (view.pendingPrefillTokens(replica) + own) + inUse
    }
    return softMin(costs, temperature, random)
  }
}
