import { grown } from '../core/grown.ts'

/** A few requests in the order in which they were added. It allocates only where it is longer than ever before. */
export class RequestList {
  length = 0
  #items = new Int32Array(0)

  at(index: number): number {
    return this.#items[index]
  }

  add(request: number): void {
    if (this.length === this.#items.length) {
      this.#items = grown(this.#items, new Int32Array(Math.max(8, 2 * this.length)))
    }
    this.#items[this.length++] = request
  }

  /** @returns whether it was there */
  remove(request: number): boolean {
    const items = this.#items
    let place = 0
    while (place < this.length && items[place] !== request) place++
    if (place === this.length) return false
    this.length--
    for (; place < this.length; place++) items[place] = items[place + 1]
    return true
  }

  clear(): void {
    this.length = 0
  }
}
