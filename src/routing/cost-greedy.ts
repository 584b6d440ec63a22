import { UserError } from '../core/errors.ts'
import type { ClusterView, PolicyFactory } from './contract.ts'
import { cheapestWithinSlo } from './within-slo.ts'

// Cheapest node whose predicted latency holds: the shape of FREESH's and VoltanaLLM's routers, with $ as the price.

/** The fewest expected dollars among replicas expected to meet the objectives, else the fastest. */
export const costGreedy: PolicyFactory = setup => {
  refuseUnpriced('cost-greedy', setup.cluster)
  return cheapestWithinSlo(setup, (view, replica, request) => view.expectedUsd(replica, request))
}

/** Throws a UserError, which names who needs prices, where a replica has none. */
export function refuseUnpriced(owner: string, cluster: ClusterView): void {
  const unpriced = new Set<string>()
  for (let replica = 0; replica < cluster.replicas; replica++) {
    if (Number.isNaN(cluster.usdPerHour(replica))) unpriced.add(cluster.kind(replica))
  }
  if (unpriced.size === 0) return
  const kinds = [...unpriced].map(kind => `'${kind}'`).join(', ')
  throw new UserError(`${owner}: no price for ${kinds}; every kind in the fleet needs one`)
}
