import { grown } from '../core/grown.ts'
import { Heap } from '../ordering/heap.ts'

/** What is to be done when its time has come. */
export const RETRY = 0
export const ASK_AGAIN = 1
export const TIME_OUT = 2
export const HEDGE = 3
export type Purpose = typeof RETRY | typeof ASK_AGAIN | typeof TIME_OUT | typeof HEDGE

// Numbers of a timer.
const REQUEST = 0
const PURPOSE = 1
const ATTEMPT = 2
const SET = 3
const WIDTH = 4

/** Moments to come, each with a request and a purpose; of equal ones the first that was set comes first. */
export class Timers {
  #records = new Float64Array(0)
  readonly #free: number[] = []
  #used = 0
  #set = 0
  readonly #heap = new Heap((a, b) => this.#of(a, SET) - this.#of(b, SET))

  /** Infinity where none is set. */
  get nextS(): number {
    return this.#heap.length === 0 ? Number.POSITIVE_INFINITY : this.#heap.firstKey()
  }

  /** @param attempt tells apart the attempts of all requests; a timer may outlive its own */
  set(timeS: number, request: number, attempt: number, purpose: Purpose): void {
    const timer = this.#free.pop() ?? this.#used++
    const from = timer * WIDTH
    if (from === this.#records.length)
      this.#records = grown(this.#records, new Float64Array(Math.max(64 * WIDTH, 2 * from)))
    this.#records[from + REQUEST] = request
    this.#records[from + PURPOSE] = purpose
    this.#records[from + ATTEMPT] = attempt
    this.#records[from + SET] = this.#set++
    this.#heap.push(timer, timeS)
  }

  // Of the next; meaningful while nextS is finite.
  get request(): number {
    return this.#of(this.#heap.first(), REQUEST)
  }

  get purpose(): number {
    return this.#of(this.#heap.first(), PURPOSE)
  }

  get attempt(): number {
    return this.#of(this.#heap.first(), ATTEMPT)
  }

  /** Takes the next away. */
  take(): void {
    this.#free.push(this.#heap.take())
  }

  #of(timer: number, number: number): number {
    return this.#records[timer * WIDTH + number]
  }
}
