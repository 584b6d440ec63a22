import { type Distribution, distributionOf } from './distribution.ts'

/** Values from here on are counted one by one, those below in an array. */
const FEW_FROM = 1 << 22

/** Counts whole numbers >= 0, each exactly. Memory grows with the largest number up to 4 Mi, beyond with how many. */
export class WholeNumbers {
  #counts = new Uint32Array(1024)
  readonly #large = new Map<number, number>()

  add(value: number, times = 1): void {
    if (value < this.#counts.length) this.#counts[value] += times
    else this.#addFar(value, times)
  }

  distribution(): Distribution {
    const values: number[] = []
    const counts: number[] = []
    const take = (value: number, count: number) => {
      values.push(value)
      counts.push(count)
    }
    for (const [value, count] of this.#counts.entries()) if (count > 0) take(value, count)
    for (const [value, count] of [...this.#large].sort((a, b) => a[0] - b[0])) take(value, count)
    return distributionOf(Float64Array.from(values), Float64Array.from(counts), 0)
  }

  #addFar(value: number, times: number): void {
    if (value >= FEW_FROM) {
      this.#large.set(value, (this.#large.get(value) ?? 0) + times)
      return
    }
    const counts = new Uint32Array(Math.min(FEW_FROM, Math.max(2 * this.#counts.length, value + 1)))
    counts.set(this.#counts)
    counts[value] += times
    this.#counts = counts
  }
}
