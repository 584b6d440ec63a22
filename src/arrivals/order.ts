import { PriorityQueue } from 'js-sdsl'
import type { ArrivalBlock } from './contract.ts'

/** A row that came later than its time. */
interface Straggler {
  readonly ticks: number
  readonly sequence: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * Puts rows that are slightly out of order into order of time, rows of one time in the order they came, by
 * looking ahead a bounded number of rows. Rows in order pass through a ring; only stragglers cost a heap.
 */
export class OrderWindow {
  readonly #rows: number
  readonly #mask: number
  readonly #ticks: Float64Array
  readonly #inputTokens: Int32Array
  readonly #outputTokens: Int32Array
  readonly #stragglers = new PriorityQueue<Straggler>(
    [],
    (a, b) => a.ticks - b.ticks || a.sequence - b.sequence,
  )
  #sequence = 0
  #head = 0
  #tail = 0
  #latestTicks = Number.NEGATIVE_INFINITY
  #passedTicks = Number.NEGATIVE_INFINITY
  #originTicks = Number.NaN

  /** @param rows how far to look ahead */
  constructor(rows: number) {
    const capacity = 2 ** Math.ceil(Math.log2(rows + 1))
    this.#rows = rows
    this.#mask = capacity - 1
    this.#ticks = new Float64Array(capacity)
    this.#inputTokens = new Int32Array(capacity)
    this.#outputTokens = new Int32Array(capacity)
  }

  get length(): number {
    return this.#tail - this.#head + this.#stragglers.length
  }

  /** Whether the earliest row may go: no row that may still come is allowed to be earlier. */
  get full(): boolean {
    return this.length > this.#rows
  }

  /** Takes a row in; false when a row later than it has already gone. */
  push(ticks: number, inputTokens: number, outputTokens: number): boolean {
    if (ticks < this.#latestTicks) return this.#pushStraggler(ticks, inputTokens, outputTokens)
    const place = this.#tail++ & this.#mask
    this.#ticks[place] = ticks
    this.#inputTokens[place] = inputTokens
    this.#outputTokens[place] = outputTokens
    this.#latestTicks = ticks
    return true
  }

  /** Moves the earliest row into the block; its time counts from the first row that went. */
  moveInto(block: ArrivalBlock, ticksPerS: number): void {
    const place = this.#head & this.#mask
    const straggler = this.#stragglers.top()
    // A straggler came after every row of the ring that has its time.
    if (straggler && (this.#head === this.#tail || straggler.ticks < this.#ticks[place])) {
      this.#stragglers.pop()
      this.#emit(block, ticksPerS, straggler.ticks, straggler.inputTokens, straggler.outputTokens)
    } else {
      this.#head++
      this.#emit(block, ticksPerS, this.#ticks[place], this.#inputTokens[place], this.#outputTokens[place])
    }
  }

  #emit(
    block: ArrivalBlock,
    ticksPerS: number,
    ticks: number,
    inputTokens: number,
    outputTokens: number,
  ): void {
    if (Number.isNaN(this.#originTicks)) this.#originTicks = ticks
    this.#passedTicks = ticks
    block.push((ticks - this.#originTicks) / ticksPerS, inputTokens, outputTokens, 0, 0)
  }

  #pushStraggler(ticks: number, inputTokens: number, outputTokens: number): boolean {
    if (ticks < this.#passedTicks) return false
    this.#stragglers.push({ ticks, sequence: this.#sequence++, inputTokens, outputTokens })
    return true
  }
}
