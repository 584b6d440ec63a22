/** An id without these bits is the number of its slot: see `RequestTable`. */
const SLOT_SHIFT = 4

/** A number of every request in flight that one part of the simulation keeps for itself. */
export class Column {
  readonly #initial: number
  readonly #records: Records
  readonly #offset: number

  /** @param initial what a request has that nobody has set one for */
  constructor(initial: number, records = new Records([initial]), offset = 0) {
    this.#initial = initial
    this.#records = records
    this.#offset = offset
  }

  at(request: number): number {
    const { values, width } = this.#records
    const place = (request >> SLOT_SHIFT) * width + this.#offset
    return place < values.length ? values[place] : this.#initial
  }

  /** Slots are used again: whoever sets a number clears it when the request ends, or sets it for every request. */
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

/** Columns whose numbers of one request lie side by side, for they are read together. @param initials of each */
export function columnsOf<T extends readonly number[]>(...initials: T): { [K in keyof T]: Column } {
  const records = new Records(initials)
  return initials.map((initial, offset) => new Column(initial, records, offset)) as { [K in keyof T]: Column }
}

/** By slot, one number of each column. */
class Records {
  readonly width: number
  values = new Float64Array(0)
  readonly #initials: readonly number[]

  constructor(initials: readonly number[]) {
    this.width = initials.length
    this.#initials = initials
  }

  growTo(slots: number): void {
    const values = new Float64Array(Math.max(64, 2 * slots) * this.width)
    for (let place = this.values.length; place < values.length; place++) {
      values[place] = this.#initials[place % this.width]
    }
    values.set(this.values)
    this.values = values
  }
}
