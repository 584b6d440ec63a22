import type { RequestTable } from '../requests/table.ts'

/**
 * The decoding requests of a replica, the next to end on top: by finish step, then by order of admission. Finish
 * steps are kept beside the requests, so that ordering them does not visit the table.
 */
export class FinishHeap {
  readonly #requests: RequestTable
  #items = new Int32Array(0)
  #steps = new Float64Array(0)
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

  /** Finish step of the top; Infinity when empty. */
  topStep(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#steps[0]
  }

  push(request: number): void {
    if (this.#length === this.#items.length) this.#grow()
    this.#up(this.#length++, request, this.#requests.finishStep[request])
  }

  pop(): number {
    const top = this.#items[0]
    const last = --this.#length
    if (last > 0) this.#down(0, this.#items[last], this.#steps[last])
    return top
  }

  /** Takes one out wherever it stands; a search along the heap. */
  remove(request: number): void {
    const items = this.#items
    let place = 0
    while (items[place] !== request) place++
    const last = --this.#length
    if (place === last) return
    const step = this.#steps[last]
    if (this.#precedes(items[last], step, request, this.#steps[place])) this.#up(place, items[last], step)
    else this.#down(place, items[last], step)
  }

  /** Calls `visit` for every member, in no stated order. */
  visitAll(visit: (request: number) => void): void {
    for (let i = 0; i < this.#length; i++) visit(this.#items[i])
  }

  /** The greatest `contextBase` of its members; a search. */
  greatestBase(): number {
    let greatest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < this.#length; i++) {
      greatest = Math.max(greatest, this.#requests.contextBase[this.#items[i]])
    }
    return greatest
  }

  #precedes(a: number, aStep: number, b: number, bStep: number): boolean {
    if (aStep !== bStep) return aStep < bStep
    return this.#requests.admission[a] < this.#requests.admission[b]
  }

  #up(from: number, request: number, step: number): void {
    const items = this.#items
    const steps = this.#steps
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#precedes(request, step, items[parent], steps[parent])) break
      items[place] = items[parent]
      steps[place] = steps[parent]
      place = parent
    }
    items[place] = request
    steps[place] = step
  }

  #down(from: number, request: number, step: number): void {
    const items = this.#items
    const steps = this.#steps
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#length) break
      const right = child + 1
      if (right < this.#length && this.#precedes(items[right], steps[right], items[child], steps[child]))
        child++
      if (!this.#precedes(items[child], steps[child], request, step)) break
      items[place] = items[child]
      steps[place] = steps[child]
      place = child
    }
    items[place] = request
    steps[place] = step
  }

  #grow(): void {
    const items = new Int32Array(Math.max(64, 2 * this.#items.length))
    const steps = new Float64Array(items.length)
    items.set(this.#items)
    steps.set(this.#steps)
    this.#items = items
    this.#steps = steps
  }
}
