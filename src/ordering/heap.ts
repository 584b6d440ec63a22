/**
 * Whole numbers in a binary heap, the one with the least key on top; equal keys by `tie`, which must be total. Keys are
 * kept beside the items. Allocates nothing once it is warm.
 */
export class Heap {
  readonly #tie: (a: number, b: number) => number
  #items = new Int32Array(0)
  #keys = new Float64Array(0)
  #length = 0

  constructor(tie: (a: number, b: number) => number) {
    this.#tie = tie
  }

  get length(): number {
    return this.#length
  }

  /** The item on top; meaningful while length > 0, like its key. */
  first(): number {
    return this.#items[0]
  }

  firstKey(): number {
    return this.#keys[0]
  }

  push(item: number, key: number): void {
    if (this.#length === this.#items.length) this.#grow()
    this.#up(this.#length++, item, key)
  }

  take(): number {
    const first = this.#items[0]
    const last = --this.#length
    if (last > 0) this.#down(0, this.#items[last], this.#keys[last])
    return first
  }

  /** Takes an item out wherever it stands, a search along the heap. @returns whether it was there */
  remove(item: number): boolean {
    const place = this.#items.subarray(0, this.#length).indexOf(item)
    if (place < 0) return false
    const last = --this.#length
    if (place === last) return true
    const moved = this.#items[last]
    const key = this.#keys[last]
    const parent = (place - 1) >> 1
    const rises = place > 0 && this.#precedes(moved, key, this.#items[parent], this.#keys[parent])
    if (rises) this.#up(place, moved, key)
    else this.#down(place, moved, key)
    return true
  }

  /** The item on top has a key no less than before, and may stand behind its equals now. */
  sinkFirst(key: number): void {
    this.#down(0, this.#items[0], key)
  }

  /** An item stands earlier among its equals than before. A search along the heap. */
  rise(item: number): void {
    const place = this.#items.indexOf(item)
    this.#up(place, item, this.#keys[place])
  }

  #precedes(a: number, aKey: number, b: number, bKey: number): boolean {
    return aKey === bKey ? this.#tie(a, b) < 0 : aKey < bKey
  }

  #up(from: number, item: number, key: number): void {
    const items = this.#items
    const keys = this.#keys
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#precedes(item, key, items[parent], keys[parent])) break
      items[place] = items[parent]
      keys[place] = keys[parent]
      place = parent
    }
    items[place] = item
    keys[place] = key
  }

  #down(from: number, item: number, key: number): void {
    const items = this.#items
    const keys = this.#keys
    let place = from
    for (;;) {
      const child = this.#firstChild(place)
      if (child < 0 || !this.#precedes(items[child], keys[child], item, key)) break
      items[place] = items[child]
      keys[place] = keys[child]
      place = child
    }
    items[place] = item
    keys[place] = key
  }

  /** The place of the child that goes first, or -1. */
  #firstChild(place: number): number {
    const items = this.#items
    const keys = this.#keys
    const left = 2 * place + 1
    const right = left + 1
    if (left >= this.#length) return -1
    if (right >= this.#length) return left
    return this.#precedes(items[right], keys[right], items[left], keys[left]) ? right : left
  }

  #grow(): void {
    const items = new Int32Array(Math.max(64, 2 * this.#items.length))
    const keys = new Float64Array(items.length)
    items.set(this.#items)
    keys.set(this.#keys)
    this.#items = items
    this.#keys = keys
  }
}
