/** The ids of the last rows, so many of them. */
export class RecentIds {
  readonly #most: number
  readonly #ids = new Set<string | number>()

  constructor(most: number) {
    this.#most = most
  }

  has(id: string | number): boolean {
    return this.#ids.has(id)
  }

  add(id: string | number): void {
    this.#ids.add(id)
    if (this.#ids.size <= this.#most) return
    // A set gives its members in the order they came.
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      return
    }
  }
}
