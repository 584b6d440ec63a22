import { grown } from '../core/grown.ts'

const NONE = -1

/**
 * Who waits of each tenant, in order. Every waiting request has a seat, linked to its neighbours; seats are used again,
 * so that memory is bounded by the number of tenants and by how many ever waited at once.
 */
export class TenantQueues {
  readonly #compare: (a: number, b: number) => number
  /** The first seat of each tenant, or -1, and the last where there is a first. */
  #heads = new Int32Array(0)
  #tails = new Int32Array(0)
  // By seat; the first of a tenant has no `previous` that counts, and free seats are linked by `next`.
  #requests = new Int32Array(0)
  #next = new Int32Array(0)
  #previous = new Int32Array(0)
  #isPaid = new Uint8Array(0)
  #free = NONE

  /** @param compare total; requests mostly come in this order */
  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare
  }

  isEmpty(tenant: number): boolean {
    return this.#heads[tenant] === NONE
  }

  /** The request of the tenant that goes first; meaningful where it is not empty. */
  first(tenant: number): number {
    return this.#requests[this.#heads[tenant]]
  }

  isFirstPaid(tenant: number): boolean {
    return this.#isPaid[this.#heads[tenant]] === 1
  }

  add(tenant: number, request: number, isPaid: boolean): void {
    const before = this.#seatBefore(tenant, request)
    const after = before === NONE ? this.#heads[tenant] : this.#next[before]
    const seat = this.#takeSeat()
    this.#requests[seat] = request
    this.#isPaid[seat] = isPaid ? 1 : 0
    this.#next[seat] = after
    this.#previous[seat] = before
    if (before === NONE) this.#heads[tenant] = seat
    else this.#next[before] = seat
    if (after === NONE) this.#tails[tenant] = seat
    else this.#previous[after] = seat
  }

  take(tenant: number): number {
    const seat = this.#heads[tenant]
    this.#leave(tenant, seat)
    return this.#requests[seat]
  }

  /** Takes a request out wherever it stands, looking from the head on. @returns whether it was there */
  remove(tenant: number, request: number): boolean {
    let seat = this.#heads[tenant]
    while (seat !== NONE && this.#requests[seat] !== request) seat = this.#after(tenant, seat)
    if (seat === NONE) return false
    this.#leave(tenant, seat)
    return true
  }

  #after(tenant: number, seat: number): number {
    return seat === this.#tails[tenant] ? NONE : this.#next[seat]
  }

  #leave(tenant: number, seat: number): void {
    const after = this.#after(tenant, seat)
    if (seat === this.#heads[tenant]) this.#heads[tenant] = after
    else this.#next[this.#previous[seat]] = after
    if (after !== NONE) this.#previous[after] = this.#previous[seat]
    else this.#tails[tenant] = this.#previous[seat]
    this.#next[seat] = this.#free
    this.#free = seat
  }

  /** Makes room for tenants up to this number. */
  growTo(tenants: number): void {
    this.#heads = grown(this.#heads, new Int32Array(tenants).fill(NONE))
    this.#tails = grown(this.#tails, new Int32Array(tenants))
  }

  /** Behind which seat a request belongs: at once for the first of all, else looking from the tail on. */
  #seatBefore(tenant: number, request: number): number {
    if (this.isEmpty(tenant) || this.#compare(request, this.first(tenant)) < 0) return NONE
    let seat = this.#tails[tenant]
    while (this.#compare(request, this.#requests[seat]) < 0) seat = this.#previous[seat]
    return seat
  }

  #takeSeat(): number {
    if (this.#free === NONE) this.#addSeats()
    const seat = this.#free
    this.#free = this.#next[seat]
    return seat
  }

  #addSeats(): void {
    const first = this.#requests.length
    const seats = Math.max(64, 2 * first)
    this.#requests = grown(this.#requests, new Int32Array(seats))
    this.#next = grown(this.#next, new Int32Array(seats))
    this.#previous = grown(this.#previous, new Int32Array(seats))
    this.#isPaid = grown(this.#isPaid, new Uint8Array(seats))
    for (let seat = first; seat < seats; seat++) this.#next[seat] = seat + 1
    this.#next[seats - 1] = NONE
    this.#free = first
  }
}
