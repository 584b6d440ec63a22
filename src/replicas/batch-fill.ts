import type { Ring } from '../core/ring.ts'
import type { RequestTable } from '../requests/table.ts'
import type { ReplicaKind } from './contract.ts'

/** How long the head of a queue waits for its batch to fill. */
export class BatchFill {
  readonly #delayS: number
  readonly #kind: ReplicaKind
  readonly #requests: RequestTable
  readonly #waiting: Ring

  constructor(kind: ReplicaKind, requests: RequestTable, waiting: Ring) {
    this.#delayS = kind.batchDelayS ?? 0
    this.#kind = kind
    this.#requests = requests
    this.#waiting = waiting
  }

  /**
   * When the batch of the head of the queue may begin: waited for, or full. One that was preempted has waited for its
   * batch already.
   */
  dueS(): number {
    const head = this.#waiting.at(0)
    const readyS = this.#requests.readyS[head]
    if (this.#delayS === 0 || this.#requests.preemptions[head] > 0) return readyS
    return Math.min(readyS + this.#delayS, this.#filledS())
  }

  /**
   * Whether the request taken in last has filled the batch.
   *
   * @param tokens to compute of all that wait
   */
  hasJustFilled(tokens: number): boolean {
    if (this.#delayS === 0) return false
    const { length } = this.#waiting
    const before = tokens - this.#tokensOf(this.#waiting.at(length - 1))
    return this.#fills(length, tokens) && !this.#fills(length - 1, before)
  }

  /** When enough of those that wait to fill a batch are past the front end; Infinity where they are too few. */
  #filledS(): number {
    let tokens = 0
    let readyS = 0
    for (let i = 0; i < this.#waiting.length; i++) {
      const request = this.#waiting.at(i)
      tokens += this.#tokensOf(request)
      // One may be held back longer than those behind it: by blocks on their way, or by the front end that they did not
      // pass.
      readyS = Math.max(readyS, this.#requests.readyS[request])
      if (this.#fills(i + 1, tokens)) return readyS
    }
    return Number.POSITIVE_INFINITY
  }

  #fills(requests: number, tokens: number): boolean {
    return requests >= this.#kind.maxSequences || tokens >= this.#kind.tokenBudget
  }

  #tokensOf(request: number): number {
    return this.#requests.prefillTokens[request] - this.#requests.computedTokens[request]
  }
}
