/** How many arrivals there were in each of some steps of one width, the last of them cut short by the last arrival. */
export interface RateCurve {
  readonly stepS: number
  readonly counts: readonly number[]
}

const MOST_STEPS = 2048
const FIRST_STEP_S = 1 / 16

/** Counts arrivals in steps that double their width whenever there are more than 2048 of them. */
export class RateSteps {
  readonly #counts = new Float64Array(MOST_STEPS)
  #stepS = FIRST_STEP_S
  #last = 0

  add(timeS: number): void {
    while (timeS >= MOST_STEPS * this.#stepS) this.#widen()
    this.#last = Math.floor(timeS / this.#stepS)
    this.#counts[this.#last]++
  }

  curve(): RateCurve {
    return { stepS: this.#stepS, counts: Array.from(this.#counts.subarray(0, this.#last + 1)) }
  }

  #widen(): void {
    this.#stepS *= 2
    for (let step = 0; step < MOST_STEPS / 2; step++) {
      this.#counts[step] = this.#counts[2 * step] + this.#counts[2 * step + 1]
    }
    this.#counts.fill(0, MOST_STEPS / 2)
  }
}

/** The curve in at most so many wider steps. */
export function widened({ stepS, counts }: RateCurve, most: number): RateCurve {
  const times = Math.ceil(counts.length / most)
  const wide = Array.from({ length: Math.ceil(counts.length / times) }, (_, step) =>
    counts.slice(step * times, (step + 1) * times).reduce((sum, count) => sum + count, 0),
  )
  return { stepS: times * stepS, counts: wide }
}
