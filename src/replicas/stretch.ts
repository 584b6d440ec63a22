import { contextAt, contextRead } from '../latency/context.ts'
import type { ContextWindow, DecodeBatch, LatencyModel } from '../latency/contract.ts'

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
  readonly window: ContextWindow | undefined
  readonly #latency: LatencyModel
  #isAffine = false
  /** Seconds that each context token read adds to a step; 0 where the model does not tell. */
  contextS = Number.NaN
  /** Seconds of a step but for its context, where its price is affine. */
  #stepS = Number.NaN

  constructor(latency: LatencyModel) {
    this.#latency = latency
    this.window = latency.window
  }

  /** Prices the steps from here on; for whenever the batch has changed. */
  price(): void {
    this.contextS = this.#latency.contextSeconds(this, 0)
    this.#stepS = this.#latency.affineSeconds?.(this) ?? Number.NaN
    this.#isAffine = !Number.isNaN(this.#stepS)
  }

  /** Seconds of the first `steps` steps. */
  secondsOf(steps: number): number {
    return this.#isAffine
      ? steps * this.#stepS + this.contextS * this.#readOver(steps)
      : this.#latency.decodeSeconds(this, steps)
  }

  /** Seconds of one step. */
  gapS(step: number): number {
    return this.#isAffine
      ? this.#stepS + this.contextS * this.#readAt(step)
      : this.#latency.gapSeconds(this, step)
  }

  /** `contextRead`, without a look at windows where there are none: these are the hottest sums of a run. */
  #readOver(steps: number): number {
    if (this.window !== undefined) return contextRead(this, steps)
    return steps * this.contextTokens + (this.sequences * steps * (steps + 1)) / 2
  }

  #readAt(step: number): number {
    return this.window === undefined ? this.contextTokens + step * this.sequences : contextAt(this, step)
  }

  boundaryS(step: number): number {
    return this.originS + this.secondsOf(step)
  }

  /**
   * The least step, at most `limit`, whose boundary lies at or after the time. Guessed from above (gaps do not
   * fall before `limit`), settled by the very expression that defines boundaries.
   */
  boundaryAtOrAfter(timeS: number, limit: number): number {
    const afterS = timeS - this.originS
    let step = Math.max(1, Math.min(limit, Math.ceil(afterS / this.gapS(1))))
    while (step > 1) {
      const back = Math.floor((this.secondsOf(step) - afterS) / this.gapS(step))
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
