import { atLeast, positive } from '../bounds.ts'
import type { Draw } from '../draws.ts'

/** Where a generator ends: at the first of them. */
export interface Limits {
  /** How many requests at most. */
  readonly requests?: number
  /** Requests, or sessions, begin before this many seconds. */
  readonly durationS?: number
}

/** When requests or sessions begin, and how many requests are still to come. */
export class Starts {
  left: number
  #nextS = 0
  readonly #gap: Draw
  readonly #endS: number

  constructor({ requests, durationS }: Limits, gap: Draw) {
    this.#gap = gap
    this.left = requests === undefined ? Number.POSITIVE_INFINITY : atLeast('requests', requests, 1)
    this.#endS = durationS === undefined ? Number.POSITIVE_INFINITY : positive('durationS', durationS)
  }

  get isOver(): boolean {
    return this.left <= 0 || this.#nextS >= this.#endS
  }

  /** The time of the next start. */
  take(): number {
    const nowS = this.#nextS
    this.#nextS += this.#gap()
    return nowS
  }
}
