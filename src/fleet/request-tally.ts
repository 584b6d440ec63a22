import { grown } from '../core/grown.ts'
import { isServed } from '../requests/outcomes.ts'
import {
  EXPIRED,
  FINISHED,
  LENGTH,
  REFUSED,
  REJECTED,
  type RequestTable,
  TIMED_OUT,
} from '../requests/table.ts'
import type { GroupResult } from '../results/group-result.ts'

/** Counts and sums of one group of requests. */
export type Tallied = Omit<GroupResult, 'by' | 'name' | 'promised' | 'spreads'>

// Cells of a group: how many requests in all, how many by outcome at its number, then these.
const ATTAINED = 8
const ATTAINED_TOKENS = 9
const ASKED_TOKENS = 10
const SERVED_TOKENS = 11
const TTFT_S = 12
const TPOT_S = 13
const WITH_TPOT = 14
const E2E_S = 15
const STRIDE = 16

/** Counts requests that have ended by a small whole number, such as their tenant's: 128 bytes for each. */
export class RequestTally {
  readonly #requests: RequestTable
  #cells = new Float64Array(8 * STRIDE)

  constructor(requests: RequestTable) {
    this.#requests = requests
  }

  /** Numbers below this may have been met. */
  get groups(): number {
    return this.#cells.length / STRIDE
  }

  /** @param isInWindow whether the request has ended in the window */
  add(group: number, request: number, isGood: boolean, isInWindow: boolean): void {
    const { outcome, inputTokens, outputTokens, emittedTokens } = this.#requests
    if (group >= this.groups) this.#growTo(group + 1)
    const cells = this.#cells
    const first = group * STRIDE
    cells[first]++
    cells[first + outcome[request]]++
    cells[first + ASKED_TOKENS] += inputTokens[request] + outputTokens[request]
    if (isGood) {
      cells[first + ATTAINED]++
      cells[first + ATTAINED_TOKENS] += emittedTokens[request]
    }
    if (!isServed(outcome[request])) return
    if (isInWindow) cells[first + SERVED_TOKENS] += inputTokens[request] + emittedTokens[request]
    this.#addTimes(first, request)
  }

  #addTimes(first: number, request: number): void {
    const { arrivalS, firstTokenS, endS, emittedTokens } = this.#requests
    const cells = this.#cells
    const gaps = emittedTokens[request] - 1
    cells[first + TTFT_S] += firstTokenS[request] - arrivalS[request]
    cells[first + E2E_S] += endS[request] - arrivalS[request]
    if (gaps < 1) return
    cells[first + TPOT_S] += (endS[request] - firstTokenS[request]) / gaps
    cells[first + WITH_TPOT]++
  }

  of(group: number): Tallied {
    const cells = this.#cells.subarray(group * STRIDE, (group + 1) * STRIDE)
    const finished = cells[FINISHED] + cells[LENGTH]
    return {
      arrived: cells[0],
      finished,
      rejected: cells[REJECTED],
      refused: cells[REFUSED],
      expired: cells[EXPIRED],
      timedOut: cells[TIMED_OUT],
      attained: cells[ATTAINED],
      attainedTokens: cells[ATTAINED_TOKENS],
      askedTokens: cells[ASKED_TOKENS],
      servedTokens: cells[SERVED_TOKENS],
      ttftMeanS: cells[TTFT_S] / finished,
      tpotMeanS: cells[TPOT_S] / cells[WITH_TPOT],
      e2eMeanS: cells[E2E_S] / finished,
    }
  }

  #growTo(groups: number): void {
    this.#cells = grown(this.#cells, new Float64Array(2 * groups * STRIDE))
  }
}
