/** Counts of arrivals per window of a fixed width, from the first arrival on. */
export interface WindowCounts {
  readonly windowS: number
  /** Whole windows; the last, cut short by the last arrival, is left out. */
  readonly windows: number
  readonly mean: number
  /** NaN for a single window, like `least`. */
  readonly most: number
  readonly least: number
  /** Variance of the counts over their mean: 1 for a Poisson process. NaN for fewer than five windows. */
  readonly fano: number
}

/** Fewer windows say nothing of a variance. */
const FEWEST_WINDOWS = 5

/** Counts arrivals in order of time. */
export class Windows {
  readonly #windowS: number
  #index = 0
  #endS: number
  #count = 0
  #nonempty = 0
  #sum = 0
  #squares = 0
  #most = 0
  #least = Number.POSITIVE_INFINITY

  constructor(windowS: number) {
    this.#windowS = windowS
    this.#endS = windowS
  }

  add(timeS: number): void {
    if (timeS >= this.#endS) this.#moveTo(timeS)
    this.#count++
  }

  /** The window that the last arrival lies in is the one cut short. */
  counts(): WindowCounts {
    const windows = this.#index
    const mean = this.#sum / windows
    return {
      windowS: this.#windowS,
      windows,
      mean,
      most: windows < 2 ? Number.NaN : this.#most,
      least: windows < 2 ? Number.NaN : this.#nonempty < windows ? 0 : this.#least,
      fano: windows < FEWEST_WINDOWS ? Number.NaN : this.#squares / this.#sum - mean,
    }
  }

  #moveTo(timeS: number): void {
    this.#nonempty++
    this.#sum += this.#count
    this.#squares += this.#count * this.#count
    this.#most = Math.max(this.#most, this.#count)
    this.#least = Math.min(this.#least, this.#count)
    this.#count = 0
    this.#index = Math.max(this.#index + 1, Math.floor(timeS / this.#windowS))
    this.#endS = (this.#index + 1) * this.#windowS
  }
}
