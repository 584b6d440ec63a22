/** Numbers of a slot's worth of ids: see `RequestTable`. */
const STRIDE = 16

/** A number of every request in flight that one part of the simulation keeps for itself. */
export class Column {
  readonly #initial: number
  #values = new Float64Array(0)

  /** @param initial what a request has that nobody has set one for */
  constructor(initial: number) {
    this.#initial = initial
  }

  at(request: number): number {
    const slot = request / STRIDE
    return slot < this.#values.length ? this.#values[slot] : this.#initial
  }

  /** Slots are used again: whoever sets a number clears it when the request ends, or sets it for every request. */
  set(request: number, value: number): void {
    const slot = request / STRIDE
    if (slot >= this.#values.length) this.#growTo(slot + 1)
    this.#values[slot] = value
  }

  clear(request: number): void {
    this.set(request, this.#initial)
  }

  #growTo(length: number): void {
    const values = new Float64Array(Math.max(64, 2 * length)).fill(this.#initial)
    values.set(this.#values)
    this.#values = values
  }
}
