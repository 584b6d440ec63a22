/** The admitted requests whose prefill is not complete, in order of admission: seldom more than a few. */
export class Prefills {
  length = 0
  #items = new Int32Array(0)

  at(index: number): number {
    return this.#items[index]
  }

  add(request: number): void {
    if (this.length === this.#items.length) {
      const items = new Int32Array(Math.max(8, 2 * this.#items.length))
      items.set(this.#items)
      this.#items = items
    }
    this.#items[this.length++] = request
  }

  remove(request: number): void {
    const items = this.#items
    let place = 0
    while (items[place] !== request) place++
    this.length--
    for (; place < this.length; place++) items[place] = items[place + 1]
  }
}
