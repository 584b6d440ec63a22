import type { StepFormation } from '../batching/contract.ts'
import { BEGINS, type Calendar, ENDS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import { Ring } from '../core/ring.ts'
import type { Grid } from '../energy/grid.ts'
import { FINISHED, LENGTH, REJECTED, type RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import { Chunks } from './chunks.ts'
import type { ReplicaKind } from './contract.ts'
import { FinishHeap } from './finish-heap.ts'
import { KvCache } from './kv-cache.ts'
import { Ledger } from './ledger.ts'
import type { Meter } from './meter.ts'
import { Prefills } from './prefills.ts'
import { RunningList } from './running-list.ts'
import { Stretch } from './stretch.ts'

/** What a replica does between two of its events: nothing, */
const IDLE = 0
/** decode steps of an unchanged batch, priced in closed form from the origin, */
const STRETCH = 1
/** or one step that carries prefill chunks. */
const MIXED = 2

/** Room between the step ordinals of two replicas, so that no two steps of a run share one. */
const STEPS_PER_REPLICA = 2 ** 32

/** Who is told that a request has ended at a replica. */
export interface ReplicaListener {
  ended(request: number): void
}

/** The parts of a simulation that its replicas share. */
export interface ReplicaSetup {
  readonly calendar: Calendar
  readonly requests: RequestTable
  readonly grid: Grid
  /** Gaps between output tokens. */
  readonly itl: LogBins
  readonly listener: ReplicaListener
  /** One event per step instead of one per stretch; the results are the same bits. */
  readonly stepByStep: boolean
}

/**
 * One model instance: queue, batch, KV cache and books, and the one slot in the calendar that moves it.
 *
 * The origin of a stretch moves (`#commit`) only where the step that begins differs from the plan in force;
 * looking, asking the batcher and being refused leave every double as it is.
 */
export class Replica implements Actor, StepFormation {
  readonly id: number
  readonly kind: ReplicaKind
  readonly kv: KvCache
  readonly ledger: Ledger
  /** Sum over waiting and unfinished prefills of the prompt tokens still to compute. */
  pendingPrefillTokens = 0
  preemptions = 0
  /** Events spent on it. */
  events = 0

  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #listener: ReplicaListener
  readonly #stepByStep: boolean
  readonly #waiting = new Ring()
  readonly #running: RunningList
  readonly #prefills = new Prefills()
  readonly #finishes: FinishHeap

  #state = IDLE
  /** Whether a step has ended at this instant and the next has not begun. */
  #atBoundary = false
  readonly #stretch: Stretch
  /** Boundaries of the stretch: where the plan ends whatever happens, which one the slot is set to, */
  #planSteps = 0
  #dueStep = 0
  /** which one has been reached while the next step is formed, and up to which KV blocks are taken. */
  #reached = 0
  #blockSteps = 0

  /** The step being formed, then the step with chunks under way. */
  readonly #step = new Chunks()
  #decodesTaken = false
  #preempted = false

  constructor(id: number, actor: number, kind: ReplicaKind, setup: ReplicaSetup) {
    this.id = id
    this.kind = kind
    this.#actor = actor
    this.#calendar = setup.calendar
    this.#requests = setup.requests
    this.#listener = setup.listener
    this.#stepByStep = setup.stepByStep
    this.#running = new RunningList(setup.requests)
    this.#finishes = new FinishHeap(setup.requests)
    this.#stretch = new Stretch(kind.latency)
    this.#step.ordinal = id * STEPS_PER_REPLICA
    this.kv = new KvCache(kind.kvBlocks, kind.blockTokens)
    this.ledger = new Ledger(kind.latency, kind.energy, setup.requests, setup.grid, setup.itl)
  }

  // --- What happens to it ---------------------------------------------------------------------------------------

  /** Takes in a request that the router has sent here now. */
  deliver(request: number): void {
    const requests = this.#requests
    requests.replica[request] = this.id
    if (requests.inputTokens[request] >= this.kind.maxModelLen) return this.#reject(request)
    requests.readyS[request] = this.#calendar.clock[0] + this.kind.frontEndS
    requests.prefillTokens[request] = requests.inputTokens[request]
    requests.computedTokens[request] = Math.min(
      requests.hitTokens[request],
      requests.inputTokens[request] - 1,
    )
    this.pendingPrefillTokens += requests.prefillTokens[request] - requests.computedTokens[request]
    this.#waiting.push(request)
    if (this.#waiting.length === 1) this.#noticeHead(request)
  }

  act(): void {
    this.events++
    if (this.#calendar.phaseOf(this.#actor) === ENDS) {
      this.#reach()
      if (!this.#calendar.isAlone(this.#actor)) {
        this.#calendar.schedule(this.#actor, this.#calendar.clock[0], BEGINS)
        return
      }
    } else if (!this.#atBoundary && this.#state !== IDLE) {
      this.#reach()
    }
    this.#begin()
  }

  #reject(request: number): void {
    this.#requests.outcome[request] = REJECTED
    this.#requests.endS[request] = this.#calendar.clock[0]
    this.#listener.ended(request)
  }

  /** A request has come to the head of the queue: plans the first moment at which a step may carry it. */
  #noticeHead(request: number): void {
    const readyS = this.#requests.readyS[request]
    if (this.#state === IDLE) return this.#calendar.schedule(this.#actor, readyS, BEGINS)
    if (this.#state === MIXED || this.#running.length === this.kind.maxSequences) return
    if (readyS >= this.#calendar.timeS[this.#actor]) return
    const step = this.#stretch.boundaryAtOrAfter(readyS, this.#dueStep)
    const boundaryS = this.#stretch.boundaryS(step)
    this.#dueStep = step
    this.#calendar.timeS[this.#actor] = boundaryS
    this.#calendar.moved(this.#actor, boundaryS === this.#calendar.clock[0] ? BEGINS : ENDS)
  }

  // --- The end of a step ----------------------------------------------------------------------------------------

  /** Arrives at the boundary the slot was set to: counts what its steps did and lets go of what ended. */
  #reach(): void {
    this.#atBoundary = true
    if (this.#state === MIXED) return this.#endMixed()
    const step = this.#dueStep
    this.#reached = step
    if (step > this.#blockSteps) {
      this.kv.advance(step - this.#blockSteps)
      this.#blockSteps = step
    }
    if (this.#finishes.topStep() !== this.#stretch.originStep + step) return
    this.#commit()
    this.#endFinished()
  }

  /** Moves the origin to the boundary reached: folds the closed forms of the stretch into the books. */
  #commit(): void {
    const steps = this.#reached
    if (steps === 0) return
    this.ledger.foldStretch(this.#stretch, steps, this.#step.ordinal)
    this.#blockSteps -= steps
    this.#reached = 0
    this.#planSteps = 0
    this.#settleShares()
  }

  /** Starts the running shares anew before their sums grow so large that differences lose digits. */
  #settleShares(): void {
    const { shares } = this.ledger
    const { originStep } = this.#stretch
    if (!shares.isDue(originStep)) return
    this.#finishes.visitAll(request => shares.leave(request))
    shares.restart(originStep)
    this.#finishes.visitAll(request => shares.join(request))
  }

  #endFinished(): void {
    while (this.#finishes.topStep() === this.#stretch.originStep) {
      const request = this.#finishes.pop()
      this.#leaveDecodes(request)
      this.#end(request)
    }
  }

  /** A step with chunks has ended: books it, ends its decodes that are done, lets finished prefills decode. */
  #endMixed(): void {
    const step = this.#step
    this.ledger.foldMixed(this.#stretch, step)
    if (step.sequences > 0) {
      this.#blockSteps--
      this.#settleShares()
    }
    step.ordinal++
    this.#state = STRETCH
    this.#endFinished()
    this.#endChunks()
  }

  #endChunks(): void {
    const requests = this.#requests
    const step = this.#step
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
    const { ledger } = this
    const nowS = this.#stretch.originS
    this.#prefills.remove(request)
    ledger.outputTokens++
    const emitted = ++requests.emittedTokens[request]
    if (emitted === 1) requests.firstTokenS[request] = nowS
    else ledger.itlSumS += ledger.stalls.resume(request, requests, nowS)
    const left = this.#outputLimit(request) - emitted
    if (left > 0) return this.#joinDecodes(request, left)
    this.kv.freeBlocks += requests.heldBlocks[request]
    this.#end(request)
  }

  // --- Who is in the batch --------------------------------------------------------------------------------------

  #outputLimit(request: number): number {
    const { inputTokens, outputTokens } = this.#requests
    return Math.min(outputTokens[request], this.kind.maxModelLen - inputTokens[request])
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
    requests.epoch[request] = this.#step.ordinal
    requests.kvResidue[request] = this.kv.join(context)
    stretch.sequences++
    stretch.contextTokens += context
    this.#finishes.push(request)
    this.ledger.shares.join(request)
  }

  /** Takes a request off the decode batch at the origin, which is now; the heap has let go of it. */
  #leaveDecodes(request: number): void {
    const requests = this.#requests
    const stretch = this.#stretch
    const context = requests.contextBase[request] + stretch.originStep
    this.ledger.shares.leave(request)
    this.kv.leave(requests.kvResidue[request])
    this.kv.freeBlocks += this.kv.blocksFor(context)
    stretch.sequences--
    stretch.contextTokens -= context
    requests.emittedTokens[request] =
      this.#outputLimit(request) - (requests.finishStep[request] - stretch.originStep)
    const worstS = this.ledger.gaps.worstSince(requests.epoch[request])
    if (worstS > requests.worstItlS[request]) requests.worstItlS[request] = worstS
  }

  /** The request has its last token now. */
  #end(request: number): void {
    const requests = this.#requests
    this.#running.remove(request)
    requests.endS[request] = this.#stretch.originS
    const isWhole = requests.emittedTokens[request] === requests.outputTokens[request]
    requests.outcome[request] = isWhole ? FINISHED : LENGTH
    if (this.#running.length === 0) this.ledger.gaps.clear()
    this.#listener.ended(request)
  }

  // --- The beginning of a step ----------------------------------------------------------------------------------

  #begin(): void {
    this.#step.clear()
    this.#decodesTaken = false
    this.#preempted = false
    this.kind.batcher(this)
    this.#atBoundary = false
    if (this.#step.chunks > 0) return this.#startMixed()
    if (!this.#decodesTaken) return this.#rest()
    const isInForce = this.#state === STRETCH && !this.#preempted && this.#reached < this.#planSteps
    if (!isInForce) this.#startStretch()
    this.#scheduleBoundary()
  }

  #startStretch(): void {
    this.#commit()
    const stretch = this.#stretch
    const { latency, energy } = this.kind
    stretch.price()
    const toFinish = this.#finishes.topStep() - stretch.originStep
    const steady = Math.min(toFinish, latency.steadySteps(stretch))
    const inKv = this.#blockSteps + this.kv.stepsThatFit(steady - this.#blockSteps)
    this.#state = STRETCH
    this.#planSteps = energy.steadySteps(stretch, inKv)
    stretch.isCapped = energy.isDecodeCapped(stretch)
  }

  /** Sets the slot to the next boundary at which something ends, or can be done for the head of the queue. */
  #scheduleBoundary(): void {
    let step = this.#planSteps
    if (this.#preempted || this.#stepByStep) step = this.#reached + 1
    else if (this.#waiting.length > 0 && this.#running.length < this.kind.maxSequences) {
      const readyS = this.#requests.readyS[this.#waiting.at(0)]
      if (readyS > this.#calendar.clock[0]) step = this.#stretch.boundaryAtOrAfter(readyS, step)
    }
    this.#dueStep = step
    this.#calendar.timeS[this.#actor] = this.#stretch.boundaryS(step)
    this.#calendar.moved(this.#actor, ENDS)
  }

  #startMixed(): void {
    this.#commit()
    if (this.#state === IDLE) this.#wake()
    const step = this.#step
    const { originS, sequences, contextTokens } = this.#stretch
    if (this.#decodesTaken) {
      step.sequences = sequences
      step.contextTokens = contextTokens
    } else this.ledger.stalls.hold(originS, sequences, step.ordinal)
    this.#state = MIXED
    this.#planSteps = 0
    step.seconds = this.kind.latency.stepSeconds(step)
    step.joules = this.kind.energy.stepJoules(step, step.seconds)
    step.isCapped = this.kind.energy.isStepCapped(step.joules, step.seconds)
    this.#calendar.timeS[this.#actor] = originS + step.seconds
    this.#calendar.moved(this.#actor, ENDS)
  }

  #wake(): void {
    this.#stretch.originS = this.#calendar.clock[0]
    this.ledger.meter.stopIdling(this.#stretch.originS)
  }

  /** Nothing to run: sleeps, or until the head of the queue is past the front end. */
  #rest(): void {
    if (this.#stretch.sequences > 0) throw new RangeError('the batcher left decodes out of an empty step')
    if (this.#state !== IDLE) this.ledger.meter.startIdling(this.#stretch.originS)
    this.#state = IDLE
    if (this.#waiting.length === 0) return this.#calendar.sleep(this.#actor)
    this.#calendar.schedule(this.#actor, this.#requests.readyS[this.#waiting.at(0)], BEGINS)
  }

  // --- StepFormation: what the batcher sees and does ------------------------------------------------------------

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
    return this.kind.maxSequences
  }

  get chunkTokens(): number {
    return this.#step.chunkTokens
  }

  get budgetTokens(): number {
    return this.kind.tokenBudget - this.#step.chunkTokens - (this.#decodesTaken ? this.#stretch.sequences : 0)
  }

  get hasWaiting(): boolean {
    if (this.#waiting.length === 0) return false
    return this.#requests.readyS[this.#waiting.at(0)] <= this.#calendar.clock[0]
  }

  get headTokens(): number {
    return this.#restOf(this.#waiting.at(0))
  }

  continueRunning(): void {
    this.#decodesTaken = this.#stretch.sequences > 0
    if (this.kv.neededFor(1) + this.#prefillBlocks() > this.kv.freeBlocks) return this.#continueInOrder()
    for (let i = 0; i < this.#prefills.length; i++) this.#continuePrefill(this.#prefills.at(i))
    if (!this.#decodesTaken) return
    this.kv.advance(1)
    this.#blockSteps++
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
    this.#decodesTaken = this.#stretch.sequences > 0
    if (!this.#decodesTaken) return
    this.kv.turn()
    this.#blockSteps++
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
    this.#commit()
    this.#preempted = true
    this.preemptions++
    requests.preemptions[request]++
    if (this.#isPrefill(request)) this.#leavePrefills(request)
    else {
      const { lastTokenS } = requests
      lastTokenS[request] = this.ledger.stalls.lastTokenS(lastTokenS[request], this.#stretch.originS)
      this.#finishes.remove(request)
      this.#leaveDecodes(request)
    }
    this.#running.remove(request)
    requests.heldBlocks[request] = 0
    requests.computedTokens[request] = 0
    requests.prefillTokens[request] = requests.inputTokens[request] + requests.emittedTokens[request]
    this.pendingPrefillTokens += requests.prefillTokens[request]
    this.#waiting.unshift(request)
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
    this.#step.add(request, tokens, this.#requests.computedTokens[request])
  }

  admit(tokens: number): boolean {
    const running = this.#running
    if (this.#preempted || running.length === this.kind.maxSequences) return false
    const requests = this.#requests
    const request = this.#waiting.at(0)
    const blocks = this.kv.blocksFor(requests.computedTokens[request] + tokens)
    const reserved = running.length === 0 ? 0 : this.kind.watermarkBlocks
    if (blocks > this.kv.freeBlocks - reserved) return false
    this.#takeBlocks(request, blocks)
    this.#waiting.shift()
    running.add(request)
    if (Number.isNaN(requests.admittedS[request])) requests.admittedS[request] = this.#calendar.clock[0]
    this.#prefills.add(request)
    this.#step.add(request, tokens, requests.computedTokens[request])
    return true
  }

  #takeBlocks(request: number, blocks: number): void {
    this.kv.freeBlocks -= blocks
    this.#requests.heldBlocks[request] += blocks
  }

  // --- Looking on, changing no double ---------------------------------------------------------------------------

  /** Requests sent here and not running: not yet admitted, or preempted. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Boundaries of the stretch passed by now. */
  #stepsDone(): number {
    if (this.#state !== STRETCH) return 0
    return this.#atBoundary
      ? this.#reached
      : this.#stretch.stepsDoneBy(this.#calendar.clock[0], this.#dueStep)
  }

  /** Context tokens of the decodes at this instant. */
  contextTokensNow(): number {
    return this.#stretch.contextTokens + this.#stretch.sequences * this.#stepsDone()
  }

  /** Output tokens emitted by this instant. */
  outputTokensNow(): number {
    return this.ledger.outputTokens + this.#stretch.sequences * this.#stepsDone()
  }

  /** Sum of the gaps before the tokens emitted by now, in seconds. */
  itlSumNowS(): number {
    const done = this.#stepsDone()
    if (done === 0) return this.ledger.itlSumS
    return this.ledger.itlSumS + this.#stretch.sequences * this.#stretch.secondsOf(done)
  }

  /** Blocks free at this instant: those of the step under way are taken. */
  freeBlocksNow(): number {
    if (this.#state !== STRETCH || this.#atBoundary) return this.kv.freeBlocks
    const underWay = this.#stretch.boundaryAtOrAfter(this.#calendar.clock[0], this.#dueStep)
    const ahead = underWay - this.#blockSteps
    return ahead > 0 ? this.kv.freeBlocks - this.kv.neededFor(ahead) : this.kv.freeBlocks
  }

  /** Seconds until the step with chunks under way ends; a stretch gives way to news at its next boundary: 0. */
  get mixedLeftS(): number {
    if (this.#state !== MIXED) return 0
    return this.#calendar.timeS[this.#actor] - this.#calendar.clock[0]
  }

  /** Counts the gaps before every token emitted by now. */
  settleGaps(): void {
    const done = this.#stepsDone()
    if (done > 0) this.ledger.settleGaps(this.#stretch, done)
  }

  /** Reads the meter at this instant, the step under way pro rata. */
  readMeter(reading: Meter): void {
    const { ledger } = this
    const nowS = this.#calendar.clock[0]
    reading.copy(ledger.meter)
    if (this.#state === IDLE) {
      reading.idleG += ledger.meter.idleGramsUntil(nowS)
      return
    }
    const { originS } = this.#stretch
    if (nowS <= originS) return
    if (this.#state === MIXED) ledger.readMixed(reading, this.#step, originS, nowS - originS)
    else ledger.readStretch(reading, this.#stretch, this.#stepsDone(), nowS - originS)
  }
}
