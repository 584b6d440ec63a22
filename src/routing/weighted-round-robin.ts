import { UserError } from '../core/errors.ts'
import type { PolicyFactory, PolicySetup } from './contract.ts'
import { LoadIndex } from './least-loaded.ts'

// nginx's smooth weighted round robin (the same shares), drawn by stride scheduling (Waldspurger & Weihl 1995).

/**
 * In turn, each replica in proportion to its weight and evenly spread: the (n+1)-th turn of a replica is due
 * at (n + 1/2) / weight, and the earliest is served (ties: lowest id). Whole-number weights get their exact
 * share in every cycle of as many turns as the weights sum to; equal weights are plain round robin.
 */
export const weightedRoundRobin: PolicyFactory = setup => {
  const weights = weightsOf(setup)
  const turns = new Float64Array(weights.length)
  const due = new LoadIndex([...weights.keys()], weights.length)
  for (let replica = 0; replica < weights.length; replica++) due.update(replica, 0.5 / weights[replica])
  return () => {
    const replica = due.first()
    due.update(replica, (++turns[replica] + 0.5) / weights[replica])
    return replica
  }
}

/** The weight that the options give the replica's kind, or else the rate at which it saturates. */
function weightsOf({ cluster, options }: PolicySetup): Float64Array {
  const weights = new Float64Array(cluster.replicas)
  for (let replica = 0; replica < weights.length; replica++) {
    const kind = cluster.kind(replica)
    const weight = options[kind] ?? cluster.saturationRequestsPerS(replica)
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new UserError(
        `weighted-round-robin: the weight of '${kind}' is ${weight}; it must be a finite number >= 0. ` +
          `It is the rate at which the kind saturates unless an option '${kind}' gives another.`,
      )
    }
    weights[replica] = weight
  }
  if (weights.every(weight => weight === 0)) {
    throw new UserError('weighted-round-robin: all weights are 0; at least one must be > 0')
  }
  return weights
}
