import type { StepFormation } from '../batching/contract.ts'
import { BEGINS, type Calendar, ENDS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import { Ring } from '../core/ring.ts'
import type { Grid } from '../energy/grid.ts'
import { FINISHED, LENGTH, REJECTED, type RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { ReplicaKind } from './contract.ts'
import { FinishHeap } from './finish-heap.ts'
import { GapRecord } from './gap-record.ts'
import { KvCache } from './kv-cache.ts'
import { Meter } from './meter.ts'
import { Shares } from './shares.ts'
import { StallRecord } from './stall-record.ts'

/** What a replica does between two of its events. */
const IDLE = 0
/** Decode steps of an unchanged batch, priced in closed form from the origin. */
const STRETCH = 1
/** One step that carries prefill chunks. */
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

/** The decodes of a stretch or a mixed step; counted from the origin. */
class Step {
  sequences = 0
  contextTokens = 0
  chunks = 0
  chunkTokens = 0
  chunkCachedTokens = 0
  chunkPairs = 0
  ordinal = 0
}

/**
 * One model instance: queue, batch, KV cache and meters, and the one slot in the calendar that moves it.
 *
 * A stretch has an origin: its time, its batch, the totals committed so far. Boundary k lies at
 * `originS + decodeSeconds(batch, k)`. The origin moves (`#commit`) only where the step that begins differs from
 * the plan in force; looking, asking the batcher and being refused leave every double as it is.
 */
export class Replica implements Actor, StepFormation {
  readonly id: number
  readonly kind: ReplicaKind
  readonly meter: Meter
  readonly kv: KvCache
  /** Sum over waiting and unfinished prefills of the prompt tokens still to compute. */
  pendingPrefillTokens = 0
  /** Requests admitted and not ended. */
  running = 0
  preemptions = 0
  /** Steps done, and events spent on them. */
  steps = 0
  /** Output tokens emitted and prompt tokens computed by the steps committed so far. */
  outputTokens = 0
  promptTokens = 0
  /** Seconds between output tokens, summed over the tokens. */
  itlSumS = 0
  events = 0

  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #listener: ReplicaListener
  readonly #stepByStep: boolean
  readonly #grid: Grid
  readonly #waiting = new Ring()
  readonly #heap: FinishHeap
  readonly #shares: Shares
  readonly #gaps: GapRecord
  readonly #stalls: StallRecord
  #head = -1
  #tail = -1
  #admissions = 0

  #state = IDLE
  /** Whether a step has ended at this instant and the next has not begun. */
  #atBoundary = false
  readonly #decodes = new Step()
  #originS = Number.NaN
  /** Decode steps done at the origin, over the replica's life. */
  #originStep = 0
  /** Boundary of the stretch at which the plan ends whatever happens. */
  #planSteps = 0
  /** Boundary of the stretch that the slot is set to. */
  #dueStep = 0
  /** Steps of the stretch whose gaps are counted. */
  #gapSteps = 0
  /** Steps of the stretch whose KV blocks are taken. */
  #blockSteps = 0
  /** Whether the power cap binds in the stretch or step under way. */
  #isCapped = false
  /** Boundary of the stretch reached when the next step is being formed. */
  #reached = 0

  // The step being formed, then the mixed step under way.
  readonly #mixed = new Step()
  #mixedS = Number.NaN
  #chunkRequests = new Int32Array(16)
  #chunkSizes = new Int32Array(16)
  #decodesTaken = false
  #preempted = false
  #prefills = new Int32Array(16)
  #prefillCount = 0

  constructor(id: number, actor: number, kind: ReplicaKind, setup: ReplicaSetup) {
    this.id = id
    this.#actor = actor
    this.kind = kind
    this.#calendar = setup.calendar
    this.#requests = setup.requests
    this.#listener = setup.listener
    this.#stepByStep = setup.stepByStep
    this.#grid = setup.grid
    this.#mixed.ordinal = id * STEPS_PER_REPLICA
    this.kv = new KvCache(kind.kvBlocks, kind.blockTokens)
    this.meter = new Meter(kind.energy.idleWatts, setup.grid)
    this.#heap = new FinishHeap(setup.requests)
    this.#shares = new Shares(setup.requests)
    this.#gaps = new GapRecord()
    this.#stalls = new StallRecord(setup.itl, this.#gaps)
  }

  // --- What happens to it -------------------------------------------------------------------------------------

  /** Takes in a request that the router has sent here now. */
  deliver(request: number): void {
    const requests = this.#requests
    const kind = this.kind
    requests.replica[request] = this.id
    if (requests.inputTokens[request] >= kind.maxModelLen) return this.#reject(request)
    const nowS = this.#calendar.clock[0]
    requests.readyS[request] = nowS + kind.frontEndS
    requests.prefillTokens[request] = requests.inputTokens[request]
    requests.computedTokens[request] = Math.min(requests.hitTokens[request], requests.inputTokens[request] - 1)
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
    if (this.#state === MIXED || this.running === this.kind.maxSequences) return
    if (readyS >= this.#calendar.timeS[this.#actor]) return
    const step = this.#boundaryAtOrAfter(readyS, this.#dueStep)
    this.#dueStep = step
    const boundaryS = this.#boundaryS(step)
    this.#calendar.schedule(this.#actor, boundaryS, boundaryS === this.#calendar.clock[0] ? BEGINS : ENDS)
  }

  // --- The end of a step --------------------------------------------------------------------------------------

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
    if (this.#heap.topStep() !== this.#originStep + step) return
    this.#commit()
    this.#endFinished()
  }

  #endFinished(): void {
    while (this.#heap.topStep() === this.#originStep) {
      const request = this.#heap.pop()
      this.#leaveDecodes(request)
      this.#end(request)
    }
  }

  /** Moves the origin to the boundary reached: folds the closed forms of the stretch into the totals. */
  #commit(): void {
    const steps = this.#reached
    if (steps === 0) return
    const decodes = this.#decodes
    const sequences = decodes.sequences
    const latency = this.kind.latency
    const originS = this.#originS
    const seconds = latency.decodeSeconds(decodes, steps)
    const contextSteps = steps * decodes.contextTokens + (sequences * steps * (steps + 1)) / 2
    this.#settleGapsTo(steps)
    this.itlSumS += sequences * seconds
    this.#gaps.push(this.#mixed.ordinal, latency.gapSeconds(decodes, steps))
    this.meter.busyS += seconds
    const contextS = latency.contextSeconds
    this.#shares.addSeconds(this.#originStep, steps, (seconds - contextS * contextSteps) / sequences, contextS)
    this.#addEnergy(this.meter, steps, seconds)
    this.steps += steps
    this.outputTokens += steps * sequences
    this.#originStep += steps
    decodes.contextTokens += steps * sequences
    this.#originS = originS + seconds
    this.#blockSteps -= steps
    this.#gapSteps = 0
    this.#reached = 0
    this.#planSteps = 0
    if (this.#shares.isDue(this.#originStep)) this.#restartShares()
  }

  /** Counts the gaps of the stretch up to a boundary that has been reached. */
  #settleGapsTo(steps: number): void {
    if (steps === this.#gapSteps) return
    const { latency } = this.kind
    this.itlSumS += this.#stalls.endSteps(this.#originS, this.#decodes, this.#gapSteps + 1, steps, latency)
    this.#gapSteps = steps
  }

  /** Counts the gaps of every token emitted by now. */
  settleGaps(): void {
    if (this.#state === STRETCH && this.#decodes.sequences > 0) this.#settleGapsTo(this.#stepsDone())
  }

  /** Sum of the gaps before the tokens emitted by now, in seconds. */
  itlSumNowS(): number {
    if (this.#state !== STRETCH) return this.itlSumS
    const seconds = this.kind.latency.decodeSeconds(this.#decodes, this.#stepsDone())
    return this.itlSumS + this.#decodes.sequences * seconds
  }

  /** Adds joules and grams of the stretch's first steps, cut at the first boundary at or after each hour. */
  #addEnergy(meter: Meter, steps: number, seconds: number): void {
    const energy = this.kind.energy
    const endS = this.#originS + seconds
    let from = 0
    let fromJ = 0
    meter.enterHourOf(this.#originS)
    while (endS > meter.hourEndS) {
      const cut = this.#boundaryAtOrAfter(meter.hourEndS, steps)
      const cutJ = energy.decodeJoules(this.#decodes, cut, this.kind.latency.decodeSeconds(this.#decodes, cut), this.#isCapped)
      this.#addJoules(meter, from, cut, cutJ - fromJ)
      from = cut
      fromJ = cutJ
      meter.enterHourOf(this.#boundaryS(cut))
    }
    const joules = energy.decodeJoules(this.#decodes, steps, seconds, this.#isCapped)
    if (steps > from) this.#addJoules(meter, from, steps, joules - fromJ)
  }

  #addJoules(meter: Meter, from: number, to: number, joules: number): void {
    meter.addJoules(joules)
    if (meter !== this.meter) return
    const { sequences, contextTokens } = this.#decodes
    const steps = to - from
    const contextJ = this.kind.energy.contextJoules(this.#isCapped)
    const contextSteps = steps * (contextTokens + sequences * from) + (sequences * steps * (steps + 1)) / 2
    const perTokenJ = (joules - contextJ * contextSteps) / sequences
    this.#shares.addJoules(this.#originStep + from, steps, perTokenJ, contextJ, meter.gramsPerJoule)
  }

  newReading(): Meter {
    return new Meter(this.kind.energy.idleWatts, this.#grid)
  }

  /** Reads the meter at this instant, the step under way pro rata, committing nothing. */
  readMeter(reading: Meter): void {
    reading.copy(this.meter)
    const nowS = this.#calendar.clock[0]
    if (this.#state === IDLE) {
      reading.idleG += this.meter.idleGramsUntil(nowS)
      return
    }
    const sinceS = nowS - this.#originS
    reading.busyS += sinceS
    if (sinceS <= 0) return
    if (this.#state === MIXED) {
      reading.enterHourOf(this.#originS)
      const joules = this.kind.energy.stepJoules(this.#mixed, this.#mixedS, this.#isCapped)
      return reading.addJoules(joules * (sinceS / this.#mixedS))
    }
    const done = this.#stepsDone()
    const { latency, energy } = this.kind
    const doneS = latency.decodeSeconds(this.#decodes, done)
    if (done > 0) this.#addEnergy(reading, done, doneS)
    const nextS = latency.decodeSeconds(this.#decodes, done + 1)
    const doneJ = energy.decodeJoules(this.#decodes, done, doneS, this.#isCapped)
    const stepJ = energy.decodeJoules(this.#decodes, done + 1, nextS, this.#isCapped) - doneJ
    reading.enterHourOf(this.#originS + doneS)
    reading.addJoules(stepJ * ((sinceS - doneS) / (nextS - doneS)))
  }

  /** Boundaries of the stretch passed by now: the greatest step that is done. */
  #stepsDone(): number {
    const nowS = this.#calendar.clock[0]
    if (this.#atBoundary) return this.#reached
    const step = this.#boundaryAtOrAfter(nowS, this.#dueStep)
    return this.#boundaryS(step) === nowS ? step : step - 1
  }

  // --- What the router may know -------------------------------------------------------------------------------

  /** Requests sent here and not yet admitted. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Context tokens of the decodes at this instant. */
  contextTokensNow(): number {
    const { contextTokens, sequences } = this.#decodes
    return this.#state === STRETCH ? contextTokens + sequences * this.#stepsDone() : contextTokens
  }

  /** Output tokens emitted by this instant. */
  outputTokensNow(): number {
    return this.#state === STRETCH
      ? this.outputTokens + this.#decodes.sequences * this.#stepsDone()
      : this.outputTokens
  }

  /** Blocks free at this instant: those of the step under way are taken. */
  freeBlocksNow(): number {
    if (this.#state !== STRETCH || this.#atBoundary) return this.kv.freeBlocks
    const underWay = this.#boundaryAtOrAfter(this.#calendar.clock[0], this.#dueStep)
    const ahead = underWay - this.#blockSteps
    return ahead > 0 ? this.kv.freeBlocks - this.kv.neededFor(ahead) : this.kv.freeBlocks
  }

  /** Seconds until the mixed step under way ends; 0 between steps and in a stretch, which gives way to news. */
  get mixedLeftS(): number {
    return this.#state === MIXED ? this.#calendar.timeS[this.#actor] - this.#calendar.clock[0] : 0
  }

  #restartShares(): void {
    this.#heap.forEach(request => this.#shares.leave(request))
    this.#shares.restart(this.#originStep)
    this.#heap.forEach(request => this.#shares.join(request))
  }

  /** A step with chunks has ended: meters it, emits its tokens and lets finished prefills decode. */
  #endMixed(): void {
    const mixed = this.#mixed
    const seconds = this.#mixedS
    this.#meterMixed(seconds)
    this.steps++
    this.outputTokens += mixed.sequences
    this.promptTokens += mixed.chunkTokens
    this.#originS += seconds
    if (mixed.sequences > 0) {
      this.itlSumS += this.#stalls.endStep(this.#originS, mixed.sequences, seconds)
      this.itlSumS += mixed.sequences * seconds
      this.#gaps.push(mixed.ordinal, seconds)
      this.#decodes.contextTokens += mixed.sequences
      this.#originStep++
      this.#blockSteps--
      if (this.#shares.isDue(this.#originStep)) this.#restartShares()
    }
    mixed.ordinal++
    this.#state = STRETCH
    this.#endFinished()
    this.#endChunks()
  }

  #meterMixed(seconds: number): void {
    const { latency, energy } = this.kind
    const mixed = this.#mixed
    const requests = this.#requests
    const meter = this.meter
    const joules = energy.stepJoules(mixed, seconds, this.#isCapped)
    meter.enterHourOf(this.#originS)
    meter.busyS += seconds
    meter.addJoules(joules)
    let restS = seconds
    let restJ = joules
    for (let i = 0; i < mixed.chunks; i++) {
      const request = this.#chunkRequests[i]
      const size = this.#chunkSizes[i]
      const computed = requests.computedTokens[request]
      const chunkS = latency.chunkSeconds(size, computed)
      const chunkJ = energy.chunkJoules(size, computed, this.#isCapped)
      this.#charge(request, chunkS, chunkJ)
      restS -= chunkS
      restJ -= chunkJ
    }
    const contextS = latency.contextSeconds
    const contextJ = energy.contextJoules(this.#isCapped)
    const context = mixed.contextTokens + mixed.sequences
    const tokens = mixed.sequences + mixed.chunkTokens
    const perTokenS = (restS - contextS * context) / tokens
    const perTokenJ = (restJ - contextJ * context) / tokens
    for (let i = 0; i < mixed.chunks; i++) {
      this.#charge(this.#chunkRequests[i], this.#chunkSizes[i] * perTokenS, this.#chunkSizes[i] * perTokenJ)
    }
    if (mixed.sequences === 0) return
    this.#shares.addSeconds(this.#originStep, 1, perTokenS, contextS)
    this.#shares.addJoules(this.#originStep, 1, perTokenJ, contextJ, meter.gramsPerJoule)
  }

  #charge(request: number, seconds: number, joules: number): void {
    const requests = this.#requests
    requests.shareS[request] += seconds
    requests.shareJ[request] += joules
    requests.shareG[request] += joules * this.meter.gramsPerJoule
  }

  #endChunks(): void {
    const requests = this.#requests
    for (let i = 0; i < this.#mixed.chunks; i++) {
      const request = this.#chunkRequests[i]
      const size = this.#chunkSizes[i]
      requests.computedTokens[request] += size
      this.pendingPrefillTokens -= size
      if (requests.computedTokens[request] === requests.prefillTokens[request]) this.#emitFirst(request)
    }
  }

  /** The prefill is complete: its step emits a token, and the request decodes unless that was the last. */
  #emitFirst(request: number): void {
    const requests = this.#requests
    const nowS = this.#originS
    this.#dropPrefill(request)
    requests.emittedTokens[request]++
    this.outputTokens++
    if (requests.emittedTokens[request] === 1) requests.firstTokenS[request] = nowS
    else this.itlSumS += this.#stalls.resume(request, requests, nowS)
    if (requests.emittedTokens[request] === this.#outputLimit(request)) {
      this.kv.freeBlocks += requests.heldBlocks[request]
      this.#end(request)
    } else this.#joinDecodes(request)
  }

  // --- Who is in the batch ------------------------------------------------------------------------------------

  #outputLimit(request: number): number {
    const requests = this.#requests
    return Math.min(requests.outputTokens[request], this.kind.maxModelLen - requests.inputTokens[request])
  }

  #joinDecodes(request: number): void {
    const requests = this.#requests
    const context = requests.prefillTokens[request]
    const left = this.#outputLimit(request) - requests.emittedTokens[request]
    requests.contextBase[request] = context - this.#originStep
    requests.finishStep[request] = this.#originStep + left
    requests.lastTokenS[request] = this.#originS
    requests.epoch[request] = this.#mixed.ordinal
    requests.kvResidue[request] = this.kv.join(context)
    this.#decodes.sequences++
    this.#decodes.contextTokens += context
    this.#heap.push(request)
    this.#shares.join(request)
  }

  /** Takes a request off the decode batch at the origin, which is now; the heap has let go of it. */
  #leaveDecodes(request: number): void {
    const requests = this.#requests
    const context = requests.contextBase[request] + this.#originStep
    this.#shares.leave(request)
    this.kv.leave(requests.kvResidue[request])
    this.kv.freeBlocks += this.kv.blocksFor(context)
    this.#decodes.sequences--
    this.#decodes.contextTokens -= context
    requests.emittedTokens[request] =
      this.#outputLimit(request) - (requests.finishStep[request] - this.#originStep)
    const worstS = this.#gaps.worstSince(requests.epoch[request])
    if (worstS > requests.worstItlS[request]) requests.worstItlS[request] = worstS
  }

  /** The request has its last token now. */
  #end(request: number): void {
    const requests = this.#requests
    this.#unlink(request)
    requests.endS[request] = this.#originS
    const isWhole = requests.emittedTokens[request] === requests.outputTokens[request]
    requests.outcome[request] = isWhole ? FINISHED : LENGTH
    if (this.running === 0) this.#gaps.clear()
    this.#listener.ended(request)
  }

  #link(request: number): void {
    const requests = this.#requests
    requests.admission[request] = this.#admissions++
    requests.previous[request] = this.#tail
    requests.next[request] = -1
    if (this.#tail >= 0) requests.next[this.#tail] = request
    else this.#head = request
    this.#tail = request
    this.running++
  }

  #unlink(request: number): void {
    const { next, previous } = this.#requests
    if (previous[request] >= 0) next[previous[request]] = next[request]
    else this.#head = next[request]
    if (next[request] >= 0) previous[next[request]] = previous[request]
    else this.#tail = previous[request]
    this.running--
  }

  #addPrefill(request: number): void {
    if (this.#prefillCount === this.#prefills.length) this.#prefills = doubled(this.#prefills)
    this.#prefills[this.#prefillCount++] = request
  }

  #dropPrefill(request: number): void {
    const prefills = this.#prefills
    let place = 0
    while (prefills[place] !== request) place++
    this.#prefillCount--
    for (; place < this.#prefillCount; place++) prefills[place] = prefills[place + 1]
  }

  #isPrefill(request: number): boolean {
    return this.#requests.computedTokens[request] < this.#requests.prefillTokens[request]
  }

  // --- The beginning of a step --------------------------------------------------------------------------------

  #begin(): void {
    this.#formStep()
    this.#atBoundary = false
    if (this.#mixed.chunks > 0) return this.#startMixed()
    if (!this.#decodesTaken) return this.#rest()
    const isInForce = this.#state === STRETCH && !this.#preempted && this.#reached < this.#planSteps
    if (!isInForce) this.#startStretch()
    this.#scheduleBoundary()
  }

  #formStep(): void {
    const mixed = this.#mixed
    mixed.sequences = 0
    mixed.contextTokens = 0
    mixed.chunks = 0
    mixed.chunkTokens = 0
    mixed.chunkCachedTokens = 0
    mixed.chunkPairs = 0
    this.#decodesTaken = false
    this.#preempted = false
    this.kind.batcher(this)
  }

  #startStretch(): void {
    this.#commit()
    const decodes = this.#decodes
    const { latency, energy } = this.kind
    const toFinish = this.#heap.topStep() - this.#originStep
    const steady = Math.min(toFinish, latency.steadySteps(decodes))
    const inKv = this.#blockSteps + this.kv.stepsThatFit(steady - this.#blockSteps)
    this.#state = STRETCH
    this.#reached = 0
    this.#planSteps = energy.steadySteps(decodes, inKv)
    this.#isCapped = energy.isDecodeCapped(decodes)
  }

  /** Sets the slot to the next boundary at which something ends, or can be done for the head of the queue. */
  #scheduleBoundary(): void {
    let step = this.#planSteps
    if (this.#preempted || this.#stepByStep) step = this.#reached + 1
    else if (this.#waiting.length > 0 && this.running < this.kind.maxSequences) {
      const readyS = this.#requests.readyS[this.#waiting.at(0)]
      if (readyS > this.#calendar.clock[0]) step = this.#boundaryAtOrAfter(readyS, step)
    }
    this.#dueStep = step
    this.#calendar.schedule(this.#actor, this.#boundaryS(step), ENDS)
  }

  #startMixed(): void {
    this.#commit()
    if (this.#state === IDLE) this.#wake()
    const mixed = this.#mixed
    const decodes = this.#decodes
    if (this.#decodesTaken) {
      mixed.sequences = decodes.sequences
      mixed.contextTokens = decodes.contextTokens
    } else this.#stalls.hold(this.#originS, decodes.sequences, mixed.ordinal)
    this.#state = MIXED
    this.#planSteps = 0
    this.#mixedS = this.kind.latency.stepSeconds(mixed)
    this.#isCapped = this.kind.energy.isStepCapped(mixed, this.#mixedS)
    this.#calendar.schedule(this.#actor, this.#originS + this.#mixedS, ENDS)
  }

  #wake(): void {
    this.#originS = this.#calendar.clock[0]
    this.meter.stopIdling(this.#originS)
  }

  /** Nothing to run: sleeps, or until the head of the queue is past the front end. */
  #rest(): void {
    if (this.#decodes.sequences > 0) throw new RangeError('the batcher left decodes out of a step with nothing else')
    if (this.#state !== IDLE) this.meter.startIdling(this.#originS)
    this.#state = IDLE
    if (this.#waiting.length === 0) return this.#calendar.sleep(this.#actor)
    this.#calendar.schedule(this.#actor, this.#requests.readyS[this.#waiting.at(0)], BEGINS)
  }

  // --- StepFormation: what the batcher sees and does ----------------------------------------------------------

  get decodes(): number {
    return this.#decodes.sequences
  }

  get prefills(): number {
    return this.#prefillCount
  }

  get maxSequences(): number {
    return this.kind.maxSequences
  }

  get chunkTokens(): number {
    return this.#mixed.chunkTokens
  }

  get budgetTokens(): number {
    return this.kind.tokenBudget - this.#mixed.chunkTokens - (this.#decodesTaken ? this.#decodes.sequences : 0)
  }

  get hasWaiting(): boolean {
    if (this.#waiting.length === 0) return false
    return this.#requests.readyS[this.#waiting.at(0)] <= this.#calendar.clock[0]
  }

  get headTokens(): number {
    const head = this.#waiting.at(0)
    return this.#requests.prefillTokens[head] - this.#requests.computedTokens[head]
  }

  continueRunning(): void {
    this.#decodesTaken = this.#decodes.sequences > 0
    if (this.kv.neededFor(1) + this.#prefillBlocks() > this.kv.freeBlocks) return this.#continueInOrder()
    for (let i = 0; i < this.#prefillCount; i++) this.#continuePrefill(this.#prefills[i])
    if (!this.#decodesTaken) return
    this.kv.advance(1)
    this.#blockSteps++
  }

  /** No fewer blocks than the unfinished prefills can take in this step. */
  #prefillBlocks(): number {
    let blocks = 0
    for (let i = 0; i < this.#prefillCount; i++) {
      const request = this.#prefills[i]
      blocks += this.#chunkBlocks(request, Math.min(this.#restOf(request), this.budgetTokens))
    }
    return blocks
  }

  #continuePrefill(request: number): void {
    const size = Math.min(this.#restOf(request), this.budgetTokens)
    if (size <= 0) return
    const blocks = this.#chunkBlocks(request, size)
    this.kv.freeBlocks -= blocks
    this.#requests.heldBlocks[request] += blocks
    this.#addChunk(request, size)
  }

  /** One by one in order of admission, preempting the newest where blocks are short. */
  #continueInOrder(): void {
    const requests = this.#requests
    for (let request = this.#head; request >= 0; request = requests.next[request]) {
      const isPrefill = this.#isPrefill(request)
      const size = isPrefill ? Math.min(this.#restOf(request), this.budgetTokens) : 0
      const blocks = isPrefill ? this.#chunkBlocks(request, size) : this.#decodeBlocks(request)
      if (!this.#makeRoom(blocks, request)) break
      if (isPrefill) this.#continuePrefill(request)
      else this.kv.freeBlocks -= blocks
    }
    this.#decodesTaken = this.#decodes.sequences > 0
    if (!this.#decodesTaken) return
    this.kv.turn()
    this.#blockSteps++
  }

  #restOf(request: number): number {
    return this.#requests.prefillTokens[request] - this.#requests.computedTokens[request]
  }

  #chunkBlocks(request: number, size: number): number {
    const tokens = this.#requests.computedTokens[request] + size
    return this.kv.blocksFor(tokens) - this.#requests.heldBlocks[request]
  }

  #decodeBlocks(request: number): number {
    return this.kv.crossesNext(this.#requests.kvResidue[request]) ? 1 : 0
  }

  /** Preempts the newest until the blocks are free. @returns false when `request` itself had to go */
  #makeRoom(blocks: number, request: number): boolean {
    while (blocks > this.kv.freeBlocks) {
      const newest = this.#tail
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
    if (this.#isPrefill(request)) {
      this.#dropPrefill(request)
      this.pendingPrefillTokens -= this.#restOf(request)
      this.kv.freeBlocks += requests.heldBlocks[request]
    } else {
      requests.lastTokenS[request] = this.#stalls.lastTokenS(requests.lastTokenS[request], this.#originS)
      this.#heap.remove(request)
      this.#leaveDecodes(request)
    }
    this.#unlink(request)
    requests.heldBlocks[request] = 0
    requests.computedTokens[request] = 0
    requests.prefillTokens[request] = requests.inputTokens[request] + requests.emittedTokens[request]
    this.pendingPrefillTokens += requests.prefillTokens[request]
    this.#waiting.unshift(request)
  }

  admit(tokens: number): boolean {
    if (this.#preempted || this.running === this.kind.maxSequences) return false
    const requests = this.#requests
    const request = this.#waiting.at(0)
    const blocks = this.kv.blocksFor(requests.computedTokens[request] + tokens)
    const reserved = this.running === 0 ? 0 : this.kind.watermarkBlocks
    if (blocks > this.kv.freeBlocks - reserved) return false
    this.kv.freeBlocks -= blocks
    requests.heldBlocks[request] = blocks
    this.#waiting.shift()
    this.#link(request)
    if (Number.isNaN(requests.admittedS[request])) requests.admittedS[request] = this.#calendar.clock[0]
    this.#addPrefill(request)
    this.#addChunk(request, tokens)
    return true
  }

  #addChunk(request: number, size: number): void {
    const mixed = this.#mixed
    const cached = this.#requests.computedTokens[request]
    if (mixed.chunks === this.#chunkRequests.length) {
      this.#chunkRequests = doubled(this.#chunkRequests)
      this.#chunkSizes = doubled(this.#chunkSizes)
    }
    this.#chunkRequests[mixed.chunks] = request
    this.#chunkSizes[mixed.chunks++] = size
    mixed.chunkTokens += size
    mixed.chunkCachedTokens += cached
    mixed.chunkPairs += size * cached + (size * size) / 2
  }

  // --- Boundaries of the stretch ------------------------------------------------------------------------------

  #boundaryS(step: number): number {
    return this.#originS + this.kind.latency.decodeSeconds(this.#decodes, step)
  }

  /**
   * The least step, at most `limit`, whose boundary lies at or after the time. Guessed from above (gaps do not
   * fall before `limit`), settled by the very expression that defines boundaries.
   */
  #boundaryAtOrAfter(timeS: number, limit: number): number {
    const latency = this.kind.latency
    const decodes = this.#decodes
    const afterS = timeS - this.#originS
    let step = Math.max(1, Math.min(limit, Math.ceil(afterS / latency.gapSeconds(decodes, 1))))
    while (step > 1) {
      const excessS = latency.decodeSeconds(decodes, step) - afterS
      const back = Math.floor(excessS / latency.gapSeconds(decodes, step))
      if (back <= 0) break
      step = Math.max(1, step - back)
    }
    while (step > 1 && this.#boundaryS(step - 1) >= timeS) step--
    while (step < limit && this.#boundaryS(step) < timeS) step++
    return step
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(2 * array.length)
  copy.set(array)
  return copy
}
