import { grown } from '../core/grown.ts'
import type { RequestTable } from '../requests/table.ts'

/** Children of a place of the heap, side by side: with their steps they fill a line of the processor's cache. */
const CHILDREN = 4
/** Numbers of an entry. */
const STEP = 0
const REQUEST = 1
const ENTRY = 2

/**
 * The decoding requests of a replica, the next to end on top: by finish step, then by order of admission. Finish
 * steps are kept beside the requests, so that ordering them does not visit the table.
 */
export class FinishHeap {
  readonly #requests: RequestTable
  /** Step and request of every place, in turn; the first entries are left out, so that siblings begin a line. */
  #entries = new Float64Array(0)
  #length = 0

  constructor(requests: RequestTable) {
    this.#requests = requests
  }

  get length(): number {
    return this.#length
  }

  /** The request that ends next; meaningful while length > 0. */
  top(): number {
    return this.#requestAt(0)
  }

  /** Finish step of the top; Infinity when empty. */
  topStep(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#entries[at(0) + STEP]
  }

  push(request: number): void {
    if (at(this.#length) >= this.#entries.length) this.#grow()
    this.#up(this.#length++, request, this.#requests.finishStep[request])
  }

  pop(): number {
    const top = this.#requestAt(0)
    const last = --this.#length
    if (last > 0) this.#down(0, this.#requestAt(last), this.#entries[at(last) + STEP])
    return top
  }

  /** Takes one out wherever it stands; a search along the heap. */
  remove(request: number): void {
    let place = 0
    while (this.#requestAt(place) !== request) place++
    const last = --this.#length
    if (place === last) return
    const moved = this.#requestAt(last)
    const step = this.#entries[at(last) + STEP]
    if (this.#precedes(moved, step, place)) this.#up(place, moved, step)
    else this.#down(place, moved, step)
  }

  /** Calls `visit` for every member, in no stated order. */
  visitAll(visit: (request: number) => void): void {
    for (let place = 0; place < this.#length; place++) visit(this.#requestAt(place))
  }

  /** The greatest `contextBase` of its members; a search. */
  greatestBase(): number {
    let greatest = Number.NEGATIVE_INFINITY
    for (let place = 0; place < this.#length; place++) {
      greatest = Math.max(greatest, this.#requests.contextBase[this.#requestAt(place)])
    }
    return greatest
  }

  /** A small whole number to the engine, though it is kept as a double. */
  #requestAt(place: number): number {
    return this.#entries[at(place) + REQUEST] | 0
  }

  #precedes(request: number, step: number, place: number): boolean {
    const otherStep = this.#entries[at(place) + STEP]
    if (step !== otherStep) return step < otherStep
    const { admission } = this.#requests
    return admission[request] < admission[this.#requestAt(place)]
  }

  #up(from: number, request: number, step: number): void {
    let place = from
    while (place > 0) {
      const parent = ((place - 1) / CHILDREN) | 0
      if (!this.#precedes(request, step, parent)) break
      this.#move(parent, place)
      place = parent
    }
    this.#put(place, request, step)
  }

  #down(from: number, request: number, step: number): void {
    let place = from
    for (;;) {
      const first = CHILDREN * place + 1
      if (first >= this.#length) break
      const next = this.#firstOfSiblings(first)
      if (this.#precedes(request, step, next)) break
      this.#move(next, place)
      place = next
    }
    this.#put(place, request, step)
  }

  /** Which of the siblings from `first` on ends first. */
  #firstOfSiblings(first: number): number {
    const end = Math.min(first + CHILDREN, this.#length)
    let best = first
    for (let place = first + 1; place < end; place++) {
      if (this.#precedes(this.#requestAt(place), this.#entries[at(place) + STEP], best)) best = place
    }
    return best
  }

  #move(from: number, to: number): void {
    const entries = this.#entries
    entries[at(to) + STEP] = entries[at(from) + STEP]
    entries[at(to) + REQUEST] = entries[at(from) + REQUEST]
  }

  #put(place: number, request: number, step: number): void {
    this.#entries[at(place) + STEP] = step
    this.#entries[at(place) + REQUEST] = request
  }

  #grow(): void {
    const length = Math.max(at(64), 2 * this.#entries.length)
    this.#entries = grown(this.#entries, new Float64Array(length))
  }
}

/** Where the entry of a place begins. */
function at(place: number): number {
  return ENTRY * (place + CHILDREN - 1)
}
