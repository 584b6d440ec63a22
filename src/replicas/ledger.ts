import type { EnergyModel } from '../energy/contract.ts'
import type { Grid } from '../energy/grid.ts'
import { contextHeldOver } from '../latency/context.ts'
import type { LatencyModel } from '../latency/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { Chunks } from './chunks.ts'
import { type FillRecord, fillRecordOf } from './fill-record.ts'
import { GapRecord } from './gap-record.ts'
import { Meter } from './meter.ts'
import { Shares } from './shares.ts'
import { StallRecord } from './stall-record.ts'
import type { Stretch } from './stretch.ts'

/**
 * The books of one replica: its meter, what each request owes of it, tokens, and the gaps between them. Doubles
 * are written only when a stretch or a mixed step is folded, so they do not depend on who looked in between.
 */
export class Ledger {
  readonly meter: Meter
  readonly shares: Shares
  readonly gaps = new GapRecord()
  readonly stalls: StallRecord
  /** Of steps that are padded; absent where none is. */
  readonly fill: FillRecord | undefined
  /** Steps, output tokens and prompt tokens of what has been folded. */
  steps = 0
  outputTokens = 0
  promptTokens = 0
  /** Preempted requests whose KV went to the host's memory. */
  swaps = 0
  /** Seconds between output tokens, summed over the tokens. */
  itlSumS = 0
  readonly #latency: LatencyModel
  readonly #energy: EnergyModel
  readonly #requests: RequestTable
  /** Share of the layers that read all the context a decode holds; the rest is not told apart by request. */
  readonly #unboundedShare: number
  /** Steps of the stretch whose gaps are counted. */
  #gapSteps = 0

  constructor(latency: LatencyModel, energy: EnergyModel, requests: RequestTable, grid: Grid, itl: LogBins) {
    this.#latency = latency
    this.#energy = energy
    this.#requests = requests
    this.#unboundedShare = 1 - (latency.window?.share ?? 0)
    this.meter = new Meter(energy.idleWatts, grid)
    this.shares = new Shares(requests)
    this.fill = fillRecordOf(latency)
    this.stalls = new StallRecord(itl, this.gaps, requests)
  }

  /** Folds the first steps of the stretch and moves its origin behind them. */
  foldStretch(stretch: Stretch, steps: number, epoch: number): void {
    const { sequences } = stretch
    this.settleGaps(stretch, steps)
    this.#gapSteps = 0
    this.gaps.push(epoch, stretch.gapS(steps))
    const seconds = stretch.secondsOf(steps)
    this.itlSumS += sequences * seconds
    this.meter.busyS += seconds
    const contextS = this.#unboundedShare * stretch.contextS
    const over = stretch.tokensOver(steps)
    const held = steps * stretch.contextTokens + sequences * over
    const perTokenS = (seconds - contextS * held) / sequences
    this.shares.addSeconds(stretch.originTokens, steps, over, perTokenS, contextS)
    this.meter.enterHourOf(stretch.originS)
    if (stretch.originS + seconds > this.meter.hourEndS) this.#foldByHour(this.meter, stretch, steps)
    else {
      const joules = this.#energy.decodeJoules(stretch, steps, seconds, stretch.isCapped)
      this.#foldJoules(stretch, steps, over, held, joules)
    }
    this.steps += steps
    this.fill?.addDecodes(sequences, steps)
    this.outputTokens += stretch.tokensIn(0, steps) * sequences
    stretch.advance(steps, seconds)
  }

  /**
   * Adds the joules of the stretch's first steps, all in the hour that the meter is in.
   *
   * @param over tokens that a decode gains in them, as `Shares` counts, and `held` the context of all decodes over them
   */
  #foldJoules(stretch: Stretch, steps: number, over: number, held: number, joules: number): void {
    const contextJ = this.#heldContextJ(stretch)
    const perTokenJ = (joules - contextJ * held) / stretch.sequences
    this.meter.addJoules(joules)
    this.shares.addJoules(stretch.originTokens, steps, over, perTokenJ, contextJ, this.meter.gramsPerJoule)
  }

  /** Counts the gaps of the stretch up to a boundary that has been reached: integers may be settled at any time. */
  settleGaps(stretch: Stretch, steps: number): void {
    if (steps === this.#gapSteps) return
    const first = this.#gapSteps + 1
    this.itlSumS += this.stalls.endSteps(stretch, first, steps)
    this.#gapSteps = steps
  }

  /** Adds joules and grams of the stretch's first steps, cut at the first boundary at or after each hour. */
  #foldByHour(meter: Meter, stretch: Stretch, steps: number): void {
    const endS = stretch.boundaryS(steps)
    let from = 0
    let fromJ = 0
    while (endS > meter.hourEndS) {
      const cut = stretch.boundaryAtOrAfter(meter.hourEndS, steps)
      const cutJ = this.#joulesOf(stretch, cut)
      this.#addJoules(meter, stretch, from, cut, cutJ - fromJ)
      from = cut
      fromJ = cutJ
      meter.enterHourOf(stretch.boundaryS(cut))
    }
    if (steps > from) this.#addJoules(meter, stretch, from, steps, this.#joulesOf(stretch, steps) - fromJ)
  }

  /** What a decode of the stretch pays at each step for each context token that it holds. */
  #heldContextJ(stretch: Stretch): number {
    return this.#unboundedShare * this.#energy.contextJoules(stretch.contextS, stretch.isCapped)
  }

  #joulesOf(stretch: Stretch, steps: number): number {
    const seconds = stretch.secondsOf(steps)
    return this.#energy.decodeJoules(stretch, steps, seconds, stretch.isCapped)
  }

  /** Adds the joules of some steps of the stretch; to a reading that is not the meter itself, without shares. */
  #addJoules(meter: Meter, stretch: Stretch, from: number, to: number, joules: number): void {
    meter.addJoules(joules)
    if (meter !== this.meter) return
    const { sequences } = stretch
    const steps = to - from
    const contextJ = this.#heldContextJ(stretch)
    const contextSteps = contextHeldOver(stretch, to) - contextHeldOver(stretch, from)
    const perTokenJ = (joules - contextJ * contextSteps) / sequences
    const before = stretch.originTokens
    const over = stretch.tokensOver(to) - stretch.tokensOver(from)
    this.shares.addJoules(before, steps, over, perTokenJ, contextJ, meter.gramsPerJoule)
  }

  /** Folds the step with chunks that began at the stretch's origin and moves the origin behind it. */
  foldMixed(stretch: Stretch, step: Chunks): void {
    const { sequences, seconds } = step
    this.#meterMixed(stretch, step)
    this.steps++
    this.outputTokens += sequences * stretch.tokensIn(0, 1)
    this.promptTokens += step.chunkTokens
    if (this.fill !== undefined) this.#foldFill(this.fill, step)
    stretch.advance(sequences > 0 ? 1 : 0, seconds)
    if (sequences === 0) return
    this.itlSumS += this.stalls.endStep(stretch.originS, sequences, seconds)
    this.itlSumS += sequences * seconds
    this.gaps.push(step.ordinal, seconds)
  }

  #foldFill(fill: FillRecord, step: Chunks): void {
    fill.addDecodes(step.sequences, 1)
    fill.addChunks(step)
  }

  /** Each chunk pays for its attention, each decode for the context it reads; the rest is split over the tokens. */
  #meterMixed(stretch: Stretch, step: Chunks): void {
    const { sequences, seconds, joules, isCapped } = step
    const { computedTokens, shareS, shareJ, shareG } = this.#requests
    const meter = this.meter
    meter.enterHourOf(stretch.originS)
    meter.busyS += seconds
    meter.addJoules(joules)
    const { gramsPerJoule } = meter
    const members = sequences + step.chunks
    let restS = seconds
    let restJ = joules
    for (let i = 0; i < step.chunks; i++) {
      const request = step.requestOf(i)
      const chunkS = this.#latency.chunkSeconds(step.tokensOf(i), computedTokens[request], members)
      const chunkJ = this.#energy.chunkJoules(step.tokensOf(i), computedTokens[request], chunkS, isCapped)
      shareS[request] += chunkS
      shareJ[request] += chunkJ
      shareG[request] += chunkJ * gramsPerJoule
      restS -= chunkS
      restJ -= chunkJ
    }
    const readS = this.#latency.contextSeconds(step, step.chunks)
    const contextS = this.#unboundedShare * readS
    const contextJ = this.#unboundedShare * this.#energy.contextJoules(readS, isCapped)
    const context = step.contextTokens + sequences
    const tokens = sequences + step.chunkTokens
    const perTokenS = (restS - contextS * context) / tokens
    const perTokenJ = (restJ - contextJ * context) / tokens
    for (let i = 0; i < step.chunks; i++) {
      const request = step.requestOf(i)
      shareS[request] += step.tokensOf(i) * perTokenS
      shareJ[request] += step.tokensOf(i) * perTokenJ
      shareG[request] += step.tokensOf(i) * perTokenJ * gramsPerJoule
    }
    if (sequences === 0) return
    this.shares.addSeconds(stretch.originTokens, 1, 1, perTokenS, contextS)
    this.shares.addJoules(stretch.originTokens, 1, 1, perTokenJ, contextJ, gramsPerJoule)
  }

  /** Reads the meter in a stretch, `sinceS` after its origin and after `done` steps, the next step pro rata. */
  readStretch(reading: Meter, stretch: Stretch, done: number, sinceS: number): void {
    const doneS = stretch.secondsOf(done)
    const gapS = stretch.secondsOf(done + 1) - doneS
    const stepJ = this.#joulesOf(stretch, done + 1) - this.#joulesOf(stretch, done)
    reading.busyS += sinceS
    reading.enterHourOf(stretch.originS)
    this.#foldByHour(reading, stretch, done)
    reading.enterHourOf(stretch.originS + doneS)
    reading.addJoules(stepJ * ((sinceS - doneS) / gapS))
  }

  /** Reads the meter in a step with chunks, `sinceS` after it began at `startS`, pro rata. */
  readMixed(reading: Meter, step: Chunks, startS: number, sinceS: number): void {
    reading.busyS += sinceS
    reading.enterHourOf(startS)
    reading.addJoules(step.joules * (sinceS / step.seconds))
  }
}
