import type { Random } from '../../core/random.ts'
import type { Draw } from '../draws.ts'

/**
 * Places a known number of arrivals in a step: draws their gaps around a circle as long as the step and cuts it at
 * random, so that the law of the gaps holds across the ends of steps too. Holds one step.
 */
export class Circle {
  readonly #gap: Draw
  readonly #cut: Random
  #ends = new Float64Array(0)
  #places = new Float64Array(0)

  constructor(gap: Draw, cut: Random) {
    this.#gap = gap
    this.#cut = cut
  }

  /**
   * Places from 0 to `length` in order, in whole units; void once called again.
   *
   * @param atArrival cuts where an arrival is, which is then at 0
   */
  place(count: number, length: number, atArrival: boolean): Float64Array {
    if (this.#ends.length < count) this.#grow(2 * count)
    const ends = this.#ends
    const around = this.#lay(count)
    const share = this.#cut()
    const first = atArrival ? Math.floor(share * count) : placesUpTo(ends, count, share * around)
    const cut = atArrival ? ends[first] : share * around
    const scale = length / around
    for (let i = first; i < count; i++) this.#places[i - first] = Math.floor((ends[i] - cut) * scale)
    const left = around - cut
    for (let i = 0; i < first; i++) this.#places[count - first + i] = Math.floor((ends[i] + left) * scale)
    return this.#places
  }

  /** Writes down where gaps end and says how long they are together. */
  #lay(count: number): number {
    let end = 0
    for (let i = 0; i < count; i++) {
      end += this.#gap()
      this.#ends[i] = end
    }
    return end
  }

  #grow(capacity: number): void {
    this.#ends = new Float64Array(capacity)
    this.#places = new Float64Array(capacity)
  }
}

/** How many of the first `count` values, in rising order, are at most `most`. */
function placesUpTo(values: Float64Array, count: number, most: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle] <= most) low = middle + 1
    else high = middle
  }
  return low
}
