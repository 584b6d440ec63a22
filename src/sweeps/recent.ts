/** Remembers the last few things made, each by its key; what was used longest ago goes first. */
export class Recent<Made> {
  readonly #most: number
  readonly #made = new Map<string, Made>()

  constructor(most: number) {
    this.#most = most
  }

  /** What was made under the key, or else is made now. */
  get(key: string, make: () => Made): Made {
    const found = this.#made.has(key) ? this.#made.get(key)! : make()
    this.#made.delete(key)
    this.#made.set(key, found)
    if (this.#made.size > this.#most) this.#made.delete(this.#made.keys().next().value!)
    return found
  }
}
