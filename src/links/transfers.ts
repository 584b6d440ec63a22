import { grown } from '../core/grown.ts'

/**
 * The transfers under way, by slot. Slots are used again: memory is bounded by how many were ever under way at once.
 */
export class Transfers {
  request = new Int32Array(0)
  /** Numbers of the first link on the way and of the last; the same where there is one. */
  entry = new Int32Array(0)
  exit = new Int32Array(0)
  bytes = new Float64Array(0)
  /** What its devices can send and take; its share of a link may be less. */
  ceilingBytesPerS = new Float64Array(0)
  sentS = new Float64Array(0)
  /** From sending to landing, were nobody else on its links. */
  aloneS = new Float64Array(0)
  /** Since `sinceS`; 0 before it has entered its links. */
  bytesPerS = new Float64Array(0)
  sinceS = new Float64Array(0)
  /** Not there yet at `sinceS`. */
  leftBytes = new Float64Array(0)

  #free = new Int32Array(0)
  #freeCount = 0
  #used = 0

  /** How many are under way. */
  get length(): number {
    return this.#used - this.#freeCount
  }

  /** How many slots there are. */
  get capacity(): number {
    return this.#free.length
  }

  take(): number {
    if (this.#freeCount > 0) return this.#free[--this.#freeCount]
    if (this.#used === this.#free.length) this.#growTo(Math.max(16, 2 * this.#used))
    return this.#used++
  }

  release(slot: number): void {
    this.#free[this.#freeCount++] = slot
  }

  #growTo(length: number): void {
    const integers = ['request', 'entry', 'exit'] as const
    const doubles = [
      'bytes',
      'ceilingBytesPerS',
      'sentS',
      'aloneS',
      'bytesPerS',
      'sinceS',
      'leftBytes',
    ] as const
    for (const column of integers) this[column] = grown(this[column], new Int32Array(length))
    for (const column of doubles) this[column] = grown(this[column], new Float64Array(length))
    this.#free = grown(this.#free, new Int32Array(length))
  }
}
