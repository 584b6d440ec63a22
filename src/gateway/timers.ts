import { grown } from '../core/grown.ts'
import { Heap } from '../ordering/heap.ts'

/** What is to be done when its time has come. */
export const RETRY = 0
export const ASK_AGAIN = 1
export const TIME_OUT = 2
export const HEDGE = 3
export const EXPIRE = 4
export type Purpose = typeof RETRY | typeof ASK_AGAIN | typeof TIME_OUT | typeof HEDGE | typeof EXPIRE

// Numbers of a timer.
const REQUEST = 0
const PURPOSE = 1
const ATTEMPT = 2
const SET = 3
const TIME = 4
const WIDTH = 5

const FIRST_TIMERS = 64

/** Whether a timer is still good for anything: many outlive what they were set for. */
export type IsWanted = (request: number, attempt: number, purpose: number) => boolean

/** Moments to come, each with a request and a purpose; of equal ones the first that was set comes first. */
export class Timers {
  readonly #isWanted: IsWanted
  #records = new Float64Array(FIRST_TIMERS * WIDTH)
  #heap = this.#emptyHeap()
  readonly #free: number[] = []
  #used = 0
  #set = 0

  constructor(isWanted: IsWanted) {
    this.#isWanted = isWanted
  }

  /** Infinity where none is set. */
  get nextS(): number {
    return this.#heap.length === 0 ? Number.POSITIVE_INFINITY : this.#heap.firstKey()
  }

  /** How many are set, those among them that are good for nothing any more. */
  get length(): number {
    return this.#heap.length
  }

  /** @param attempt tells apart the attempts of all requests */
  set(timeS: number, request: number, attempt: number, purpose: Purpose): void {
    if (this.#free.length === 0 && this.#used * WIDTH === this.#records.length) this.#makeRoom()
    const timer = this.#free.pop() ?? this.#used++
    const from = timer * WIDTH
    this.#records[from + REQUEST] = request
    this.#records[from + PURPOSE] = purpose
    this.#records[from + ATTEMPT] = attempt
    this.#records[from + SET] = this.#set++
    this.#records[from + TIME] = timeS
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

  /** Lets go of those that are good for nothing; grows where those are less than half. All are in use. */
  #makeRoom(): void {
    this.#heap = this.#emptyHeap()
    for (let timer = 0; timer < this.#used; timer++) {
      const [request, attempt, purpose] = [REQUEST, ATTEMPT, PURPOSE].map(number => this.#of(timer, number))
      if (this.#isWanted(request, attempt, purpose)) this.#heap.push(timer, this.#of(timer, TIME))
      else this.#free.push(timer)
    }
    if (2 * this.#free.length < this.#used)
      this.#records = grown(this.#records, new Float64Array(2 * this.#records.length))
  }

  #emptyHeap(): Heap {
    return new Heap((a, b) => this.#of(a, SET) - this.#of(b, SET))
  }

  #of(timer: number, number: number): number {
    return this.#records[timer * WIDTH + number]
  }
}
