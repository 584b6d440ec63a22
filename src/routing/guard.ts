import { UserError } from '../core/errors.ts'
import { type ClusterView, REJECT, type ReplicaId, type RequestView } from './contract.ts'

/**
 * The policy with its answers checked: a UserError that names the policy and the decision where it throws or
 * answers anything but the number of a replica or `REJECT`.
 *
 * @param name of the policy, for the messages
 */
export function guarded<R extends RequestView>(
  name: string,
  policy: (request: R, cluster: ClusterView) => ReplicaId,
  replicas: number,
): (request: R, cluster: ClusterView) => ReplicaId {
  let decisions = 0
  return (request, cluster) => {
    let answer: ReplicaId
    decisions++
    try {
      answer = policy(request, cluster)
    } catch (error) {
      throw new UserError(`${place(cluster)} threw ${describe(error)}`, { cause: error })
    }
    if (Number.isInteger(answer) && answer >= REJECT && answer < replicas) return answer
    throw new UserError(
      `${place(cluster)} answered ${describe(answer)}; an answer is a whole number from 0 to ${replicas - 1}, or REJECT (${REJECT})`,
    )
  }

  function place(cluster: ClusterView): string {
    return `policy ${name}, decision ${decisions} at ${cluster.nowS} s,`
  }
}

/** An error by its message, a string in quotes, an object by its type. */
export function describe(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null)
    return `an object (${Object.prototype.toString.call(value)})`
  return String(value)
}
