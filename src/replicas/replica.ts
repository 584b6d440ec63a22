import { BEGINS, type Calendar, ENDS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import type { Grid } from '../energy/grid.ts'
import { REJECTED, type RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import { Batch, type ReplicaListener } from './batch.ts'
import type { ReplicaKind } from './contract.ts'
import { Ledger } from './ledger.ts'
import type { Meter } from './meter.ts'
import { Stretch } from './stretch.ts'

/** What a replica does between two of its events: nothing, */
const IDLE = 0
/** decode steps of an unchanged batch, priced in closed form from the origin, */
const STRETCH = 1
/** or one step that carries prefill chunks. */
const MIXED = 2

/** Room between the step ordinals of two replicas, so that no two steps of a run share one. */
const STEPS_PER_REPLICA = 2 ** 32

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
 * One model instance: a batch and its books, and the one slot in the calendar that moves them from boundary to
 * boundary.
 *
 * The origin of a stretch moves (`Batch.commit`) only where the step that begins differs from the plan in force;
 * looking, asking the batcher and being refused leave every double as it is.
 */
export class Replica implements Actor {
  readonly id: number
  readonly kind: ReplicaKind
  readonly ledger: Ledger
  /** Events spent on it. */
  events = 0
  /** Requests sent here. */
  delivered = 0

  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #listener: ReplicaListener
  readonly #stepByStep: boolean
  readonly #batch: Batch
  readonly #stretch: Stretch

  #state = IDLE
  /** Whether a step has ended at this instant and the next has not begun. */
  #atBoundary = false
  /** Boundaries of the stretch: where the plan ends whatever happens, and which one the slot is set to. */
  #planSteps = 0
  #dueStep = 0

  constructor(id: number, actor: number, kind: ReplicaKind, setup: ReplicaSetup) {
    const { calendar, requests, listener } = setup
    this.id = id
    this.kind = kind
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#listener = listener
    this.#stepByStep = setup.stepByStep
    this.#stretch = new Stretch(kind.latency)
    this.ledger = new Ledger(kind.latency, kind.energy, requests, setup.grid, setup.itl)
    const { ledger } = this
    const shared = { kind, calendar, requests, stretch: this.#stretch, ledger, listener }
    this.#batch = new Batch({ ...shared, firstOrdinal: id * STEPS_PER_REPLICA })
  }

  // --- What happens to it ---------------------------------------------------------------------------------------

  /** Takes in a request that the router has sent here now. */
  deliver(request: number): void {
    const requests = this.#requests
    this.delivered++
    requests.replica[request] = this.id
    if (requests.inputTokens[request] >= this.kind.maxModelLen) return this.#reject(request)
    this.#batch.enqueue(request, this.#calendar.clock[0] + this.kind.frontEndS)
    if (this.#batch.waiting.length === 1) this.#noticeHead()
    else if (this.#state === IDLE && this.#batch.hasJustFilled) this.#noticeHead()
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

  /** The head of the queue is new, or its batch is full: plans the first moment at which a step may carry it. */
  #noticeHead(): void {
    const readyS = this.#batch.headReadyS
    if (this.#state === IDLE) return this.#calendar.schedule(this.#actor, readyS, BEGINS)
    if (this.#state === MIXED || this.#batch.isFull) return
    if (readyS >= this.#calendar.timeS[this.#actor]) return
    const step = this.#stretch.boundaryAtOrAfter(readyS, this.#dueStep)
    const boundaryS = this.#stretch.boundaryS(step)
    this.#dueStep = step
    this.#calendar.timeS[this.#actor] = boundaryS
    this.#calendar.moved(this.#actor, boundaryS === this.#calendar.clock[0] ? BEGINS : ENDS)
  }

  /** Arrives at the boundary the slot was set to. */
  #reach(): void {
    this.#atBoundary = true
    if (this.#state === MIXED) {
      this.#batch.endMixed()
      this.#state = STRETCH
    } else this.#batch.reach(this.#dueStep)
  }

  // --- The beginning of a step ----------------------------------------------------------------------------------

  #begin(): void {
    const batch = this.#batch
    batch.form()
    this.#atBoundary = false
    if (batch.step.chunks > 0) return this.#startMixed()
    if (!batch.hasDecodes) return this.#rest()
    // A boundary of 0 says that the origin has moved here: whatever was planned is over.
    const isInForce = batch.reached > 0 && batch.reached < this.#planSteps
    if (!isInForce) this.#startStretch()
    this.#scheduleBoundary()
  }

  #startStretch(): void {
    const batch = this.#batch
    const stretch = this.#stretch
    batch.commit()
    const { latency, energy } = this.kind
    stretch.price()
    const toFinish = batch.finishes.topStep() - stretch.originStep
    const steady = Math.min(toFinish, latency.steadySteps(stretch))
    const inKv = batch.blockSteps + batch.kv.stepsThatFit(steady - batch.blockSteps)
    this.#state = STRETCH
    this.#planSteps = energy.steadySteps(stretch, inKv)
    stretch.isCapped = energy.isDecodeCapped(stretch)
  }

  /** Sets the slot to the next boundary at which something ends, or can be done for the head of the queue. */
  #scheduleBoundary(): void {
    const batch = this.#batch
    let step = this.#planSteps
    if (batch.hasPreempted || this.#stepByStep) step = batch.reached + 1
    else if (batch.waiting.length > 0 && !batch.isFull) {
      const readyS = batch.headReadyS
      if (readyS > this.#calendar.clock[0]) step = this.#stretch.boundaryAtOrAfter(readyS, step)
    }
    this.#dueStep = step
    this.#calendar.timeS[this.#actor] = this.#stretch.boundaryS(step)
    this.#calendar.moved(this.#actor, ENDS)
  }

  #startMixed(): void {
    const batch = this.#batch
    batch.commit()
    if (this.#state === IDLE) this.#wake()
    const { step } = batch
    const { originS, sequences, contextTokens } = this.#stretch
    if (batch.hasDecodes) {
      step.sequences = sequences
      step.contextTokens = contextTokens
    } else this.ledger.stalls.hold(originS, sequences, step.ordinal)
    this.#state = MIXED
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

  /** Nothing to run: sleeps, or until a step may carry the head of the queue. */
  #rest(): void {
    if (this.#stretch.sequences > 0) throw new RangeError('the batcher left decodes out of an empty step')
    if (this.#state !== IDLE) this.ledger.meter.startIdling(this.#stretch.originS)
    this.#state = IDLE
    if (this.#batch.waiting.length === 0) return this.#calendar.sleep(this.#actor)
    this.#calendar.schedule(this.#actor, this.#batch.headReadyS, BEGINS)
  }

  // --- Looking on, changing no double ---------------------------------------------------------------------------

  /** Requests sent here and not running: not yet admitted, or preempted. */
  get waiting(): number {
    return this.#batch.waiting.length
  }

  /** Requests in the batch. */
  get running(): number {
    return this.#batch.running
  }

  get decodes(): number {
    return this.#stretch.sequences
  }

  /** Prompt tokens of waiting and running requests that are still to be computed. */
  get pendingPrefillTokens(): number {
    return this.#batch.pendingPrefillTokens
  }

  get preemptions(): number {
    return this.#batch.preemptions
  }

  /** Boundaries of the stretch passed by now. */
  #stepsDone(): number {
    if (this.#state !== STRETCH) return 0
    return this.#atBoundary
      ? this.#batch.reached
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
    if (this.#state !== STRETCH || this.#atBoundary) return this.#batch.kv.freeBlocks
    const underWay = this.#stretch.boundaryAtOrAfter(this.#calendar.clock[0], this.#dueStep)
    const ahead = underWay - this.#batch.blockSteps
    return ahead > 0 ? this.#batch.kv.freeBlocks - this.#batch.kv.neededFor(ahead) : this.#batch.kv.freeBlocks
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
    if (this.#state === MIXED) ledger.readMixed(reading, this.#batch.step, originS, nowS - originS)
    else ledger.readStretch(reading, this.#stretch, this.#stepsDone(), nowS - originS)
  }
}
