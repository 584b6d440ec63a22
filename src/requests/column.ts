/** An id without these bits is the number of its slot: see `RequestTable`. */
const SLOT_SHIFT = 4
const FIRST_SLOTS = 64

/** Some numbers of every request in flight, kept side by side because they are read together. */
export class Records {
  readonly width: number
  values = new Float64Array(0)
  readonly #initials: readonly number[]

  /** @param initials what a request has of each number that nobody has set */
  constructor(...initials: readonly number[]) {
    this.width = initials.length
    this.#initials = initials
  }

  /** All of one number. */
  column(offset: number): Column {
    return new Column(this, offset, this.#initials[offset])
  }

  /** Slots are used again: whoever sets a number clears the request when it ends, or sets it for every request. */
  clear(request: number): void {
    const first = (request >> SLOT_SHIFT) * this.width
    if (first >= this.values.length) return
    for (let i = 0; i < this.width; i++) this.values[first + i] = this.#initials[i]
  }

  growTo(slots: number): void {
    const values = new Float64Array(Math.max(FIRST_SLOTS, 2 * slots) * this.width)
    for (let place = this.values.length; place < values.length; place++) {
      values[place] = this.#initials[place % this.width]
    }
    values.set(this.values)
    this.values = values
  }
}

/** A number of every request in flight that one part of the simulation keeps for itself. */
export class Column {
  readonly #records: Records
  readonly #offset: number
  readonly #initial: number

  constructor(records: Records, offset: number, initial: number) {
    this.#records = records
    this.#offset = offset
    this.#initial = initial
  }

  at(request: number): number {
    const { values, width } = this.#records
    const place = (request >> SLOT_SHIFT) * width + this.#offset
    return place < values.length ? values[place] : this.#initial
  }

  set(request: number, value: number): void {
    const records = this.#records
    const place = (request >> SLOT_SHIFT) * records.width + this.#offset
    if (place >= records.values.length) records.growTo((request >> SLOT_SHIFT) + 1)
    records.values[place] = value
  }

  clear(request: number): void {
    this.set(request, this.#initial)
  }
}
