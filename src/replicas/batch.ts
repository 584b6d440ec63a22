import type { StepFormation } from '../batching/contract.ts'
import type { Calendar } from '../core/calendar.ts'
import { Ring } from '../core/ring.ts'
import { FINISHED, LENGTH, type RequestTable } from '../requests/table.ts'
import { BatchFill } from './batch-fill.ts'
import { Chunks } from './chunks.ts'
import type { ReplicaKind } from './contract.ts'
import { FinishHeap } from './finish-heap.ts'
import { KvCache } from './kv-cache.ts'
import type { Ledger } from './ledger.ts'
import { Prefills } from './prefills.ts'
import { RunningList } from './running-list.ts'
import type { Stretch } from './stretch.ts'

/** Who is told that a request has ended at a replica. */
export interface ReplicaListener {
  ended(request: number): void
}

/** What a batch shares with the replica around it. */
export interface BatchSetup {
  readonly kind: ReplicaKind
  readonly calendar: Calendar
  readonly requests: RequestTable
  readonly stretch: Stretch
  readonly ledger: Ledger
  readonly listener: ReplicaListener
  /** Ordinal of its first step. */
  readonly firstOrdinal: number
}

/**
 * Who waits, who runs and who holds which KV blocks at one replica; and the next step as a batcher forms it. It
 * knows boundaries as numbers of steps from the stretch's origin, and moves the origin before membership changes.
 */
export class Batch implements StepFormation {
  readonly kv: KvCache
  readonly waiting = new Ring()
  /** Running requests that decode, by when they end. */
  readonly finishes: FinishHeap
  /** The step being formed, then the step with chunks under way. */
  readonly step: Chunks
  /** Sum over waiting and unfinished prefills of the prompt tokens still to compute. */
  pendingPrefillTokens = 0
  preemptions = 0
  /** Boundary of the stretch reached when the next step is being formed, and up to which KV blocks are taken. */
  reached = 0
  blockSteps = 0
  /** Whether the step being formed carries the decodes, and whether it preempted. */
  hasDecodes = false
  hasPreempted = false
  readonly #kind: ReplicaKind
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #stretch: Stretch
  readonly #ledger: Ledger
  readonly #listener: ReplicaListener
  readonly #running: RunningList
  readonly #prefills = new Prefills()
  readonly #fill: BatchFill

  constructor({ kind, calendar, requests, stretch, ledger, listener, firstOrdinal }: BatchSetup) {
    this.#kind = kind
    this.#calendar = calendar
    this.#requests = requests
    this.#stretch = stretch
    this.#ledger = ledger
    this.#listener = listener
    this.#fill = new BatchFill(kind, requests, this.waiting)
    this.#running = new RunningList(requests)
    this.finishes = new FinishHeap(requests)
    this.step = new Chunks(kind.latency.window)
    this.step.ordinal = firstOrdinal
    this.kv = new KvCache(kind.kvBlocks, kind.blockTokens)
  }

  /** Puts a request at the tail of the queue; it may be admitted from `readyS` on. */
  enqueue(request: number, readyS: number): void {
    const requests = this.#requests
    requests.readyS[request] = readyS
    requests.prefillTokens[request] = requests.inputTokens[request]
    requests.computedTokens[request] = Math.min(
      requests.hitTokens[request],
      requests.inputTokens[request] - 1,
    )
    this.pendingPrefillTokens += this.#restOf(request)
    this.waiting.push(request)
  }

  /** When a step may carry the head of the queue: it is past the front end, and has waited for its batch to fill. */
  get headReadyS(): number {
    return this.#fill.dueS()
  }

  /** Whether the request taken in last has filled the batch that the queue waits for; nothing runs. */
  get hasJustFilled(): boolean {
    return this.#fill.hasJustFilled(this.pendingPrefillTokens)
  }

  get isFull(): boolean {
    return this.#running.length === this.#kind.maxSequences
  }

  // --- The end of a step ----------------------------------------------------------------------------------------

  /** Arrives at a boundary of the stretch: takes the blocks of its steps and lets go of what ended. */
  reach(step: number): void {
    this.reached = step
    if (step > this.blockSteps) {
      this.kv.advance(step - this.blockSteps)
      this.blockSteps = step
    }
    if (this.finishes.topStep() !== this.#stretch.originStep + step) return
    this.commit()
    this.#endFinished()
  }

  /** Moves the origin to the boundary reached: folds the closed forms of the stretch into the books. */
  commit(): void {
    const steps = this.reached
    if (steps === 0) return
    this.#ledger.foldStretch(this.#stretch, steps, this.step.ordinal)
    this.blockSteps -= steps
    this.reached = 0
    this.#settleShares()
  }

  /** Starts the running shares anew before their sums grow so large that differences lose digits. */
  #settleShares(): void {
    const { shares } = this.#ledger
    const { originStep } = this.#stretch
    if (!shares.isDue(originStep)) return
    this.finishes.visitAll(request => shares.leave(request))
    shares.restart(originStep)
    this.finishes.visitAll(request => shares.join(request))
  }

  #endFinished(): void {
    while (this.finishes.topStep() === this.#stretch.originStep) {
      const request = this.finishes.pop()
      this.#leaveDecodes(request)
      this.#end(request)
    }
  }

  /** A step with chunks has ended: books it, ends its decodes that are done, lets finished prefills decode. */
  endMixed(): void {
    const { step } = this
    this.#ledger.foldMixed(this.#stretch, step)
    if (step.sequences > 0) {
      this.blockSteps--
      this.#settleShares()
    }
    step.ordinal++
    this.#endFinished()
    this.#endChunks()
  }

  #endChunks(): void {
    const requests = this.#requests
    const { step } = this
    for (let i = 0; i < step.chunks; i++) {
      const request = step.requestOf(i)
      const tokens = step.tokensOf(i)
      requests.computedTokens[request] += tokens
      this.pendingPrefillTokens -= tokens
      if (!this.#isPrefill(request)) this.#emitFirst(request)
    }
  }

  /** The prefill is complete: its step emits a token, and the request decodes unless that was the last. */
  #emitFirst(request: number): void {
    const requests = this.#requests
    const nowS = this.#stretch.originS
    this.#prefills.remove(request)
    this.#ledger.outputTokens++
    const emitted = ++requests.emittedTokens[request]
    if (emitted === 1) requests.firstTokenS[request] = nowS
    else this.#ledger.itlSumS += this.#ledger.stalls.resume(request, requests, nowS)
    const left = this.#outputLimit(request) - emitted
    if (left > 0) return this.#joinDecodes(request, left)
    this.kv.freeBlocks += requests.heldBlocks[request]
    this.#end(request)
  }

  // --- Who is in the batch --------------------------------------------------------------------------------------

  #outputLimit(request: number): number {
    const { inputTokens, outputTokens } = this.#requests
    return Math.min(outputTokens[request], this.#kind.maxModelLen - inputTokens[request])
  }

  #isPrefill(request: number): boolean {
    return this.#requests.computedTokens[request] < this.#requests.prefillTokens[request]
  }

  /** Adds a request with `left` tokens to come to the decode batch at the origin, which is now. */
  #joinDecodes(request: number, left: number): void {
    const requests = this.#requests
    const stretch = this.#stretch
    const context = requests.prefillTokens[request]
    requests.contextBase[request] = context - stretch.originStep
    requests.finishStep[request] = stretch.originStep + left
    requests.lastTokenS[request] = stretch.originS
    requests.epoch[request] = this.step.ordinal
    requests.kvResidue[request] = this.kv.join(context)
    stretch.sequences++
    stretch.contextTokens += context
    this.finishes.push(request)
    this.#ledger.shares.join(request)
  }

  /** Takes a request off the decode batch at the origin, which is now; the heap has let go of it. */
  #leaveDecodes(request: number): void {
    const requests = this.#requests
    const stretch = this.#stretch
    const context = requests.contextBase[request] + stretch.originStep
    this.#ledger.shares.leave(request)
    this.kv.leave(requests.kvResidue[request])
    this.kv.freeBlocks += this.kv.blocksFor(context)
    stretch.sequences--
    stretch.contextTokens -= context
    requests.emittedTokens[request] =
      this.#outputLimit(request) - (requests.finishStep[request] - stretch.originStep)
    const worstS = this.#ledger.gaps.worstSince(requests.epoch[request])
    if (worstS > requests.worstItlS[request]) requests.worstItlS[request] = worstS
  }

  /** The request has its last token now. */
  #end(request: number): void {
    const requests = this.#requests
    this.#running.remove(request)
    requests.endS[request] = this.#stretch.originS
    const isWhole = requests.emittedTokens[request] === requests.outputTokens[request]
    requests.outcome[request] = isWhole ? FINISHED : LENGTH
    if (this.#running.length === 0) this.#ledger.gaps.clear()
    this.#listener.ended(request)
  }

  // --- Forming the next step ------------------------------------------------------------------------------------

  /** Asks the batcher what the next step carries. */
  form(): void {
    this.step.clear()
    this.hasDecodes = false
    this.hasPreempted = false
    this.#kind.batcher(this)
  }

  get running(): number {
    return this.#running.length
  }

  get decodes(): number {
    return this.#stretch.sequences
  }

  get prefills(): number {
    return this.#prefills.length
  }

  get maxSequences(): number {
    return this.#kind.maxSequences
  }

  get chunkTokens(): number {
    return this.step.chunkTokens
  }

  get budgetTokens(): number {
    return this.#kind.tokenBudget - this.step.chunkTokens - (this.hasDecodes ? this.#stretch.sequences : 0)
  }

  get hasWaiting(): boolean {
    if (this.waiting.length === 0) return false
    return this.#requests.readyS[this.waiting.at(0)] <= this.#calendar.clock[0]
  }

  get isBatchDue(): boolean {
    return this.waiting.length > 0 && this.headReadyS <= this.#calendar.clock[0]
  }

  get headTokens(): number {
    return this.#restOf(this.waiting.at(0))
  }

  continueRunning(): void {
    this.hasDecodes = this.#stretch.sequences > 0
    if (this.kv.neededFor(1) + this.#prefillBlocks() > this.kv.freeBlocks) return this.#continueInOrder()
    for (let i = 0; i < this.#prefills.length; i++) this.#continuePrefill(this.#prefills.at(i))
    if (!this.hasDecodes) return
    this.kv.advance(1)
    this.blockSteps++
  }

  /** No fewer blocks than the unfinished prefills can take in this step. */
  #prefillBlocks(): number {
    let blocks = 0
    for (let i = 0; i < this.#prefills.length; i++) blocks += this.#chunkBlocks(this.#prefills.at(i))
    return blocks
  }

  /** One by one in order of admission, preempting the newest where blocks are short. */
  #continueInOrder(): void {
    for (let request = this.#running.oldest; request >= 0; request = this.#running.after(request)) {
      const isPrefill = this.#isPrefill(request)
      const blocks = isPrefill ? this.#chunkBlocks(request) : this.#decodeBlocks(request)
      if (!this.#makeRoom(blocks, request)) break
      if (isPrefill) this.#continuePrefill(request)
      else this.kv.freeBlocks -= blocks
    }
    this.hasDecodes = this.#stretch.sequences > 0
    if (!this.hasDecodes) return
    this.kv.turn()
    this.blockSteps++
  }

  /** Preempts the newest until the blocks are free. @returns false when `request` itself had to go */
  #makeRoom(blocks: number, request: number): boolean {
    while (blocks > this.kv.freeBlocks) {
      const { newest } = this.#running
      this.#preempt(newest)
      if (newest === request) return false
    }
    return true
  }

  #preempt(request: number): void {
    const requests = this.#requests
    this.commit()
    this.hasPreempted = true
    this.preemptions++
    requests.preemptions[request]++
    if (this.#isPrefill(request)) this.#leavePrefills(request)
    else {
      const { lastTokenS } = requests
      lastTokenS[request] = this.#ledger.stalls.lastTokenS(lastTokenS[request], this.#stretch.originS)
      this.finishes.remove(request)
      this.#leaveDecodes(request)
    }
    this.#running.remove(request)
    requests.heldBlocks[request] = 0
    requests.computedTokens[request] = 0
    requests.prefillTokens[request] = requests.inputTokens[request] + requests.emittedTokens[request]
    this.pendingPrefillTokens += requests.prefillTokens[request]
    this.waiting.unshift(request)
  }

  #leavePrefills(request: number): void {
    this.#prefills.remove(request)
    this.pendingPrefillTokens -= this.#restOf(request)
    this.kv.freeBlocks += this.#requests.heldBlocks[request]
  }

  #restOf(request: number): number {
    return this.#requests.prefillTokens[request] - this.#requests.computedTokens[request]
  }

  /** Blocks that the next chunk of an unfinished prefill needs beyond those it holds. */
  #chunkBlocks(request: number): number {
    const tokens = Math.min(this.#restOf(request), this.budgetTokens)
    return (
      this.kv.blocksFor(this.#requests.computedTokens[request] + tokens) - this.#requests.heldBlocks[request]
    )
  }

  #decodeBlocks(request: number): number {
    return this.kv.crossesNext(this.#requests.kvResidue[request]) ? 1 : 0
  }

  #continuePrefill(request: number): void {
    const tokens = Math.min(this.#restOf(request), this.budgetTokens)
    if (tokens <= 0) return
    this.#takeBlocks(request, this.#chunkBlocks(request))
    this.step.add(request, tokens, this.#requests.computedTokens[request])
  }

  admit(tokens: number): boolean {
    const running = this.#running
    if (this.hasPreempted || running.length === this.#kind.maxSequences) return false
    const requests = this.#requests
    const request = this.waiting.at(0)
    const blocks = this.kv.blocksFor(requests.computedTokens[request] + tokens)
    const reserved = running.length === 0 ? 0 : this.#kind.watermarkBlocks
    if (blocks > this.kv.freeBlocks - reserved) return false
    this.#takeBlocks(request, blocks)
    this.waiting.shift()
    running.add(request)
    if (Number.isNaN(requests.admittedS[request])) requests.admittedS[request] = this.#calendar.clock[0]
    this.#prefills.add(request)
    this.step.add(request, tokens, requests.computedTokens[request])
    return true
  }

  #takeBlocks(request: number, blocks: number): void {
    this.kv.freeBlocks -= blocks
    this.#requests.heldBlocks[request] += blocks
  }
}
