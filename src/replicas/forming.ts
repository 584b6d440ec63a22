import type { StepFormation } from '../batching/contract.ts'
import type { Calendar } from '../core/calendar.ts'
import type { Order } from '../ordering/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Batch } from './batch.ts'
import type { ReplicaKind } from './contract.ts'
import type { DeviceShare } from './device-share.ts'
import { HostMemory } from './host-memory.ts'
import type { Ledger } from './ledger.ts'
import type { PrefixHoldings } from './prefix-holdings.ts'
import type { Stretch } from './stretch.ts'

const NOBODY = -1

/** What the forming of steps shares with the replica around it. */
export interface FormingSetup {
  readonly kind: ReplicaKind
  readonly calendar: Calendar
  readonly requests: RequestTable
  readonly stretch: Stretch
  readonly ledger: Ledger
  readonly batch: Batch
  readonly order: Order | undefined
  readonly devices: DeviceShare | undefined
}

/** Forms the next step of a batch as its batcher says: continues, preempts and admits. */
export class Forming implements StepFormation {
  /** Whether the step being formed carries the decodes, and whether it preempted. */
  hasDecodes = false
  hasPreempted = false
  preemptions = 0
  /** Where the preempted may keep their KV. */
  readonly host: HostMemory | undefined
  readonly maxSequences: number
  readonly #kind: ReplicaKind
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #stretch: Stretch
  readonly #ledger: Ledger
  readonly #batch: Batch
  readonly #order: Order | undefined
  readonly #devices: DeviceShare | undefined
  /** Whether those that run have been put into the step. */
  #hasContinued = false
  readonly #chunkBudget: number
  readonly #maxPrefills: number
  /**
   * Whose prompt was last looked up, NOBODY where blocks have been taken since, and the tokens of it that were found.
   */
  #soughtFor = NOBODY
  #found = 0
  /** The running requests in the order in which blocks are given to them where these are short. */
  #pass = new Int32Array(0)

  constructor({ kind, calendar, requests, stretch, ledger, batch, order, devices }: FormingSetup) {
    this.maxSequences = kind.maxSequences
    this.#kind = kind
    this.#calendar = calendar
    this.#requests = requests
    this.#stretch = stretch
    this.#ledger = ledger
    this.#batch = batch
    this.#order = order
    this.#devices = devices
    // Bounds that are none are whole numbers all the same: what is counted with them stays whole to the engine.
    this.#chunkBudget = kind.chunkBudget ?? kind.tokenBudget
    this.#maxPrefills = kind.maxPrefills ?? kind.maxSequences
    this.host = kind.swap && new HostMemory(kind.swap, requests)
  }

  /** Asks the batcher what the next step carries. A step without chunks carries the decodes, if there are any. */
  form(): void {
    this.#batch.step.clear()
    this.hasDecodes = false
    this.hasPreempted = false
    this.#hasContinued = false
    this.#soughtFor = NOBODY
    this.#kind.batcher(this)
    const isEmpty = this.#batch.step.chunks === 0 && !this.hasDecodes
    if (isEmpty && this.#stretch.sequences > 0) this.continueRunning()
  }

  // --- What a batcher asks --------------------------------------------------------------------------------------

  get running(): number {
    return this.#batch.running.length
  }

  get decodes(): number {
    return this.#stretch.sequences
  }

  get prefills(): number {
    return this.#batch.prefills.length
  }

  get chunkTokens(): number {
    return this.#batch.step.chunkTokens
  }

  get budgetTokens(): number {
    const { chunkTokens } = this.#batch.step
    const left = this.#kind.tokenBudget - chunkTokens - (this.hasDecodes ? this.#stretch.sequences : 0)
    const leftOfChunks = this.#chunkBudget - chunkTokens
    return left < leftOfChunks ? left : leftOfChunks
  }

  get hasWaiting(): boolean {
    const { waiting } = this.#batch
    if (waiting.length === 0) return false
    return this.#requests.readyS[waiting.head] <= this.#calendar.clock[0]
  }

  get isBatchDue(): boolean {
    const { waiting } = this.#batch
    return waiting.length > 0 && waiting.headReadyS <= this.#calendar.clock[0]
  }

  get headTokens(): number {
    const { head } = this.#batch.waiting
    return this.#batch.restOf(head) - this.#tokensFound(head)
  }

  // --- Those that run -------------------------------------------------------------------------------------------

  continueRunning(): void {
    const { kv, prefills } = this.#batch
    const tokens = this.#stretch.tokensIn(this.#batch.blockSteps, this.#batch.blockSteps + 1)
    this.hasDecodes = this.#stretch.sequences > 0
    this.#hasContinued = true
    this.#soughtFor = NOBODY
    if (kv.neededFor(tokens) + this.#prefillBlocks() > kv.freeBlocks) return this.#continueInOrder(tokens)
    for (let i = 0; i < prefills.length; i++) {
      const request = prefills.at(i)
      this.#continuePrefill(request, this.#nextChunk(request))
    }
    if (!this.hasDecodes) return
    kv.advance(tokens)
    this.#batch.blockSteps++
  }

  /** No fewer blocks than the unfinished prefills can take in this step. */
  #prefillBlocks(): number {
    const { prefills } = this.#batch
    let blocks = 0
    for (let i = 0; i < prefills.length; i++) {
      const request = prefills.at(i)
      blocks += this.#chunkBlocks(request, this.#nextChunk(request))
    }
    return blocks
  }

  /** One by one, preempting from the last where blocks are short. @param tokens that every decode gains */
  #continueInOrder(tokens: number): void {
    const batch = this.#batch
    let left = this.#fillPass()
    for (let i = 0; i < left; i++) {
      const request = this.#pass[i]
      const isPrefill = batch.isPrefill(request)
      // As many as the budget has now, however many decodes give way to them.
      const chunk = isPrefill ? this.#nextChunk(request) : 0
      const blocks = isPrefill
        ? this.#chunkBlocks(request, chunk)
        : batch.kv.blocksNext(this.#requests.kvResidue[request], tokens)
      while (blocks > batch.kv.freeBlocks && left > i) this.#preempt(this.#pass[--left])
      if (left === i) break
      if (isPrefill) this.#continuePrefill(request, chunk)
      else batch.kv.freeBlocks -= blocks
    }
    this.hasDecodes = this.#stretch.sequences > 0
    if (!this.hasDecodes) return
    batch.kv.turn(tokens)
    batch.blockSteps++
  }

  /** Lists those that run in order of admission, or as the order of the queue has them. @returns how many they are */
  #fillPass(): number {
    const { running, waiting } = this.#batch
    const order = this.#order
    if (order !== undefined) waiting.settle()
    if (this.#pass.length < running.length) this.#pass = new Int32Array(2 * running.length)
    const pass = this.#pass
    let length = 0
    for (let request = running.oldest; request >= 0; request = running.after(request)) {
      let place = length++
      while (order !== undefined && place > 0 && order.compare(request, pass[place - 1]) < 0) {
        pass[place] = pass[place - 1]
        place--
      }
      pass[place] = request
    }
    return length
  }

  #preempt(request: number): void {
    const requests = this.#requests
    const batch = this.#batch
    batch.commit()
    this.hasPreempted = true
    this.preemptions++
    requests.preemptions[request]++
    if (batch.isPrefill(request)) batch.leavePrefills(request)
    else {
      this.#ledger.stalls.interrupt(request, this.#stretch.originS)
      batch.finishes.remove(request)
      batch.leaveDecodes(request)
      // What it has now, should it be kept.
      const context = requests.contextBase[request] + this.#stretch.originTokens
      requests.prefillTokens[request] = context
      requests.computedTokens[request] = context
    }
    batch.running.remove(request)
    requests.heldBlocks[request] = 0
    const isKept = this.host?.takes(request, this.#calendar.clock[0]) ?? false
    if (isKept) this.#ledger.swaps++
    else this.#forget(request)
    batch.pendingPrefillTokens += batch.restOf(request)
    batch.waitingComputedTokens += requests.computedTokens[request]
    batch.waiting.putBack(request)
  }

  /** All that it has is to be computed again. */
  #forget(request: number): void {
    const requests = this.#requests
    requests.computedTokens[request] = 0
    requests.prefillTokens[request] = requests.inputTokens[request] + requests.emittedTokens[request]
  }

  /**
   * Tokens that an unfinished prefill computes in this step, as far as the budget goes; none or below where it is
   * spent.
   */
  #nextChunk(request: number): number {
    return Math.min(this.#batch.restOf(request), this.budgetTokens)
  }

  /** Blocks that an unfinished prefill needs beyond those it holds for so many more tokens. */
  #chunkBlocks(request: number, tokens: number): number {
    if (tokens <= 0) return 0
    const { kv } = this.#batch
    return kv.blocksFor(this.#requests.computedTokens[request] + tokens) - this.#requests.heldBlocks[request]
  }

  #continuePrefill(request: number, tokens: number): void {
    if (tokens <= 0) return
    const blocks = this.#chunkBlocks(request, tokens)
    this.#batch.kv.freeBlocks -= blocks
    this.#requests.heldBlocks[request] += blocks
    this.#batch.step.add(request, tokens, this.#requests.computedTokens[request])
  }

  // --- Those that wait ------------------------------------------------------------------------------------------

  /** Tokens of a waiting request's prompt that the prefix cache holds. */
  #tokensFound(request: number): number {
    const { prefixes, kv } = this.#batch
    if (prefixes === undefined || this.#requests.computedTokens[request] > 0) return 0
    if (this.#soughtFor === request) return this.#found
    prefixes.settle(kv.freeBlocks)
    this.#soughtFor = request
    this.#found = prefixes.tokensFound(request)
    return this.#found
  }

  admit(tokens: number): boolean {
    const batch = this.#batch
    if (this.hasPreempted || batch.isFull || this.#devices?.isClosed) return false
    if (tokens > 0 && batch.prefills.length >= this.#maxPrefills) return false
    const { kv, running } = batch
    const requests = this.#requests
    const request = batch.waiting.head
    const found = this.#tokensFound(request)
    const context = requests.computedTokens[request] + found + tokens
    const blocks = kv.blocksFor(tokens === 0 ? context + this.#tokensAhead : context)
    const needed = found === 0 ? blocks : blocks - batch.prefixes!.blocksShared(request, found)
    const reserved = running.length === 0 ? 0 : this.#kind.watermarkBlocks
    if (needed > kv.freeBlocks - reserved) return false
    kv.freeBlocks -= needed
    this.#soughtFor = NOBODY
    requests.heldBlocks[request] += blocks
    this.host?.givesBack(request)
    batch.waiting.take()
    batch.waitingComputedTokens -= requests.computedTokens[request]
    running.add(request)
    if (batch.prefixes !== undefined) this.#holdFound(batch.prefixes, request, found)
    if (Number.isNaN(requests.admittedS[request])) requests.admittedS[request] = this.#calendar.clock[0]
    if (tokens === 0) return this.#join(request)
    batch.prefills.add(request)
    batch.step.add(request, tokens, requests.computedTokens[request])
    return true
  }

  /**
   * Tokens by which decodes have blocks beyond their context already: those of this step, once it has been continued.
   */
  get #tokensAhead(): number {
    const { reached } = this.#batch
    return this.#hasContinued ? this.#stretch.tokensIn(reached, reached + 1) : 0
  }

  #holdFound(prefixes: PrefixHoldings, request: number, found: number): void {
    const requests = this.#requests
    if (found > 0) {
      prefixes.hold(request, found)
      this.#batch.pendingPrefillTokens -= found
      requests.computedTokens[request] = found
      if (Number.isNaN(requests.admittedS[request])) requests.hitTokens[request] = found
    }
    prefixes.forgetFetched(request)
  }

  /** One whose KV is all there joins the decodes: those of this step, if they have been continued. */
  #join(request: number): boolean {
    const batch = this.#batch
    batch.commit()
    if (this.#hasContinued && !this.hasDecodes) {
      batch.kv.turn(this.#stretch.tokensIn(0, 1))
      batch.blockSteps++
      this.hasDecodes = true
    }
    batch.rejoin(request)
    return true
  }
}
