/** A growing ring of 32-bit integers: a queue open at both ends that allocates nothing once it is warm. */
export class Ring {
  /** Its length is a power of two, or 0 at first. */
  #items = new Int32Array(0)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The item `index` places behind the head; the caller keeps index below length. */
  at(index: number): number {
    return this.#items[(this.#head + index) & (this.#items.length - 1)]
  }

  push(item: number): void {
    if (this.#length === this.#items.length) this.#grow()
    this.#items[(this.#head + this.#length++) & (this.#items.length - 1)] = item
  }

  unshift(item: number): void {
    if (this.#length === this.#items.length) this.#grow()
    this.#head = (this.#head - 1) & (this.#items.length - 1)
    this.#items[this.#head] = item
    this.#length++
  }

  /** Takes the head away. Throws a RangeError when there is none. */
  shift(): number {
    if (this.#length === 0) throw new RangeError('shift of an empty ring')
    const item = this.#items[this.#head]
    this.#head = (this.#head + 1) & (this.#items.length - 1)
    this.#length--
    return item
  }

  /** Takes an item out wherever it stands, a search from the head on. @returns whether it was there */
  remove(item: number): boolean {
    let index = 0
    while (index < this.#length && this.at(index) !== item) index++
    if (index === this.#length) return false
    if (2 * index < this.#length) this.#closeFromHead(index)
    else this.#closeFromTail(index)
    return true
  }

  /** Items before the gap move towards the tail. */
  #closeFromHead(gap: number): void {
    const mask = this.#items.length - 1
    for (let index = gap; index > 0; index--)
      this.#items[(this.#head + index) & mask] = this.#items[(this.#head + index - 1) & mask]
    this.#head = (this.#head + 1) & mask
    this.#length--
  }

  /** Items behind the gap move towards the head. */
  #closeFromTail(gap: number): void {
    const mask = this.#items.length - 1
    this.#length--
    for (let index = gap; index < this.#length; index++)
      this.#items[(this.#head + index) & mask] = this.#items[(this.#head + index + 1) & mask]
  }

  #grow(): void {
    const items = new Int32Array(Math.max(16, 2 * this.#items.length))
    for (let i = 0; i < this.#length; i++) items[i] = this.at(i)
    this.#items = items
    this.#head = 0
  }
}
