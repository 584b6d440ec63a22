import type { PolicyFactory } from './contract.ts'
import { LoadIndex } from './least-loaded.ts'
import { weightsOf } from './weights.ts'

// nginx's smooth weighted round robin (the same shares), drawn by stride scheduling (Waldspurger & Weihl 1995).

/**
 * In turn, each replica in proportion to its weight and evenly spread: the (n+1)-th turn of a replica is due
 * at (n + 1/2) / weight, and the earliest is served (ties: lowest id). Whole-number weights get their exact
 * share in every cycle of as many turns as the weights sum to; equal weights are plain round robin.
 */
export const weightedRoundRobin: PolicyFactory = setup => {
  const weights = weightsOf('weighted-round-robin', setup)
  const turns = new Float64Array(weights.length)
  const due = new LoadIndex([...weights.keys()], weights.length)
  for (let replica = 0; replica < weights.length; replica++) due.update(replica, 0.5 / weights[replica])
  return () => {
    const replica = due.first()
    due.update(replica, (++turns[replica] + 0.5) / weights[replica])
    return replica
  }
}
