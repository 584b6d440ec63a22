import { contextAt, contextHeldOver, contextRead } from '../latency/context.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, Pace } from '../latency/contract.ts'
import type { FinishHeap } from './finish-heap.ts'

/**
 * The decodes of a replica and the origin from which their steps are counted. Boundary k, where k steps have
 * ended, lies at `originS + decodeSeconds(batch, k)`; every time of a decode step is this one expression.
 */
export class Stretch implements DecodeBatch {
  sequences = 0
  /** Sum of the decodes' context tokens at the origin. */
  contextTokens = 0
  originS = Number.NaN
  /** Decode steps done at the origin, over the replica's life, and the tokens that a decode emits in as many. */
  originStep = 0
  originTokens = 0
  /** Context tokens of the longest decode at the origin, where the latency model reads it; else 0. */
  longestTokens = 0
  /** Whether the power cap binds in these steps. */
  isCapped = false
  readonly window: ContextWindow | undefined
  readonly pace: Pace | undefined
  readonly #latency: LatencyModel
  readonly #isPlain: boolean
  readonly #readsLongest: boolean
  #isAffine = false
  /** Seconds that each context token read adds to a step; 0 where the model does not tell. */
  contextS = Number.NaN
  /** Seconds of a step but for its context, where its price is affine. */
  #stepS = Number.NaN

  constructor(latency: LatencyModel, pace: Pace | undefined) {
    this.#latency = latency
    this.window = latency.window
    this.pace = pace
    this.#isPlain = pace === undefined && latency.window === undefined
    this.#readsLongest = latency.readsLongest ?? false
  }

  /** A decode with this context joins at the origin, which is now. */
  join(contextTokens: number): void {
    this.sequences++
    this.contextTokens += contextTokens
    if (this.#readsLongest && contextTokens > this.longestTokens) this.longestTokens = contextTokens
  }

  /** A decode with this context leaves at the origin, which is now. @param others that stay */
  leave(contextTokens: number, others: FinishHeap): void {
    this.sequences--
    this.contextTokens -= contextTokens
    if (this.#readsLongest && contextTokens === this.longestTokens) {
      this.longestTokens = this.sequences === 0 ? 0 : others.greatestBase() + this.originTokens
    }
  }

  /** Tokens that each decode emits between two boundaries. */
  tokensIn(from: number, to: number): number {
    const { pace, originStep } = this
    return pace === undefined ? to - from : pace.tokensBy(originStep + to) - pace.tokensBy(originStep + from)
  }

  /**
   * Tokens that a decode gains over the first `steps` steps, summed over what it has gained at each, its own included.
   */
  tokensOver(steps: number): number {
    if (this.pace === undefined) return (steps * (steps + 1)) / 2
    return contextHeldOver(
      { sequences: 1, contextTokens: 0, pace: this.pace, originStep: this.originStep },
      steps,
    )
  }

  /** The step, over the replica's life, by which a decode has emitted `tokens` from now on. */
  stepAfter(tokens: number): number {
    return this.pace === undefined ? this.originStep + tokens : this.pace.stepFor(this.originTokens + tokens)
  }

  /** The greatest number of steps, at most `limit`, in which no decode emits more than `tokens`. */
  stepsWithin(tokens: number, limit: number): number {
    if (this.pace === undefined) return tokens
    if (this.tokensIn(0, limit) <= tokens) return limit
    return this.pace.stepFor(this.originTokens + tokens + 1) - 1 - this.originStep
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

  /** `contextRead`, without a look at windows and paces where there are none: these are the hottest sums of a run. */
  #readOver(steps: number): number {
    if (!this.#isPlain) return contextRead(this, steps)
    return steps * this.contextTokens + (this.sequences * steps * (steps + 1)) / 2
  }

  #readAt(step: number): number {
    return this.#isPlain ? this.contextTokens + step * this.sequences : contextAt(this, step)
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
    const tokens = this.tokensIn(0, steps)
    this.contextTokens += tokens * this.sequences
    this.originStep += steps
    this.originTokens += tokens
    this.originS += seconds
    if (this.#readsLongest && this.sequences > 0) this.longestTokens += tokens
  }
}
