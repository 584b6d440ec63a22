/**
 * The longest gap since a given moment, for many moments at once: the record of gaps is kept as a falling
 * staircase, so that a request that joined at epoch e reads the worst gap it has seen in O(log n).
 */
export class GapRecord {
  #epoch = new Float64Array(0)
  #gapS = new Float64Array(0)
  #first = 0
  #end = 0

  /** Records a gap seen by every request that joined at `epoch` or earlier; epochs never fall from call to call. */
  push(epoch: number, gapS: number): void {
    while (this.#end > this.#first && this.#gapS[this.#end - 1] <= gapS) this.#end--
    if (this.#end === this.#epoch.length) this.#makeRoom()
    this.#epoch[this.#end] = epoch
    this.#gapS[this.#end++] = gapS
  }

  /** The longest gap recorded for requests that joined at `epoch`; 0 when there is none. */
  worstSince(epoch: number): number {
    let low = this.#first
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#epoch[middle] < epoch) low = middle + 1
      else high = middle
    }
    return low < this.#end ? this.#gapS[low] : 0
  }

  clear(): void {
    this.#first = 0
    this.#end = 0
  }

  #makeRoom(): void {
    const length = this.#end - this.#first
    const size = 2 * length >= this.#epoch.length ? Math.max(32, 2 * this.#epoch.length) : this.#epoch.length
    const epoch = new Float64Array(size)
    const gapS = new Float64Array(size)
    epoch.set(this.#epoch.subarray(this.#first, this.#end))
    gapS.set(this.#gapS.subarray(this.#first, this.#end))
    this.#epoch = epoch
    this.#gapS = gapS
    this.#first = 0
    this.#end = length
  }
}
