import { contextAt, contextRead } from './context.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep, StepFloor } from './contract.ts'

/**
 * The model on the same hardware under software that is faster.
 *
 * @param speedup by how many times every step is shorter, above 0; the model itself where it is 1
 */
export function sped(model: LatencyModel, speedup = 1): LatencyModel {
  return speedup === 1 ? model : new Sped(model, speedup)
}

/**
 * A model whose every duration is divided by a speedup, those that are drawn too; what a step carries, and is padded to,
 * stays the same. Where prices are affine, so are these, and stretches are summed by the law that they hand over.
 */
export class Sped implements LatencyModel {
  readonly window: ContextWindow | undefined
  readonly readsLongest: boolean
  /** Where the model has them. */
  readonly affineSeconds?: (batch: DecodeBatch) => number
  readonly paddedSequences?: (sequences: number) => number
  readonly paddedTokens?: (tokens: number) => number
  readonly #model: LatencyModel
  readonly #speedup: number

  /** Throws a RangeError at a speedup that is not above 0 and finite. */
  constructor(model: LatencyModel, speedup: number) {
    if (!(speedup > 0 && speedup < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`speedup ${speedup} is not above 0 and finite`)
    }
    this.#model = model
    this.#speedup = speedup
    this.window = model.window
    this.readsLongest = model.readsLongest ?? false
    if (model.affineSeconds !== undefined) {
      this.affineSeconds = batch => model.affineSeconds!(batch) / speedup
    }
    if (model.paddedSequences !== undefined) {
      this.paddedSequences = sequences => model.paddedSequences!(sequences)
    }
    if (model.paddedTokens !== undefined) this.paddedTokens = tokens => model.paddedTokens!(tokens)
  }

  stepSeconds(step: MixedStep): number {
    return this.#model.stepSeconds(step) / this.#speedup
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    const affineS = this.#affineWithin(batch, steps)
    return Number.isNaN(affineS)
      ? this.#model.decodeSeconds(batch, steps) / this.#speedup
      : steps * affineS + this.contextSeconds(batch, 0) * contextRead(batch, steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    const affineS = this.#affineWithin(batch, step)
    return Number.isNaN(affineS)
      ? this.#model.gapSeconds(batch, step) / this.#speedup
      : affineS + this.contextSeconds(batch, 0) * contextAt(batch, step)
  }

  steadySteps(batch: DecodeBatch): number {
    return this.#model.steadySteps(batch)
  }

  contextSeconds(batch: DecodeBatch, chunks: number): number {
    return this.#model.contextSeconds(batch, chunks) / this.#speedup
  }

  chunkSeconds(tokens: number, cachedTokens: number, members: number): number {
    return this.#model.chunkSeconds(tokens, cachedTokens, members) / this.#speedup
  }

  get floor(): StepFloor | undefined {
    const { floor } = this.#model
    if (floor === undefined) return undefined
    const { stepS, memberS, without } = floor
    const speedup = this.#speedup
    return { stepS: stepS / speedup, memberS: memberS / speedup, without: new Sped(without, speedup) }
  }

  /** Of one of the first `steps` decode steps; NaN where they are not of one affine law. */
  #affineWithin(batch: DecodeBatch, steps: number): number {
    if (this.affineSeconds === undefined || steps > this.steadySteps(batch)) return Number.NaN
    return this.affineSeconds(batch)
  }
}
