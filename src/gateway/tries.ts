import { type Column, Records } from '../requests/column.ts'

// Where an attempt stands.
/** Held: in line, being decided, or until a time that the policy has named. */
export const WAITING = 0
export const DECIDING = 1
export const POSTPONED = 2
/** At a replica; nobody wants it any more where another attempt has answered, or where its client has given up. */
export const SENT = 3
export const BEATEN = 4
export const GIVEN_UP = 5
/** Refused, expired or given up: to be tried again. */
export const RESTING = 6

/** What a gateway notes of every attempt at a request, kept while it is in flight. */
export class Tries {
  readonly #records = new Records(0, -1, 0, -1, WAITING)
  /** Place among all that came in: anew for each attempt. */
  readonly ticket: Column = this.#records.column(0)
  /** Tells apart the attempts of all requests; -1 of a request that has ended. */
  readonly attempt: Column = this.#records.column(1)
  /** Attempts at the request that have failed. */
  readonly failures: Column = this.#records.column(2)
  /** The other attempt under way at the same request, or -1. */
  readonly twin: Column = this.#records.column(3)
  readonly state: Column = this.#records.column(4)

  clear(request: number): void {
    this.#records.clear(request)
  }
}
