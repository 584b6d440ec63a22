import { UserError } from '../core/errors.ts'
import type { PolicyFactory, PolicySetup } from './contract.ts'

/** What a user's code can be at. */
const OCCUPATIONS = ['load', 'set-up', 'decision', 'listener'] as const
export type Occupation = (typeof OCCUPATIONS)[number]

/** Where in a user's code a thread is, or was last. */
export interface Whereabouts {
  /** Goes up when the code is entered and when it is left, by one from and to the outside: odd inside. */
  readonly calls: number
  readonly isInside: boolean
  readonly policy: string
  readonly occupation: Occupation
  /** Decisions begun so far, and when the last one was. */
  readonly decision: number
  readonly timeS: number
}

const NAME_BYTES = 224
const NUMBERS_AT = 16
const NAME_AT = 32

/**
 * A slate in memory that two threads share: the one that runs a user's code writes on it where it is, the other reads it.
 * Nothing that is simulated depends on it.
 */
export class Watch {
  readonly buffer: SharedArrayBuffer
  /** Calls, occupation, bytes of the name. */
  readonly #counts: Int32Array
  /** Decision, seconds. */
  readonly #numbers: Float64Array
  readonly #name: Uint8Array
  #policy = ''
  #depth = 0

  constructor(buffer = new SharedArrayBuffer(NAME_AT + NAME_BYTES)) {
    this.buffer = buffer
    this.#counts = new Int32Array(buffer, 0, 3)
    this.#numbers = new Float64Array(buffer, NUMBERS_AT, 2)
    this.#name = new Uint8Array(buffer, NAME_AT)
  }

  enter(policy: string, occupation: Occupation): void {
    if (policy !== this.#policy) this.#rename(policy)
    this.#counts[1] = OCCUPATIONS.indexOf(occupation)
    Atomics.add(this.#counts, 0, this.#depth++ === 0 ? 1 : 2)
  }

  decide(policy: string, decision: number, timeS: number): void {
    this.#numbers[0] = decision
    this.#numbers[1] = timeS
    this.enter(policy, 'decision')
  }

  /** Whether the code at work is a factory, a decision or a listener: what a seed must bind. */
  get isBound(): boolean {
    return this.#counts[0] % 2 !== 0 && this.#counts[1] !== OCCUPATIONS.indexOf('load')
  }

  leave(): void {
    Atomics.add(this.#counts, 0, --this.#depth === 0 ? 1 : 2)
  }

  read(): Whereabouts {
    const calls = Atomics.load(this.#counts, 0)
    return {
      calls,
      isInside: calls % 2 !== 0,
      policy: new TextDecoder().decode(this.#name.slice(0, this.#counts[2])),
      occupation: OCCUPATIONS[this.#counts[1]],
      decision: this.#numbers[0],
      timeS: this.#numbers[1],
    }
  }

  #rename(policy: string): void {
    this.#policy = policy
    const bytes = new TextEncoder().encode(policy).subarray(0, NAME_BYTES)
    this.#name.set(bytes)
    this.#counts[2] = bytes.length
  }
}

/** The factory, its policies and what they listen with, each of which says when it is entered and left. */
export function watched(name: string, make: PolicyFactory, watch: Watch): PolicyFactory {
  const inside = <T>(occupation: Occupation, work: () => T): T => {
    watch.enter(name, occupation)
    try {
      return work()
    } finally {
      watch.leave()
    }
  }
  return setup => {
    const heard: PolicySetup = {
      ...setup,
      onEnd: listener => setup.onEnd(ended => inside('listener', () => listener(ended))),
      onAvailable: listener =>
        setup.onAvailable((replica, isAvailable) => inside('listener', () => listener(replica, isAvailable))),
    }
    const policy = named(name, () => inside('set-up', () => make(heard)))
    if (typeof policy !== 'function') return policy
    let decisions = 0
    return (request, cluster) => {
      watch.decide(name, ++decisions, cluster.nowS)
      try {
        return policy(request, cluster)
      } finally {
        watch.leave()
      }
    }
  }
}

/** What a set-up is told that it did wrong, of whom. */
function named<T>(name: string, setUp: () => T): T {
  try {
    return setUp()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`policy ${name}: set-up ${error.message}`, { cause: error })
  }
}
