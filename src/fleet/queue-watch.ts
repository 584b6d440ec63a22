/** Share of the arrivals of half a window by which the queue may grow in half a window before a run is saturated. */
const GROWTH_LIMIT = 0.02
/** A queue that gains less than this many requests has not been seen to grow. */
const LEAST_GROWTH = 4
const FIRST_INTERVAL_S = 1 / 64
const MOST_LOOKS = 256

/**
 * Judges whether a queue grows without bound, by whether it still grew in the last half of the window. It is looked at
 * evenly over the window, however long that turns out: whenever there are many looks, every second one is dropped and
 * the interval doubles.
 */
export class QueueWatch {
  #intervalS = FIRST_INTERVAL_S
  #waiting: number[] = []
  /** When to look next; Infinity until the window opens. */
  nextS = Number.POSITIVE_INFINITY

  open(timeS: number): void {
    this.nextS = timeS + this.#intervalS
  }

  close(): void {
    this.nextS = Number.POSITIVE_INFINITY
  }

  look(timeS: number, waiting: number): void {
    this.#waiting.push(waiting)
    if (this.#waiting.length === MOST_LOOKS) {
      this.#waiting = this.#waiting.filter((_, look) => look % 2 === 1)
      this.#intervalS *= 2
    }
    this.nextS = timeS + this.#intervalS
  }

  /**
   * Compares the mean queue of the third quarter of the window with that of the fourth: half of what half a window
   * adds, against the requests that arrive in half a window.
   */
  grewBeyond(arrivals: number): boolean {
    const looks = this.#waiting.length
    if (looks < 8) return false
    const third = mean(this.#waiting.slice(Math.floor(looks / 2), Math.floor((3 * looks) / 4)))
    const fourth = mean(this.#waiting.slice(Math.floor((3 * looks) / 4)))
    return (fourth - third) * 2 > Math.max(LEAST_GROWTH, GROWTH_LIMIT * (arrivals / 2))
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
