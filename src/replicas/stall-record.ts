import type { DecodeBatch, LatencyModel } from '../latency/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { GapRecord } from './gap-record.ts'

/**
 * Counts the gaps between output tokens. Most gaps are the step that ends with the token; decodes that a
 * batcher kept out of some steps carry the wait into their next gap, and are remembered here in groups that
 * share the time of their last token.
 */
export class StallRecord {
  readonly #itl: LogBins
  readonly #gaps: GapRecord
  #groups = 0
  #held = 0
  readonly #count: number[] = []
  readonly #sinceS: number[] = []
  readonly #epoch: number[] = []

  constructor(itl: LogBins, gaps: GapRecord) {
    this.#itl = itl
    this.#gaps = gaps
  }

  /** A step begins at `timeS` without the `sequences` decodes that there are. */
  hold(timeS: number, sequences: number, epoch: number): void {
    const count = sequences - this.#held
    if (count === 0) return
    this.#count[this.#groups] = count
    this.#sinceS[this.#groups] = timeS
    this.#epoch[this.#groups++] = epoch
    this.#held = sequences
  }

  /** One step with all the decodes has ended at `timeS`. */
  endStep(timeS: number, sequences: number, seconds: number, epoch: number): void {
    const held = this.#release(timeS)
    this.#itl.add(seconds, sequences - held)
    this.#gaps.push(epoch, seconds)
  }

  /** A stretch of decode steps that began at `originS` has ended. */
  endStretch(
    originS: number,
    batch: DecodeBatch,
    steps: number,
    seconds: number,
    latency: LatencyModel,
    epoch: number,
  ): void {
    let first = 1
    if (this.#groups > 0) {
      const gapS = latency.gapSeconds(batch, 1)
      const held = this.#release(steps === 1 ? originS + seconds : originS + latency.decodeSeconds(batch, 1))
      this.#itl.add(gapS, batch.sequences - held)
      first = 2
    }
    const lastGapS = latency.gapSeconds(batch, steps)
    if (first <= steps) this.#countGaps(batch, first, steps, lastGapS, latency)
    this.#gaps.push(epoch, lastGapS)
  }

  /** Adds steps `from` to `to`, whose gaps do not fall, to the bins by count. */
  #countGaps(batch: DecodeBatch, from: number, to: number, lastGapS: number, latency: LatencyModel): void {
    const itl = this.#itl
    const lastBin = itl.bin(lastGapS)
    let first = from
    for (;;) {
      const bin = itl.bin(latency.gapSeconds(batch, first))
      if (bin === lastBin) break
      const next = firstReaching(latency, batch, itl.upperEdge(bin), first + 1, to)
      itl.addToBin(bin, (next - first) * batch.sequences)
      first = next
    }
    itl.addToBin(lastBin, (to - first + 1) * batch.sequences)
  }

  /** A preempted request emits again: its gap spans the interruption. */
  resume(request: number, requests: RequestTable, nowS: number): void {
    const gapS = nowS - requests.lastTokenS[request]
    this.#itl.add(gapS, 1)
    if (gapS > requests.worstItlS[request]) requests.worstItlS[request] = gapS
  }

  /** When a decode that leaves now, having joined at `joinedS`, had its last token. It leaves its group. */
  lastTokenS(joinedS: number, nowS: number): number {
    for (let group = 0; group < this.#groups; group++) {
      if (this.#sinceS[group] < joinedS) continue
      this.#count[group]--
      this.#held--
      return this.#sinceS[group]
    }
    return nowS
  }

  /** The held decodes have a token at `timeS`. @returns how many they are */
  #release(timeS: number): number {
    for (let group = 0; group < this.#groups; group++) {
      const gapS = timeS - this.#sinceS[group]
      this.#itl.add(gapS, this.#count[group])
      this.#gaps.push(this.#epoch[group], gapS)
    }
    const held = this.#held
    this.#groups = 0
    this.#held = 0
    return held
  }
}

/** The first step from `from` on whose gap is at least `gapS`; `to` is known to be one. */
function firstReaching(
  latency: LatencyModel,
  batch: DecodeBatch,
  gapS: number,
  from: number,
  to: number,
): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (latency.gapSeconds(batch, middle) >= gapS) high = middle
    else low = middle + 1
  }
  return low
}
