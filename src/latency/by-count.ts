/** A function of a count (of tokens, of sequences), computed once for each count that is asked for. */
export class ByCount {
  readonly #compute: (count: number) => number
  /** NaN where it has not been asked for. */
  #values = new Float64Array(0)

  constructor(compute: (count: number) => number) {
    this.#compute = compute
  }

  /** Reads the value where it is kept: one returned from a call that is not inlined would be a new heap number. */
  at(count: number): number {
    if (count >= this.#values.length || Number.isNaN(this.#values[count])) this.#fill(count)
    return this.#values[count]
  }

  #fill(count: number): void {
    if (count >= this.#values.length) {
      const grown = new Float64Array(Math.max(256, 2 * this.#values.length, count + 1)).fill(Number.NaN)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[count] = this.#compute(count)
  }
}
