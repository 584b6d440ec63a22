import type { Calendar } from '../core/calendar.ts'
import type { Order } from '../ordering/contract.ts'
import { FINISHED, LENGTH, type RequestTable } from '../requests/table.ts'
import { Chunks } from './chunks.ts'
import type { ReplicaKind } from './contract.ts'
import { FinishHeap } from './finish-heap.ts'
import { type KvBlocks, KvCache } from './kv-cache.ts'
import type { Ledger } from './ledger.ts'
import type { PrefixHoldings } from './prefix-holdings.ts'
import { RequestList } from './request-list.ts'
import { RunningList } from './running-list.ts'
import { SlotCache } from './slot-cache.ts'
import type { Stretch } from './stretch.ts'
import { Waiting } from './waiting.ts'

/** Who is told what becomes of requests at a replica. */
export interface ReplicaListener {
  ended(request: number): void
  /** Its first token is out. */
  answered(request: number): void
  /** Its prompt is computed and its first token out; another replica is to decode it. */
  prefilled(request: number, stepS: number): void
}

/** What a batch shares with the replica around it. */
export interface BatchSetup {
  readonly kind: ReplicaKind
  readonly calendar: Calendar
  readonly requests: RequestTable
  readonly stretch: Stretch
  readonly ledger: Ledger
  readonly listener: ReplicaListener
  readonly order: Order | undefined
  readonly prefixes: PrefixHoldings | undefined
  /** Ordinal of its first step. */
  readonly firstOrdinal: number
}

/**
 * Who waits, who runs and who holds which KV blocks at one replica. It knows boundaries as numbers of steps from the
 * stretch's origin, and moves the origin before membership changes.
 */
export class Batch {
  readonly kv: KvBlocks
  readonly prefixes: PrefixHoldings | undefined
  readonly waiting: Waiting
  readonly running: RunningList
  /** Running requests that decode, by when they end. */
  readonly finishes: FinishHeap
  /** Admitted requests whose prefill is not complete, in order of admission: seldom more than a few. */
  readonly prefills = new RequestList()
  /** The step being formed, then the step with chunks under way. */
  readonly step: Chunks
  /** Sum over waiting and unfinished prefills of the prompt tokens still to compute. */
  pendingPrefillTokens = 0
  /** Tokens of waiting requests that need not be computed: come from elsewhere, kept in the host, or given as hits. */
  waitingComputedTokens = 0
  /** Boundary of the stretch reached when the next step is being formed, and up to which KV blocks are taken. */
  reached = 0
  blockSteps = 0
  readonly #kind: ReplicaKind
  readonly #requests: RequestTable
  readonly #stretch: Stretch
  readonly #ledger: Ledger
  readonly #listener: ReplicaListener
  readonly #order: Order | undefined

  constructor(setup: BatchSetup) {
    const { kind, calendar, requests, stretch, ledger, listener, order, prefixes } = setup
    const { kvBlocks, blockTokens, reservedTokens } = kind
    this.#kind = kind
    this.#requests = requests
    this.#stretch = stretch
    this.#ledger = ledger
    this.#listener = listener
    this.#order = order
    this.prefixes = prefixes
    this.waiting = new Waiting(kind, calendar, requests, order)
    this.running = new RunningList(requests)
    this.finishes = new FinishHeap(requests)
    this.step = new Chunks(kind.latency)
    this.step.ordinal = setup.firstOrdinal
    this.kv =
      reservedTokens === undefined
        ? new KvCache(kvBlocks, blockTokens)
        : new SlotCache(kvBlocks, blockTokens, reservedTokens)
  }

  /** Puts a request at the tail of the queue; it may be admitted from its `readyS` on. */
  enqueue(request: number): void {
    const requests = this.#requests
    requests.prefillTokens[request] = requests.inputTokens[request]
    requests.computedTokens[request] = Math.min(
      requests.hitTokens[request],
      requests.inputTokens[request] - 1,
    )
    this.pendingPrefillTokens += this.restOf(request)
    this.waitingComputedTokens += requests.computedTokens[request]
    this.waiting.push(request)
  }

  /** Puts a request into the queue whose prompt another replica has computed. @returns false if it ends here instead */
  land(request: number, nowS: number): boolean {
    const requests = this.#requests
    if (requests.emittedTokens[request] >= this.#outputLimit(request)) {
      this.#close(request, nowS)
      return false
    }
    requests.readyS[request] = Math.max(nowS, this.#kind.startS ?? 0)
    requests.prefillTokens[request] = requests.inputTokens[request]
    requests.computedTokens[request] = requests.inputTokens[request]
    requests.heldBlocks[request] = 0
    this.waitingComputedTokens += requests.computedTokens[request]
    this.waiting.push(request)
    return true
  }

  /** Whether the request taken in last has filled the batch that the queue waits for; nothing runs. */
  get hasJustFilled(): boolean {
    return this.waiting.hasJustFilled(this.pendingPrefillTokens)
  }

  get isFull(): boolean {
    return this.running.length === this.#kind.maxSequences
  }

  // --- How far the blocks go ------------------------------------------------------------------------------------

  /** Of the stretch's first `steps` steps so many as there are blocks for when some are spared. */
  stepsInKv(steps: number, sparedBlocks = 0): number {
    const taken = this.#stretch.tokensIn(0, this.blockSteps)
    const most = this.#stretch.tokensIn(0, steps) - taken
    return this.#stretch.stepsWithin(taken + this.kv.tokensThatFit(most, sparedBlocks), steps)
  }

  /**
   * The same as long as the head of the queue, for which there is no room, finds none though blocks only become fewer.
   * Where something is evicted less of its prompt is found, and there may be room for a chunk; and one that only
   * decodes may have room beside steps that emit less.
   */
  stepsWithoutRoom(steps: number): number {
    const { prefixes, kv } = this
    const { head } = this.waiting
    if (this.#kind.pace !== undefined && this.restOf(head) === 0) {
      const context = this.#requests.computedTokens[head]
      return kv.blocksFor(context + 1) <= kv.freeBlocks ? 0 : steps
    }
    if (prefixes === undefined) return steps
    prefixes.settle(kv.freeBlocks)
    return prefixes.blocksUnheld(head) === 0 ? steps : this.stepsInKv(steps, prefixes.evictableBlocks)
  }

  // --- The end of a step ----------------------------------------------------------------------------------------

  /** Arrives at a boundary of the stretch: takes the blocks of its steps and lets go of what ended. */
  reach(step: number): void {
    this.reached = step
    if (step > this.blockSteps) {
      this.kv.advance(this.#stretch.tokensIn(this.blockSteps, step))
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
    if (this.#order?.served !== undefined) this.#serve(this.#stretch.tokensIn(0, steps))
    this.#ledger.foldStretch(this.#stretch, steps, this.step.ordinal)
    this.blockSteps -= steps
    this.reached = 0
    this.#settleShares()
  }

  /** Tells the order what every decode has been given; those that came before then are in it. */
  #serve(tokens: number): void {
    const order = this.#order!
    this.waiting.settle()
    this.finishes.visitAll(request => order.served!(request, Math.min(tokens, this.#leftAtOrigin(request))))
  }

  /** Tokens that a decode has still to emit at the origin: the last step of a speculation may bring more. */
  #leftAtOrigin(request: number): number {
    const { contextBase, inputTokens } = this.#requests
    const context = contextBase[request] + this.#stretch.originTokens
    return this.#outputLimit(request) - (context - inputTokens[request] + 1)
  }

  #serveFirst(request: number): void {
    this.waiting.settle()
    this.#order!.served!(request, 1)
  }

  #settleShares(): void {
    if (this.#ledger.shares.isDue(this.#stretch.originStep)) this.#restartShares()
  }

  /** Starts the running shares anew before their sums grow so large that differences lose digits. */
  #restartShares(): void {
    const { shares } = this.#ledger
    this.finishes.visitAll(request => shares.leave(request))
    shares.restart(this.#stretch.originStep, this.#stretch.originTokens)
    this.finishes.visitAll(request => shares.join(request))
  }

  #endFinished(): void {
    while (this.finishes.topStep() === this.#stretch.originStep) {
      const request = this.finishes.pop()
      this.leaveDecodes(request)
      this.#end(request)
    }
  }

  /** A step with chunks has ended: books it, ends its decodes that are done, lets finished prefills decode. */
  endMixed(): void {
    const { step } = this
    if (step.sequences > 0 && this.#order?.served !== undefined) this.#serve(this.#stretch.tokensIn(0, 1))
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
      if (this.prefixes !== undefined) this.#keep(this.prefixes, request)
      if (!this.isPrefill(request)) this.#emitFirst(request)
    }
  }

  #keep(prefixes: PrefixHoldings, request: number): void {
    prefixes.settle(this.kv.freeBlocks)
    this.kv.freeBlocks += prefixes.keep(request)
  }

  /** The prefill is complete: its step emits a token, and the request decodes unless that was the last. */
  #emitFirst(request: number): void {
    const requests = this.#requests
    const nowS = this.#stretch.originS
    this.prefills.remove(request)
    if (this.#order?.served !== undefined) this.#serveFirst(request)
    this.#ledger.outputTokens++
    const emitted = ++requests.emittedTokens[request]
    if (emitted === 1) {
      requests.firstTokenS[request] = nowS + this.#replyS
      this.#listener.answered(request)
    } else this.#ledger.itlSumS += this.#ledger.stalls.resume(request, nowS)
    const left = this.#outputLimit(request) - emitted
    if (left <= 0) {
      this.#giveBack(request, requests.heldBlocks[request])
      return this.#end(request)
    }
    if (this.#kind.role === 'prefill') return this.#handOver(request)
    this.#joinDecodes(request, left)
    requests.lastTokenS[request] = nowS
  }

  /** The request goes on elsewhere; it holds its blocks until its KV has been sent. */
  #handOver(request: number): void {
    this.running.remove(request)
    this.#requests.lastTokenS[request] = this.#stretch.originS
    if (this.running.length === 0) this.#ledger.gaps.clear()
    this.#listener.prefilled(request, this.step.seconds)
  }

  /** The KV of a request handed over has been sent. */
  release(request: number): void {
    this.#giveBack(request, this.#requests.heldBlocks[request])
  }

  // --- Who is in the batch --------------------------------------------------------------------------------------

  get #replyS(): number {
    return this.#kind.outside === undefined ? 0 : this.#kind.outside.replyS
  }

  #outputLimit(request: number): number {
    const { inputTokens, outputTokens } = this.#requests
    return Math.min(outputTokens[request], this.#kind.maxModelLen - inputTokens[request])
  }

  isPrefill(request: number): boolean {
    return this.#requests.computedTokens[request] < this.#requests.prefillTokens[request]
  }

  /** Prompt tokens still to compute of a request that runs, or of one that waits but for what a cache may hold. */
  restOf(request: number): number {
    return this.#requests.prefillTokens[request] - this.#requests.computedTokens[request]
  }

  /** A request whose KV has come from elsewhere joins the decodes at the origin, which is now. */
  rejoin(request: number): void {
    // Gaps recorded from here on are its own, and none before.
    this.step.ordinal++
    this.#joinDecodes(request, this.#outputLimit(request) - this.#requests.emittedTokens[request])
    this.#ledger.stalls.joinLate(request)
  }

  /** Adds a request with `left` tokens to come to the decode batch at the origin, which is now. */
  #joinDecodes(request: number, left: number): void {
    const requests = this.#requests
    const stretch = this.#stretch
    const context = requests.prefillTokens[request]
    requests.contextBase[request] = context - stretch.originTokens
    requests.finishStep[request] = stretch.stepAfter(left)
    requests.epoch[request] = this.step.ordinal
    requests.kvResidue[request] = this.kv.join(context + stretch.tokensIn(0, this.blockSteps))
    stretch.join(context)
    this.finishes.push(request)
    this.#ledger.shares.join(request)
  }

  /** Takes a request off the decode batch at the origin, which is now; the heap has let go of it. */
  leaveDecodes(request: number): void {
    const requests = this.#requests
    const stretch = this.#stretch
    const context = requests.contextBase[request] + stretch.originTokens
    this.#ledger.shares.leave(request)
    this.kv.leave(requests.kvResidue[request])
    this.#giveBack(request, this.kv.blocksFor(context))
    stretch.leave(context, this.finishes)
    const emitted = context - requests.inputTokens[request] + 1
    const limit = this.#outputLimit(request)
    // The last step of a speculation may bring more than is asked for.
    if (emitted > limit) this.#ledger.outputTokens -= emitted - limit
    requests.emittedTokens[request] = Math.min(emitted, limit)
    const worstS = this.#ledger.gaps.worstSince(requests.epoch[request])
    if (worstS > requests.worstItlS[request]) requests.worstItlS[request] = worstS
  }

  /** Takes an unfinished prefill off the batch. */
  leavePrefills(request: number): void {
    this.prefills.remove(request)
    this.pendingPrefillTokens -= this.restOf(request)
    this.#giveBack(request, this.#requests.heldBlocks[request])
  }

  /** Frees the blocks that a request has, but for those that others hold as well. */
  #giveBack(request: number, blocks: number): void {
    const { kv, prefixes } = this
    if (prefixes === undefined) {
      kv.freeBlocks += blocks
      return
    }
    prefixes.settle(kv.freeBlocks)
    kv.freeBlocks += blocks - prefixes.letGo(request)
  }

  /** The request has its last token now. */
  #end(request: number): void {
    this.running.remove(request)
    if (this.running.length === 0) this.#ledger.gaps.clear()
    this.#close(request, this.#stretch.originS)
  }

  #close(request: number, nowS: number): void {
    const { outcome, endS, firstTokenS, emittedTokens, outputTokens } = this.#requests
    // Tokens come to the client in order, though another replica with a longer way back may have sent the first.
    endS[request] = Math.max(nowS + this.#replyS, firstTokenS[request])
    outcome[request] = emittedTokens[request] === outputTokens[request] ? FINISHED : LENGTH
    this.#listener.ended(request)
  }
}
