import { UserError } from '../core/errors.ts'
import {
  type ClusterView,
  type PolicySetup,
  REJECT,
  type ReplicaId,
  type RequestView,
  WAIT,
} from './contract.ts'
import { placeOf } from './place.ts'

/** Whose answers are checked. */
export interface Guarded {
  /** Of the policy, for the messages. */
  readonly name: string
  readonly replicas: number
  /** Whether it may answer `WAIT`. */
  readonly waits: boolean
}

/**
 * The policy with its answers checked: a UserError that names the policy, the decision and the line where it throws or
 * answers anything but the number of a replica, `REJECT`, or `WAIT` if it waits.
 */
export function guarded<R extends RequestView>(
  { name, replicas, waits }: Guarded,
  policy: (request: R, cluster: ClusterView) => ReplicaId,
): (request: R, cluster: ClusterView) => ReplicaId {
  const least = waits ? WAIT : REJECT
  let decisions = 0
  return (request, cluster) => {
    let answer: ReplicaId
    decisions++
    try {
      answer = policy(request, cluster)
    } catch (error) {
      throw new UserError(`${place(cluster)} ${wentWrong(error)}`, { cause: error })
    }
    if (Number.isInteger(answer) && answer >= least && answer < replicas) return answer
    throw new UserError(`${place(cluster)} answered ${mistaken(answer)}; an answer is ${range()}`)
  }

  function place(cluster: ClusterView): string {
    return `policy ${name}, decision ${decisions} at ${secondsOf(cluster)} s,`
  }

  function range(): string {
    const words = waits ? [`REJECT (${REJECT})`, `WAIT (${WAIT})`] : [`REJECT (${REJECT})`]
    return `a whole number from 0 to ${replicas - 1}, or ${words.join(' or ')}`
  }
}

/** The listener, whose errors are UserErrors that name the policy, what it listens with and the line. */
export function guardedListener<News extends readonly unknown[]>(
  name: string,
  kind: 'onEnd' | 'onAvailable',
  cluster: ClusterView,
  listener: (...news: News) => void,
): (...news: News) => void {
  return (...news) => {
    try {
      listener(...news)
    } catch (error) {
      const where = `its ${kind} listener at ${secondsOf(cluster)} s`
      throw new UserError(`policy ${name}, ${where}, ${wentWrong(error)}`, { cause: error })
    }
  }
}

/** The policy that a factory makes. Throws a UserError that names it where it throws or makes anything else. */
export function made<P>(name: string, factory: (setup: PolicySetup) => P, setup: PolicySetup): P {
  const policy = built(name, factory, setup)
  if (typeof policy === 'function') return policy
  throw new UserError(
    `policy ${name}: set-up answered ${describe(policy)}; it must answer a policy, (request, cluster) => replica`,
  )
}

function built<P>(name: string, factory: (setup: PolicySetup) => P, setup: PolicySetup): P {
  try {
    return factory(setup)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`policy ${name}: set-up threw ${thrown(error)}`, { cause: error })
  }
}

/** An error by its message, a string in quotes, an object by its type. */
export function describe(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `a bigint (${value}n)`
  if (value instanceof Promise) return 'a promise'
  if (typeof value === 'object' && value !== null)
    return `an object (${Object.prototype.toString.call(value)})`
  return String(value)
}

function secondsOf({ nowS }: ClusterView): number {
  return Number(nowS.toPrecision(6))
}

/** What a policy did; a UserError says it of what was asked. */
function wentWrong(error: unknown): string {
  if (!(error instanceof UserError)) return `threw ${thrown(error)}`
  const place = placeOf(error)
  return error.message.includes(place) ? error.message : error.message + place
}

function thrown(error: unknown): string {
  return describe(error) + placeOf(error)
}

/** A wrong answer, with what may have been meant. */
function mistaken(answer: unknown): string {
  if (answer === WAIT) return `WAIT (${WAIT}), which only a policy that exports \`waits = true\` may`
  if (answer === undefined) return 'undefined: nothing was returned'
  if (!(answer instanceof Promise)) return describe(answer)
  // What it comes to does not count any more.
  answer.catch(() => {})
  return 'a promise, and policies are synchronous'
}
