import type { Calendar } from '../core/calendar.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Batch } from './batch.ts'
import type { Ledger } from './ledger.ts'
import type { Meter } from './meter.ts'
import * as reading from './reading.ts'
import { IDLE, MIXED, STRETCH, type Standing } from './standing.ts'
import type { Stretch } from './stretch.ts'

/** What whoever looks on at a replica shares with it. */
export interface OnlookerSetup {
  /** The replica's slot in the calendar. */
  readonly actor: number
  readonly calendar: Calendar
  readonly requests: RequestTable
  readonly stretch: Stretch
  readonly ledger: Ledger
  readonly batch: Batch
  readonly standing: Standing
}

/**
 * Looks on at a replica: says what it is at this instant, in the midst of a stretch as well.
 *
 * It settles integers to now (gaps counted, evictions paid) and changes no double of the replica, however often it is
 * asked.
 */
export class Onlooker {
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #stretch: Stretch
  readonly #ledger: Ledger
  readonly #batch: Batch
  readonly #standing: Standing

  constructor({ actor, calendar, requests, stretch, ledger, batch, standing }: OnlookerSetup) {
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#stretch = stretch
    this.#ledger = ledger
    this.#batch = batch
    this.#standing = standing
  }

  /** Requests sent here and not running: on their way, not yet admitted, or preempted. */
  get waiting(): number {
    return this.#batch.waiting.length + this.#standing.incoming
  }

  /** Requests in the batch. */
  get running(): number {
    return this.#batch.running.length
  }

  get decodes(): number {
    return this.#stretch.sequences
  }

  /** Prompt tokens of waiting and running requests that are still to be computed. */
  get pendingPrefillTokens(): number {
    return this.#batch.pendingPrefillTokens
  }

  /** Tokens of KV that requests sent here have no blocks for yet. */
  get waitingKvTokens(): number {
    const { pendingPrefillTokens, waitingComputedTokens } = this.#batch
    return pendingPrefillTokens + waitingComputedTokens + this.#standing.incomingTokens
  }

  // --- The stretch by now ---------------------------------------------------------------------------------------

  /** Boundaries of the stretch passed by now; 0 outside one. */
  stepsDone(): number {
    const { state, atBoundary, dueStep } = this.#standing
    if (state !== STRETCH) return 0
    return atBoundary ? this.#batch.reached : this.#stretch.stepsDoneBy(this.#calendar.clock[0], dueStep)
  }

  /** The step of the stretch that is under way at this instant, by the boundary that ends it. */
  #stepUnderWay(): number {
    return this.#stretch.boundaryAtOrAfter(this.#calendar.clock[0], this.#standing.dueStep)
  }

  /** Output tokens emitted by this instant. */
  outputTokensNow(): number {
    return this.#ledger.outputTokens + this.#stretch.sequences * this.#stretch.tokensIn(0, this.stepsDone())
  }

  /** Sum of the gaps before the tokens emitted by now, in seconds. */
  itlSumNowS(): number {
    const done = this.stepsDone()
    if (done === 0) return this.#ledger.itlSumS
    return this.#ledger.itlSumS + this.#stretch.sequences * this.#stretch.secondsOf(done)
  }

  /** Counts the gaps before every token emitted by now. */
  settleGaps(): void {
    const done = this.stepsDone()
    if (done > 0) this.#ledger.settleGaps(this.#stretch, done)
  }

  /** Blocks free at this instant: those of the step under way are taken. */
  freeBlocksNow(): number {
    return this.#standing.isInStretch ? this.#freeBlocksIn(this.#stepUnderWay()) : this.#batch.kv.freeBlocks
  }

  /** Blocks free while a step of the stretch is under way. */
  #freeBlocksIn(step: number): number {
    const { blockSteps, kv } = this.#batch
    if (step <= blockSteps) return kv.freeBlocks
    return kv.freeBlocks - kv.neededFor(this.#stretch.tokensIn(blockSteps, step))
  }

  // --- Readings -------------------------------------------------------------------------------------------------

  /** Fills in the record that begins at `at` with what is here at its instant: now, or before now with nothing since. */
  read(numbers: Float64Array, at: number): void {
    const { state, isInStretch } = this.#standing
    numbers[at + reading.VERSION]++
    numbers[at + reading.WAITING] = this.waiting
    numbers[at + reading.RUNNING] = this.running
    numbers[at + reading.PENDING_PREFILL_TOKENS] = this.pendingPrefillTokens
    numbers[at + reading.WAITING_KV_TOKENS] = this.waitingKvTokens
    numbers[at + reading.MIXED_END_S] =
      state === MIXED ? this.#calendar.timeS[this.#actor] : Number.NEGATIVE_INFINITY
    if (isInStretch) return this.#readStretch(numbers, at)
    numbers[at + reading.UNTIL_S] = Number.POSITIVE_INFINITY
    numbers[at + reading.FREE_BLOCKS] = this.#batch.kv.freeBlocks
    this.#readContext(numbers, at, state === STRETCH ? this.#batch.reached : 0)
  }

  /** A step has its blocks from its beginning, and its tokens at its end. */
  #readStretch(numbers: Float64Array, at: number): void {
    const timeS = numbers[at + reading.AS_OF_S]
    const underWay = this.#stretch.boundaryAtOrAfter(timeS, this.#standing.dueStep)
    const boundaryS = this.#stretch.boundaryS(underWay)
    numbers[at + reading.UNTIL_S] = boundaryS
    numbers[at + reading.FREE_BLOCKS] = this.#freeBlocksIn(underWay)
    this.#readContext(numbers, at, boundaryS <= timeS ? underWay : underWay - 1)
  }

  #readContext(numbers: Float64Array, at: number, stepsDone: number): void {
    const { sequences, contextTokens, longestTokens } = this.#stretch
    const tokens = this.#stretch.tokensIn(0, stepsDone)
    numbers[at + reading.DECODES] = sequences
    numbers[at + reading.CONTEXT_TOKENS] = contextTokens + sequences * tokens
    numbers[at + reading.LONGEST_TOKENS] = sequences === 0 ? 0 : longestTokens + tokens
  }

  /** Reads the meter at this instant, the step under way pro rata. */
  readMeter(reading: Meter): void {
    const { meter } = this.#ledger
    const nowS = this.#calendar.clock[0]
    reading.copy(meter)
    if (this.#standing.state === IDLE) {
      reading.idleG += meter.idleGramsUntil(nowS)
      reading.awayS += meter.awaySecondsUntil(nowS)
    } else if (nowS > this.#stretch.originS) this.#readBusy(reading, nowS - this.#stretch.originS)
  }

  #readBusy(reading: Meter, sinceS: number): void {
    if (this.#standing.state === STRETCH)
      return this.#ledger.readStretch(reading, this.#stretch, this.stepsDone(), sinceS)
    this.#ledger.readMixed(reading, this.#batch.step, this.#stretch.originS, sinceS)
  }

  // --- Prompts that are there already ---------------------------------------------------------------------------

  /** Tokens of a prompt that need not be computed here. */
  prefixHitTokens(request: number): number {
    const { prefixes } = this.#batch
    if (prefixes?.hasBlocks(request)) {
      this.settlePrefixes()
      return prefixes.tokensFound(request)
    }
    return Math.min(this.#requests.hitTokens[request], this.#requests.inputTokens[request] - 1)
  }

  /** Pays the evictions owed by now. */
  settlePrefixes(): void {
    this.#batch.prefixes?.settle(this.freeBlocksNow())
  }

  /**
   * Pays the evictions owed by now, and writes at `place` until when there are no more if nothing happens here: up to
   * the instant at which the step begins that takes the memory of the next.
   */
  settlePrefixesUntil(atS: Float64Array, place: number): void {
    const { kv, prefixes } = this.#batch
    prefixes?.settle(kv.freeBlocks)
    this.foreseeEviction(atS, place)
    if (this.#calendar.clock[0] <= atS[place]) return
    this.settlePrefixes()
    this.foreseeEviction(atS, place)
  }

  /** Writes the same where all that is owed by now has been paid. */
  foreseeEviction(atS: Float64Array, place: number): void {
    const { prefixes, blockSteps } = this.#batch
    const { isInStretch, dueStep } = this.#standing
    atS[place] = Number.POSITIVE_INFINITY
    if (prefixes === undefined || !isInStretch || dueStep <= blockSteps) return
    const steps = this.#batch.stepsInKv(dueStep, prefixes.evictableBlocks)
    if (steps < dueStep) atS[place] = this.#stretch.boundaryS(steps)
  }

  /**
   * Pays the evictions owed by now, as `settlePrefixes` does, but those of each step by themselves: `atS[0]` is when it
   * began while they are paid. Those of blocks taken at the last change go first; the caller knows when that was.
   */
  payEvictions(atS: Float64Array): void {
    const { kv, blockSteps, prefixes } = this.#batch
    if (prefixes === undefined) return
    prefixes.settle(kv.freeBlocks)
    if (!this.#standing.isInStretch) return
    const underWay = this.#stepUnderWay()
    while (underWay > blockSteps) {
      const step = this.#batch.stepsInKv(underWay, prefixes.evictableBlocks) + 1
      if (step > underWay) return
      atS[0] = this.#stretch.boundaryS(step - 1)
      prefixes.settle(this.#freeBlocksIn(step))
    }
  }
}
