import type { EnergyModel } from '../energy/contract.ts'
import type { Grid } from '../energy/grid.ts'
import { contextRead } from '../latency/context.ts'
import type { LatencyModel } from '../latency/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { Chunks } from './chunks.ts'
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
  /** Steps, output tokens and prompt tokens of what has been folded. */
  steps = 0
  outputTokens = 0
  promptTokens = 0
  /** Seconds between output tokens, summed over the tokens. */
  itlSumS = 0
  readonly #latency: LatencyModel
  readonly #energy: EnergyModel
  readonly #requests: RequestTable
  /** Steps of the stretch whose gaps are counted. */
  #gapSteps = 0

  constructor(latency: LatencyModel, energy: EnergyModel, requests: RequestTable, grid: Grid, itl: LogBins) {
    this.#latency = latency
    this.#energy = energy
    this.#requests = requests
    this.meter = new Meter(energy.idleWatts, grid)
    this.shares = new Shares(requests)
    this.stalls = new StallRecord(itl, this.gaps)
  }

  /** Folds the first steps of the stretch, which take `seconds`. The caller moves the origin after. */
  foldStretch(stretch: Stretch, steps: number, seconds: number, epoch: number): void {
    const { sequences, originStep } = stretch
    const latency = this.#latency
    const contextS = latency.contextSeconds
    this.settleGaps(stretch, steps)
    this.#gapSteps = 0
    this.gaps.push(epoch, latency.gapSeconds(stretch, steps))
    this.itlSumS += sequences * seconds
    this.meter.busyS += seconds
    const perTokenS = (seconds - contextS * contextRead(stretch, steps)) / sequences
    this.shares.addSeconds(originStep, steps, perTokenS, contextS)
    this.#foldEnergy(this.meter, stretch, steps, seconds)
    this.steps += steps
    this.outputTokens += steps * sequences
  }

  /** Counts the gaps of the stretch up to a boundary that has been reached: integers may be settled at any time. */
  settleGaps(stretch: Stretch, steps: number): void {
    if (steps === this.#gapSteps) return
    const first = this.#gapSteps + 1
    this.itlSumS += this.stalls.endSteps(stretch.originS, stretch, first, steps, this.#latency)
    this.#gapSteps = steps
  }

  /** Adds joules and grams of the stretch's first steps, cut at the first boundary at or after each hour. */
  #foldEnergy(meter: Meter, stretch: Stretch, steps: number, seconds: number): void {
    const { isCapped } = stretch
    const endS = stretch.originS + seconds
    let from = 0
    let fromJ = 0
    meter.enterHourOf(stretch.originS)
    while (endS > meter.hourEndS) {
      const cut = stretch.boundaryAtOrAfter(meter.hourEndS, steps)
      const cutS = this.#latency.decodeSeconds(stretch, cut)
      const cutJ = this.#energy.decodeJoules(stretch, cut, cutS, isCapped)
      this.#addJoules(meter, stretch, from, cut, cutJ - fromJ)
      from = cut
      fromJ = cutJ
      meter.enterHourOf(stretch.boundaryS(cut))
    }
    const joules = this.#energy.decodeJoules(stretch, steps, seconds, isCapped)
    if (steps > from) this.#addJoules(meter, stretch, from, steps, joules - fromJ)
  }

  /** Adds the joules of some steps of the stretch; to a reading that is not the meter itself, without shares. */
  #addJoules(meter: Meter, stretch: Stretch, from: number, to: number, joules: number): void {
    meter.addJoules(joules)
    if (meter !== this.meter) return
    const { sequences, contextTokens } = stretch
    const steps = to - from
    const contextJ = this.#energy.contextJoules(stretch.isCapped)
    const contextSteps = steps * (contextTokens + sequences * from) + (sequences * steps * (steps + 1)) / 2
    const perTokenJ = (joules - contextJ * contextSteps) / sequences
    this.shares.addJoules(stretch.originStep + from, steps, perTokenJ, contextJ, meter.gramsPerJoule)
  }

  /** Folds the step with chunks that began at the stretch's origin. The caller moves the origin after. */
  foldMixed(stretch: Stretch, step: Chunks): void {
    const { sequences, seconds } = step
    this.#meterMixed(stretch, step)
    this.steps++
    this.outputTokens += sequences
    this.promptTokens += step.chunkTokens
    if (sequences === 0) return
    this.itlSumS += this.stalls.endStep(stretch.originS + seconds, sequences, seconds)
    this.itlSumS += sequences * seconds
    this.gaps.push(step.ordinal, seconds)
  }

  #meterMixed(stretch: Stretch, step: Chunks): void {
    const { sequences, seconds } = step
    const meter = this.meter
    const joules = this.#energy.stepJoules(step, seconds, step.isCapped)
    meter.enterHourOf(stretch.originS)
    meter.busyS += seconds
    meter.addJoules(joules)
    let restS = seconds
    let restJ = joules
    for (let i = 0; i < step.chunks; i++) {
      const request = step.requestOf(i)
      const tokens = step.tokensOf(i)
      const computed = this.#requests.computedTokens[request]
      const chunkS = this.#latency.chunkSeconds(tokens, computed)
      const chunkJ = this.#energy.chunkJoules(tokens, computed, step.isCapped)
      this.#charge(request, chunkS, chunkJ)
      restS -= chunkS
      restJ -= chunkJ
    }
    const contextS = this.#latency.contextSeconds
    const contextJ = this.#energy.contextJoules(step.isCapped)
    const context = step.contextTokens + sequences
    const perTokenS = (restS - contextS * context) / (sequences + step.chunkTokens)
    const perTokenJ = (restJ - contextJ * context) / (sequences + step.chunkTokens)
    for (let i = 0; i < step.chunks; i++) {
      this.#charge(step.requestOf(i), step.tokensOf(i) * perTokenS, step.tokensOf(i) * perTokenJ)
    }
    if (sequences === 0) return
    this.shares.addSeconds(stretch.originStep, 1, perTokenS, contextS)
    this.shares.addJoules(stretch.originStep, 1, perTokenJ, contextJ, meter.gramsPerJoule)
  }

  #charge(request: number, seconds: number, joules: number): void {
    const requests = this.#requests
    requests.shareS[request] += seconds
    requests.shareJ[request] += joules
    requests.shareG[request] += joules * this.meter.gramsPerJoule
  }

  /** Reads the meter in a stretch, `sinceS` after its origin and after `done` steps, the next step pro rata. */
  readStretch(reading: Meter, stretch: Stretch, done: number, sinceS: number): void {
    const { isCapped } = stretch
    const doneS = this.#latency.decodeSeconds(stretch, done)
    const nextS = this.#latency.decodeSeconds(stretch, done + 1)
    const doneJ = this.#energy.decodeJoules(stretch, done, doneS, isCapped)
    const nextJ = this.#energy.decodeJoules(stretch, done + 1, nextS, isCapped)
    reading.busyS += sinceS
    if (done > 0) this.#foldEnergy(reading, stretch, done, doneS)
    reading.enterHourOf(stretch.originS + doneS)
    reading.addJoules((nextJ - doneJ) * ((sinceS - doneS) / (nextS - doneS)))
  }

  /** Reads the meter in a step with chunks, `sinceS` after it began at `startS`, pro rata. */
  readMixed(reading: Meter, step: Chunks, startS: number, sinceS: number): void {
    reading.busyS += sinceS
    reading.enterHourOf(startS)
    reading.addJoules(this.#energy.stepJoules(step, step.seconds, step.isCapped) * (sinceS / step.seconds))
  }
}
