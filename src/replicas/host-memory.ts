import { Records } from '../requests/column.ts'
import type { RequestTable } from '../requests/table.ts'
import { Channel } from './channel.ts'
import type { Swap } from './contract.ts'

/** KV of the preempted in the host's memory. It goes there, and comes back when next needed, one after another. */
export class HostMemory {
  readonly #swap: Swap
  readonly #requests: RequestTable
  readonly #channel: Channel
  /** Tokens of all requests, and of each. */
  #tokens = 0
  readonly #kept = new Records(0).column(0)

  constructor(swap: Swap, requests: RequestTable) {
    this.#swap = swap
    this.#requests = requests
    this.#channel = new Channel(swap.bytesPerS)
  }

  /** Tokens that it holds now. */
  get tokens(): number {
    return this.#tokens
  }

  /**
   * Takes what a request preempted now has computed, to be back at its `readyS`.
   *
   * @returns false where there is no room
   */
  takes(request: number, nowS: number): boolean {
    const tokens = this.#requests.computedTokens[request]
    if (tokens === 0 || this.#tokens + tokens > this.#swap.mostTokens) return false
    this.#tokens += tokens
    this.#kept.set(request, tokens)
    this.#requests.readyS[request] = this.#channel.finishS(nowS, 2 * tokens * this.#swap.bytesPerToken)
    return true
  }

  /** A request is admitted: what it has here, if anything, is needed no more. */
  givesBack(request: number): void {
    this.#tokens -= this.#kept.at(request)
    this.#kept.clear(request)
  }
}
