import { type Column, Records } from '../requests/column.ts'

/** As every other. */
export const WANTED = 0
/** Another attempt has answered the request. */
export const LOST = 1
/** Its client has given up. */
export const TIMED_OUT_TRY = 2

/** What a gateway notes of every attempt at a request, kept while it is in flight. */
export class Tries {
  readonly #records = new Records(0, 0, -1, 0, -1, WANTED)
  /** Place among all that came in, and when it did: anew for each attempt. */
  readonly ticket: Column = this.#records.column(0)
  readonly sinceS: Column = this.#records.column(1)
  /** Tells apart the attempts of all requests; -1 of a request that has ended. */
  readonly attempt: Column = this.#records.column(2)
  /** Attempts at the request that have failed. */
  readonly failures: Column = this.#records.column(3)
  /** The other attempt under way at the same request, or -1. */
  readonly twin: Column = this.#records.column(4)
  /** `WANTED`, `LOST` or `TIMED_OUT_TRY`. */
  readonly state: Column = this.#records.column(5)

  clear(request: number): void {
    this.#records.clear(request)
  }
}
