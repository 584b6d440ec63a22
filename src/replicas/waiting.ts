import type { Calendar } from '../core/calendar.ts'
import { Ring } from '../core/ring.ts'
import type { Order } from '../ordering/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import { BatchFill } from './batch-fill.ts'
import type { ReplicaKind } from './contract.ts'

/**
 * The requests that wait at a replica. In order of arrival; where an order of its own is given, those past the front
 * end are in it, and the others behind them in order of arrival.
 */
export class Waiting {
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #ring = new Ring()
  readonly #order: Order | undefined
  readonly #fill: BatchFill

  constructor(kind: ReplicaKind, calendar: Calendar, requests: RequestTable, order: Order | undefined) {
    this.#calendar = calendar
    this.#requests = requests
    this.#order = order
    this.#fill = new BatchFill(kind, requests, this.#ring)
  }

  get length(): number {
    return this.#order === undefined ? this.#ring.length : this.#ring.length + this.#order.length
  }

  /** Whether one that comes later may go earlier. */
  get isOrdered(): boolean {
    return this.#order !== undefined
  }

  /** Who goes next; meaningful while length > 0. */
  get head(): number {
    if (this.#order === undefined) return this.#ring.at(0)
    this.settle()
    return this.#order.length > 0 ? this.#order.first() : this.#ring.at(0)
  }

  /** When a step may carry the head: it is past the front end, and has waited for its batch to fill. */
  get headReadyS(): number {
    return this.#order === undefined ? this.#fill.dueS() : this.#requests.readyS[this.head]
  }

  /**
   * The next moment after now at which a step may carry the head, or one that may go before it; Infinity where time
   * alone brings neither.
   */
  get newsS(): number {
    const headReadyS = this.headReadyS
    const laterS = headReadyS > this.#calendar.clock[0] ? headReadyS : Number.POSITIVE_INFINITY
    if (this.#order === undefined || this.#ring.length === 0) return laterS
    return Math.min(laterS, this.#requests.readyS[this.#ring.at(0)])
  }

  /**
   * Whether the request taken in last has filled the batch that the others wait for.
   *
   * @param tokens to compute of all
   */
  hasJustFilled(tokens: number): boolean {
    return this.#fill.hasJustFilled(tokens)
  }

  push(request: number): void {
    this.#ring.push(request)
  }

  /** Takes back one that was admitted before. */
  putBack(request: number): void {
    if (this.#order === undefined) return this.#ring.unshift(request)
    this.settle()
    this.#order.putBack(request)
  }

  /** Takes the head away. */
  take(): number {
    if (this.#order === undefined) return this.#ring.shift()
    this.settle()
    return this.#order.length > 0 ? this.#order.take() : this.#ring.shift()
  }

  /** Takes one out that is given up. @returns whether it was there */
  remove(request: number): boolean {
    return this.#ring.remove(request) || (this.#order?.remove(request) ?? false)
  }

  /** Puts those that are past the front end by now into the order. */
  settle(): void {
    const ring = this.#ring
    const nowS = this.#calendar.clock[0]
    while (ring.length > 0 && this.#requests.readyS[ring.at(0)] <= nowS) this.#order!.push(ring.shift())
  }
}
