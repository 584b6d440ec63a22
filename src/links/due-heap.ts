import { grown } from '../core/grown.ts'

/** Slots by the time at which something is due for each, the next on top; equal times in order of being added. */
export class DueHeap {
  /** Of every slot. Whoever writes the time of a member calls `moved` then. */
  timeS = new Float64Array(0)
  #order = new Float64Array(0)
  /** Where in the heap each slot stands. */
  #places = new Int32Array(0)
  #heap = new Int32Array(0)
  #length = 0
  #added = 0

  get length(): number {
    return this.#length
  }

  /** The slot that is due next; meaningful while length > 0. */
  first(): number {
    return this.#heap[0]
  }

  /** Infinity where there is none. */
  firstS(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.timeS[this.#heap[0]]
  }

  /** Whether the first here comes before the first of a heap that the same slots were added to, in the same order. */
  precedes(other: DueHeap): boolean {
    if (this.#length === 0) return false
    const difference = this.timeS[this.#heap[0]] - other.firstS()
    if (difference !== 0) return difference < 0
    return this.#order[this.#heap[0]] <= other.#order[other.#heap[0]]
  }

  /** Makes room for slots below `capacity`. */
  reserve(capacity: number): void {
    if (capacity <= this.timeS.length) return
    this.timeS = grown(this.timeS, new Float64Array(capacity))
    this.#order = grown(this.#order, new Float64Array(capacity))
    this.#places = grown(this.#places, new Int32Array(capacity))
    this.#heap = grown(this.#heap, new Int32Array(capacity))
  }

  /** A slot that is not a member becomes one; its time has been written. */
  add(slot: number): void {
    this.#order[slot] = this.#added++
    this.#up(this.#length++, slot)
  }

  pop(): number {
    const first = this.#heap[0]
    const last = this.#heap[--this.#length]
    if (this.#length > 0) this.#down(0, last)
    return first
  }

  /** A member's time has been written anew. */
  moved(slot: number): void {
    const place = this.#places[slot]
    this.#up(place, slot)
    if (this.#places[slot] === place) this.#down(place, slot)
  }

  #precedes(a: number, b: number): boolean {
    const difference = this.timeS[a] - this.timeS[b]
    return difference < 0 || (difference === 0 && this.#order[a] < this.#order[b])
  }

  #up(from: number, slot: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#precedes(slot, this.#heap[parent])) break
      this.#put(place, this.#heap[parent])
      place = parent
    }
    this.#put(place, slot)
  }

  #down(from: number, slot: number): void {
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#length) break
      if (child + 1 < this.#length && this.#precedes(this.#heap[child + 1], this.#heap[child])) child++
      if (!this.#precedes(this.#heap[child], slot)) break
      this.#put(place, this.#heap[child])
      place = child
    }
    this.#put(place, slot)
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot
    this.#places[slot] = place
  }
}
