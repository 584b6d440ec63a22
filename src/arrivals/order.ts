import { PriorityQueue } from 'js-sdsl'

/** As far as one may look ahead: memory for all of these rows is taken at once. */
export const MOST_SORT_ROWS = 2 ** 20

/**
 * Puts rows into order of time, rows of one time in the order they came. Rows live in slots that their reader keeps;
 * the order knows their times alone.
 */
export interface RowOrder {
  /** Slots from 0 to this are in use at most, beside the one that the next `push` gives. */
  readonly slots: number
  /** Rows so far that came behind a row of a later time. */
  readonly late: number
  /** Rows held. */
  readonly length: number
  /** Whether the earliest row may go: no row that may still come is allowed to be earlier. */
  readonly ready: boolean
  /** The slot that the next row is to be written to. */
  readonly next: number
  /** Takes in the row in slot `next`; false when a row later than it has already gone. */
  push(time: number): boolean
  /** No more rows come. */
  finish(): void
  /** Slot of the earliest row, which is free again with the next `push`. */
  take(): number
  /** Time of the row taken last. */
  readonly time: number
}

/** A row that came later than its time. */
interface Straggler {
  readonly time: number
  readonly sequence: number
  readonly slot: number
}

/** Looks ahead a bounded number of rows. Rows in order pass through a ring; only stragglers cost a heap. */
export class OrderWindow implements RowOrder {
  readonly slots: number
  late = 0
  time = Number.NaN
  readonly #rows: number
  readonly #mask: number
  readonly #times: Float64Array
  readonly #ring: Int32Array
  /** Slots that hold no row: the first `#free` of them. */
  readonly #empty: Int32Array
  #free: number
  readonly #stragglers = new PriorityQueue<Straggler>(
    [],
    (a, b) => a.time - b.time || a.sequence - b.sequence,
  )
  #straggling = 0
  #head = 0
  #tail = 0
  #latest = Number.NEGATIVE_INFINITY
  #passed = Number.NEGATIVE_INFINITY
  #over = false

  /** @param rows how far to look ahead, from 0 to `MOST_SORT_ROWS` */
  constructor(rows: number) {
    const capacity = 2 ** Math.ceil(Math.log2(rows + 2))
    this.slots = capacity
    this.#rows = rows
    this.#mask = capacity - 1
    this.#times = new Float64Array(capacity)
    this.#ring = new Int32Array(capacity)
    this.#empty = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i)
    this.#free = capacity
  }

  get length(): number {
    return this.#tail - this.#head + this.#straggling
  }

  get ready(): boolean {
    const { length } = this
    return length > this.#rows || (this.#over && length > 0)
  }

  get next(): number {
    return this.#empty[this.#free - 1]
  }

  push(time: number): boolean {
    if (time < this.#latest) return this.#pushStraggler(time)
    const slot = this.#empty[--this.#free]
    this.#times[slot] = time
    this.#ring[this.#tail++ & this.#mask] = slot
    this.#latest = time
    return true
  }

  finish(): void {
    this.#over = true
  }

  take(): number {
    const slot = this.#straggling > 0 ? this.#earliest() : this.#ring[this.#head++ & this.#mask]
    this.#empty[this.#free++] = slot
    this.time = this.#times[slot]
    this.#passed = this.time
    return slot
  }

  /** A straggler came after every row of the ring that has its time. */
  #earliest(): number {
    const straggler = this.#stragglers.top()!
    const slot = this.#ring[this.#head & this.#mask]
    if (this.#head < this.#tail && this.#times[slot] <= straggler.time) {
      this.#head++
      return slot
    }
    this.#stragglers.pop()
    this.#straggling--
    return straggler.slot
  }

  #pushStraggler(time: number): boolean {
    if (time < this.#passed) return false
    const slot = this.#empty[--this.#free]
    this.#times[slot] = time
    this.#stragglers.push({ time, sequence: this.late++, slot })
    this.#straggling++
    return true
  }
}

/** Waits for the last row: for traces that are not in order of time at all and fit into memory. */
export class WholeOrder implements RowOrder {
  late = 0
  time = Number.NaN
  readonly #times: number[] = []
  #latest = Number.NEGATIVE_INFINITY
  #sorted: readonly number[] = []
  #taken = 0
  #over = false

  get slots(): number {
    return this.#times.length
  }

  get length(): number {
    return this.#times.length - this.#taken
  }

  get ready(): boolean {
    return this.#over && this.length > 0
  }

  get next(): number {
    return this.#times.length
  }

  push(time: number): true {
    this.#times.push(time)
    if (time < this.#latest) this.late++
    else this.#latest = time
    return true
  }

  finish(): void {
    this.#over = true
    const slots = this.#times.map((_, slot) => slot)
    this.#sorted = slots.sort((a, b) => this.#times[a] - this.#times[b])
  }

  take(): number {
    const slot = this.#sorted[this.#taken++]
    this.time = this.#times[slot]
    return slot
  }
}
