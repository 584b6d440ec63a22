import type { RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { GapRecord } from './gap-record.ts'
import type { Stretch } from './stretch.ts'

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

  /**
   * One step of `seconds` with all the decodes has ended at `timeS`.
   * @returns seconds by which the gaps of held decodes exceed the step, summed
   */
  endStep(timeS: number, sequences: number, seconds: number): number {
    if (this.#groups === 0) {
      this.#itl.add(seconds, sequences)
      return 0
    }
    this.#itl.add(seconds, sequences - this.#held)
    return this.#release(timeS, seconds)
  }

  /**
   * Steps `first` to `last` of a stretch have ended.
   * @returns seconds by which the gaps of held decodes exceed their step, summed
   */
  endSteps(stretch: Stretch, first: number, last: number): number {
    if (this.#groups === 0) {
      this.#countGaps(stretch, first, last)
      return 0
    }
    const heldS = this.endStep(stretch.boundaryS(1), stretch.sequences, stretch.gapS(1))
    if (first < last) this.#countGaps(stretch, first + 1, last)
    return heldS
  }

  /** Adds steps `from` to `to`, whose gaps do not fall, to the bins by count. */
  #countGaps(stretch: Stretch, from: number, to: number): void {
    const itl = this.#itl
    const { sequences } = stretch
    const lastBin = itl.bin(stretch.gapS(to))
    let first = from
    for (;;) {
      const bin = itl.bin(stretch.gapS(first))
      if (bin === lastBin) break
      const next = firstReaching(stretch, itl.upperEdge(bin), first + 1, to)
      itl.addToBin(bin, (next - first) * sequences)
      first = next
    }
    itl.addToBin(lastBin, (to - first + 1) * sequences)
  }

  /** A preempted request emits again: its gap spans the interruption. @returns the gap in seconds */
  resume(request: number, requests: RequestTable, nowS: number): number {
    const gapS = nowS - requests.lastTokenS[request]
    this.#itl.add(gapS, 1)
    if (gapS > requests.worstItlS[request]) requests.worstItlS[request] = gapS
    return gapS
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

  /** The held decodes have a token at `timeS`, at the end of a step of `seconds`. */
  #release(timeS: number, seconds: number): number {
    let heldS = 0
    for (let group = 0; group < this.#groups; group++) {
      const gapS = timeS - this.#sinceS[group]
      this.#itl.add(gapS, this.#count[group])
      this.#gaps.push(this.#epoch[group], gapS)
      heldS += this.#count[group] * (gapS - seconds)
    }
    this.#groups = 0
    this.#held = 0
    return heldS
  }
}

/** The first step from `from` on whose gap is at least `gapS`; `to` is known to be one. */
function firstReaching(stretch: Stretch, gapS: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (stretch.gapS(middle) >= gapS) high = middle
    else low = middle + 1
  }
  return low
}
