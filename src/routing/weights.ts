import { UserError } from '../core/errors.ts'
import type { PolicySetup } from './contract.ts'

/**
 * The weight of every replica: what the options give its kind, or else the rate at which it saturates, in requests a
 * second. Throws a UserError, naming the policy, at a kind without a finite weight >= 0 and where all weights are 0.
 */
export function weightsOf(policy: string, { cluster, options }: PolicySetup): Float64Array {
  const weights = new Float64Array(cluster.replicas)
  for (let replica = 0; replica < weights.length; replica++) {
    const kind = cluster.kind(replica)
    const weight = options[kind] ?? cluster.saturationRequestsPerS(replica)
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new UserError(
        `${policy}: the weight of '${kind}' is ${weight}; it must be a finite number >= 0. ` +
          `It is the rate at which the kind saturates unless an option '${kind}' gives another.`,
      )
    }
    weights[replica] = weight
  }
  if (weights.every(weight => weight === 0)) {
    const kinds = [...new Set(Array.from(weights, (_, replica) => `'${cluster.kind(replica)}'`))].join(', ')
    throw new UserError(`${policy}: the weights of ${kinds} are all 0; at least one must be > 0`)
  }
  return weights
}
