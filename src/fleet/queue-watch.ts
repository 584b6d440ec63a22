/** Share of the arrivals of the window's second half that may be left waiting before a run counts as saturated. */
const GROWTH_LIMIT = 0.02

/** Judges whether a queue grew without bound: does it gain, over the second half, on what arrives there? */
export class QueueWatch {
  readonly #timeS: number[] = []
  readonly #waiting: number[] = []

  add(timeS: number, waiting: number): void {
    this.#timeS.push(timeS)
    this.#waiting.push(waiting)
  }

  /**
   * Compares the mean queue of the third quarter of the window with that of the fourth: half a window's growth,
   * against the requests that arrive in half a window.
   */
  grewBeyond(arrivals: number): boolean {
    const samples = this.#waiting.length
    if (samples < 8) return false
    const third = this.#mean(Math.floor(samples / 2), Math.floor((3 * samples) / 4))
    const fourth = this.#mean(Math.floor((3 * samples) / 4), samples)
    return (fourth - third) * 2 > GROWTH_LIMIT * (arrivals / 2)
  }

  #mean(from: number, to: number): number {
    let sum = 0
    for (let i = from; i < to; i++) sum += this.#waiting[i]
    return sum / (to - from)
  }
}
