import { CANCELLED } from '../requests/table.ts'
import type { Batch, BatchSetup } from './batch.ts'
import type { HostMemory } from './host-memory.ts'
import { RequestList } from './request-list.ts'

/** Requests at a replica that nobody wants any more: one that waits leaves at once, one that runs when its step ends. */
export class GivenUp {
  readonly #setup: BatchSetup
  readonly #batch: Batch
  readonly #host: HostMemory | undefined
  readonly #running = new RequestList()

  constructor(setup: BatchSetup, batch: Batch, host: HostMemory | undefined) {
    this.#setup = setup
    this.#batch = batch
    this.#host = host
  }

  /** How many are to leave when the step under way, or the next to begin, has ended. */
  get length(): number {
    return this.#running.length
  }

  add(request: number): void {
    if (!this.#withdraw(request)) this.#running.add(request)
  }

  /** A step has ended: lets go of those that run, but for those that ended with it. */
  leave(): void {
    this.#batch.commit()
    const { outcome } = this.#setup.requests
    for (let i = 0; i < this.#running.length; i++) {
      const request = this.#running.at(i)
      if (outcome[request] !== 0) continue
      // It may have been preempted when the step began.
      if (!this.#withdraw(request)) this.#stop(request)
    }
    this.#running.clear()
  }

  /** Takes one out of the queue. @returns false where it does not wait */
  #withdraw(request: number): boolean {
    const batch = this.#batch
    if (!batch.waiting.remove(request)) return false
    batch.pendingPrefillTokens -= batch.restOf(request)
    batch.waitingComputedTokens -= this.#setup.requests.computedTokens[request]
    batch.prefixes?.forgetFetched(request)
    this.#host?.givesBack(request)
    this.#end(request)
    return true
  }

  #stop(request: number): void {
    const batch = this.#batch
    const { ledger, stretch } = this.#setup
    if (batch.isPrefill(request)) batch.leavePrefills(request)
    else {
      ledger.stalls.interrupt(request, stretch.originS)
      batch.finishes.remove(request)
      batch.leaveDecodes(request)
    }
    batch.running.remove(request)
    if (batch.running.length === 0) ledger.gaps.clear()
    this.#end(request)
  }

  #end(request: number): void {
    const { requests, calendar, listener } = this.#setup
    requests.outcome[request] = CANCELLED
    requests.endS[request] = calendar.clock[0]
    listener.ended(request)
  }
}
