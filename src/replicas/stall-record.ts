import type { RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { GapRecord } from './gap-record.ts'
import { RequestList } from './request-list.ts'
import type { Stretch } from './stretch.ts'

/**
 * Counts the gaps between output tokens. Most gaps are the step that ends with the token; decodes that a
 * batcher kept out of some steps carry the wait into their next gap, and are remembered here in groups that
 * share the time of their last token. So do those that had their last token elsewhere, or before they were
 * preempted, and whose KV was kept: they are remembered one by one.
 */
export class StallRecord {
  readonly #itl: LogBins
  readonly #gaps: GapRecord
  readonly #requests: RequestTable
  #groups = 0
  /** Decodes in groups. */
  #held = 0
  readonly #count: number[] = []
  readonly #sinceS: number[] = []
  readonly #epoch: number[] = []
  readonly #late = new RequestList()

  constructor(itl: LogBins, gaps: GapRecord, requests: RequestTable) {
    this.#itl = itl
    this.#gaps = gaps
    this.#requests = requests
  }

  /** A request joins the decodes some time after its last token, at `lastTokenS`. */
  joinLate(request: number): void {
    this.#late.add(request)
  }

  /** A step begins at `timeS` without the `sequences` decodes that there are. */
  hold(timeS: number, sequences: number, epoch: number): void {
    const count = sequences - this.#held - this.#late.length
    if (count === 0) return
    this.#count[this.#groups] = count
    this.#sinceS[this.#groups] = timeS
    this.#epoch[this.#groups++] = epoch
    this.#held += count
  }

  /**
   * One step of `seconds` with all the decodes has ended at `timeS`.
   * @returns seconds by which the gaps of held decodes exceed the step, summed
   */
  endStep(timeS: number, sequences: number, seconds: number): number {
    if (this.#groups === 0 && this.#late.length === 0) {
      this.#itl.add(seconds, sequences)
      return 0
    }
    this.#itl.add(seconds, sequences - this.#held - this.#late.length)
    return this.#release(timeS, seconds) + this.#releaseLate(timeS, seconds)
  }

  /**
   * Steps `first` to `last` of a stretch have ended.
   * @returns seconds by which the gaps of held decodes exceed their step, summed
   */
  endSteps(stretch: Stretch, first: number, last: number): number {
    if (this.#groups === 0 && this.#late.length === 0) {
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
  resume(request: number, nowS: number): number {
    const { lastTokenS, worstItlS } = this.#requests
    const gapS = nowS - lastTokenS[request]
    this.#itl.add(gapS, 1)
    if (gapS > worstItlS[request]) worstItlS[request] = gapS
    return gapS
  }

  /** A decode is preempted now: notes when it had its last token. Until then `lastTokenS` is when it joined. */
  interrupt(request: number, nowS: number): void {
    if (this.#late.remove(request)) return
    this.#requests.lastTokenS[request] = this.#leaveGroup(this.#requests.lastTokenS[request], nowS)
  }

  /** When a decode that joined at `joinedS` had its last token. It leaves its group. */
  #leaveGroup(joinedS: number, nowS: number): number {
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

  /** The same for those that came late; from here on they are like the others. */
  #releaseLate(timeS: number, seconds: number): number {
    let heldS = 0
    for (let i = 0; i < this.#late.length; i++) {
      const request = this.#late.at(i)
      heldS += this.resume(request, timeS) - seconds
      // It has joined, as far as gaps go, with this token.
      this.#requests.lastTokenS[request] = timeS
    }
    this.#late.clear()
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
