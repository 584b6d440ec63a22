import type { RequestTable } from '../requests/table.ts'

/** The decoding requests of a replica, the next to end on top: by finish step, then by order of admission. */
export class FinishHeap {
  readonly #requests: RequestTable
  #items = new Int32Array(64)
  #length = 0

  constructor(requests: RequestTable) {
    this.#requests = requests
  }

  get length(): number {
    return this.#length
  }

  /** The request that ends next; meaningful while length > 0. */
  top(): number {
    return this.#items[0]
  }

  push(request: number): void {
    if (this.#length === this.#items.length) {
      const items = new Int32Array(2 * this.#items.length)
      items.set(this.#items)
      this.#items = items
    }
    this.#up(this.#length++, request)
  }

  pop(): number {
    const top = this.#items[0]
    const last = this.#items[--this.#length]
    if (this.#length > 0) this.#down(0, last)
    return top
  }

  remove(request: number): void {
    const place = this.#requests.heapPlace[request]
    const last = this.#items[--this.#length]
    if (place === this.#length) return
    if (this.#precedes(last, request)) this.#up(place, last)
    else this.#down(place, last)
  }

  /** Calls `visit` for every member, in no stated order. */
  forEach(visit: (request: number) => void): void {
    for (let i = 0; i < this.#length; i++) visit(this.#items[i])
  }

  #precedes(a: number, b: number): boolean {
    const finish = this.#requests.finishStep
    const steps = finish[a] - finish[b]
    return steps !== 0 ? steps < 0 : this.#requests.admission[a] < this.#requests.admission[b]
  }

  #up(from: number, request: number): void {
    const items = this.#items
    const places = this.#requests.heapPlace
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#precedes(request, items[parent])) break
      items[place] = items[parent]
      places[items[place]] = place
      place = parent
    }
    items[place] = request
    places[request] = place
  }

  #down(from: number, request: number): void {
    const items = this.#items
    const places = this.#requests.heapPlace
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#length) break
      if (child + 1 < this.#length && this.#precedes(items[child + 1], items[child])) child++
      if (!this.#precedes(items[child], request)) break
      items[place] = items[child]
      places[items[place]] = place
      place = child
    }
    items[place] = request
    places[request] = place
  }
}
