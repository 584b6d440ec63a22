import type { DecodeBatch, LatencyModel } from '../latency/contract.ts'

/**
 * The decodes of a replica and the origin from which their steps are counted. Boundary k, where k steps have
 * ended, lies at `originS + decodeSeconds(batch, k)`; every time of a decode step is this one expression.
 */
export class Stretch implements DecodeBatch {
  sequences = 0
  /** Sum of the decodes' context tokens at the origin. */
  contextTokens = 0
  originS = Number.NaN
  /** Decode steps done at the origin, over the replica's life. */
  originStep = 0
  /** Whether the power cap binds in these steps. */
  isCapped = false
  readonly #latency: LatencyModel

  constructor(latency: LatencyModel) {
    this.#latency = latency
  }

  boundaryS(step: number): number {
    return this.originS + this.#latency.decodeSeconds(this, step)
  }

  /**
   * The least step, at most `limit`, whose boundary lies at or after the time. Guessed from above (gaps do not
   * fall before `limit`), settled by the very expression that defines boundaries.
   */
  boundaryAtOrAfter(timeS: number, limit: number): number {
    const latency = this.#latency
    const afterS = timeS - this.originS
    let step = Math.max(1, Math.min(limit, Math.ceil(afterS / latency.gapSeconds(this, 1))))
    while (step > 1) {
      const excessS = latency.decodeSeconds(this, step) - afterS
      const back = Math.floor(excessS / latency.gapSeconds(this, step))
      if (back <= 0) break
      step = Math.max(1, step - back)
    }
    while (step > 1 && this.boundaryS(step - 1) >= timeS) step--
    while (step < limit && this.boundaryS(step) < timeS) step++
    return step
  }

  /** The greatest step that is done at a time before boundary `limit`, or at it. */
  stepsDoneBy(timeS: number, limit: number): number {
    const step = this.boundaryAtOrAfter(timeS, limit)
    return this.boundaryS(step) <= timeS ? step : step - 1
  }

  /** Moves the origin by steps that take `seconds`. */
  advance(steps: number, seconds: number): void {
    this.contextTokens += steps * this.sequences
    this.originStep += steps
    this.originS += seconds
  }
}
