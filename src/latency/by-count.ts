/** A function of a count (of tokens, of sequences), computed once for each count that is asked for. */
export class ByCount {
  readonly #compute: (count: number) => number
  /** NaN where it has not been asked for. */
  #values = new Float64Array(0)

  constructor(compute: (count: number) => number) {
    this.#compute = compute
  }

  at(count: number): number {
    const value = count < this.#values.length ? this.#values[count] : Number.NaN
    return Number.isNaN(value) ? this.#fill(count) : value
  }

  #fill(count: number): number {
    const value = this.#compute(count)
    if (count >= this.#values.length) {
      const grown = new Float64Array(Math.max(256, 2 * this.#values.length, count + 1)).fill(Number.NaN)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[count] = value
    return value
  }
}
