import { type Distribution, exactDistribution } from './distribution.ts'
import { FineBins } from './fine-bins.ts'

/** How many values are kept one by one. */
export const EXACT_VALUES = 1 << 22

/** Gathers numbers >= 0: each of them up to 4 Mi, in `FineBins` beyond. */
export class Reals {
  readonly #most: number
  #values = new Float64Array(1024)
  #length = 0
  #bins: FineBins | undefined

  /** @param most values to keep one by one */
  constructor(most = EXACT_VALUES) {
    this.#most = most
  }

  add(value: number, times = 1): void {
    if (this.#bins !== undefined) this.#bins.add(value, times)
    else if (this.#length + times > this.#most) this.#coarsen().add(value, times)
    else this.#keep(value, times)
  }

  /** May be asked once: what was kept is sorted in place. */
  distribution(): Distribution {
    return this.#bins?.distribution() ?? exactDistribution(this.#values.subarray(0, this.#length))
  }

  #keep(value: number, times: number): void {
    const end = this.#length + times
    if (end > this.#values.length) {
      const values = new Float64Array(Math.min(this.#most, Math.max(2 * this.#values.length, end)))
      values.set(this.#values)
      this.#values = values
    }
    this.#values.fill(value, this.#length, end)
    this.#length = end
  }

  #coarsen(): FineBins {
    const bins = new FineBins()
    for (let i = 0; i < this.#length; i++) bins.add(this.#values[i], 1)
    this.#values = new Float64Array(0)
    this.#bins = bins
    return bins
  }
}

/** Above so many distinct values a law is fitted to bins, which shifts it by less than their width. */
const MOST_TO_FIT = 1 << 16

/** Whether laws are fitted to bins. */
export function isBinned({ values, binWidth }: Distribution): boolean {
  return binWidth > 0 || values.length > MOST_TO_FIT
}

/** The same distribution in `FineBins` where it has too many values to try laws on. */
export function fewValues(distribution: Distribution): Distribution {
  const { values, counts } = distribution
  if (distribution.binWidth > 0 || values.length <= MOST_TO_FIT) return distribution
  const bins = new FineBins()
  for (let i = 0; i < values.length; i++) bins.add(values[i], counts[i])
  return bins.distribution()
}
