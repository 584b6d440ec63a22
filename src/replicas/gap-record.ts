import { grown } from '../core/grown.ts'

/** Numbers of a stair. */
const EPOCH = 0
const GAP = 1
const STAIR = 2

/**
 * The longest gap since a given moment, for many moments at once: the record of gaps is kept as a falling
 * staircase, so that a request that joined at epoch e reads the worst gap it has seen in O(log n).
 */
export class GapRecord {
  /** Epoch and seconds of every stair, in turn. */
  #stairs = new Float64Array(0)
  /** Where the last stair ends. */
  #end = 0

  /** Records a gap seen by every request that joined at `epoch` or earlier; epochs never fall from call to call. */
  push(epoch: number, gapS: number): void {
    while (this.#end > 0 && this.#stairs[this.#end - STAIR + GAP] <= gapS) this.#end -= STAIR
    if (this.#end === this.#stairs.length) {
      this.#stairs = grown(this.#stairs, new Float64Array(Math.max(64, 2 * this.#end)))
    }
    this.#stairs[this.#end + EPOCH] = epoch
    this.#stairs[this.#end + GAP] = gapS
    this.#end += STAIR
  }

  /** The longest gap recorded for requests that joined at `epoch`; 0 when there is none. */
  worstSince(epoch: number): number {
    const stairs = this.#stairs
    let low = 0
    let high = this.#end / STAIR
    while (low < high) {
      const middle = (low + high) >> 1
      if (stairs[middle * STAIR + EPOCH] < epoch) low = middle + 1
      else high = middle
    }
    return low * STAIR < this.#end ? stairs[low * STAIR + GAP] : 0
  }

  clear(): void {
    this.#end = 0
  }
}
