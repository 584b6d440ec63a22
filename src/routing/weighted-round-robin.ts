import type { Policy, PolicyFactory, PolicySetup } from './contract.ts'
import { LoadIndex } from './least-loaded.ts'
import { weightsOf } from './weights.ts'

// nginx's smooth weighted round robin (the same shares), drawn by stride scheduling (Waldspurger & Weihl 1995).

export const weightedRoundRobin: PolicyFactory = setup =>
  byTurns(weightsOf('weighted-round-robin', setup), setup)

/**
 * In turn, each replica in proportion to its weight and evenly spread: the (n+1)-th turn of a replica is due
 * at (n + 1/2) / weight, and the earliest is served (ties: lowest id). Whole-number weights get their exact
 * share in every cycle of as many turns as the weights sum to; equal weights are plain round robin. Of the turns that
 * fall due while a replica is not available, all but one are lost.
 *
 * @param weights by replica, at least one of them above 0
 */
export function byTurns(weights: Float64Array, { onAvailable }: Pick<PolicySetup, 'onAvailable'>): Policy {
  const turns = new Float64Array(weights.length)
  const weighted = [...weights.keys()].filter(replica => weights[replica] > 0)
  const due = new LoadIndex(weighted, weights.length)
  for (const replica of weighted) due.update(replica, 0.5 / weights[replica])
  onAvailable((replica, isAvailable) => due.close(replica, !isAvailable))
  let latest = 0
  return (_request, cluster) => {
    const replica = due.first()
    if (!cluster.isAvailable(replica)) return replica
    const weight = weights[replica]
    latest = Math.max(latest, (turns[replica] + 0.5) / weight)
    turns[replica] = Math.max(turns[replica] + 1, Math.ceil(latest * weight - 0.5))
    due.update(replica, (turns[replica] + 0.5) / weight)
    return replica
  }
}
