import { batchAfter, contextAt, contextRead, stepsWithin } from './context.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep } from './contract.ts'
import type { Padding } from './padding.ts'

/** More tokens than any output has. */
const ENDLESS_TOKENS = 2 ** 20

/**
 * A model whose steps run as the buckets they are padded to. Within a bucket of contexts every step takes the same
 * time; where the longest context outgrows it the law of the price breaks.
 */
export class Compiled implements LatencyModel {
  readonly window: ContextWindow | undefined
  readonly readsLongest: boolean
  /** Where batches have buckets. */
  readonly paddedSequences?: (sequences: number) => number
  /** Where chunks have buckets. */
  readonly paddedTokens?: (tokens: number) => number
  readonly #model: LatencyModel
  readonly #padding: Padding

  /** Throws a RangeError where contexts have no buckets and the model is not affine in them. */
  constructor(model: LatencyModel, padding: Padding) {
    if (!padding.hidesContext && model.affineSeconds === undefined) {
      throw new RangeError('a model that is not affine in context needs context buckets')
    }
    this.#model = model
    this.#padding = padding
    this.window = model.window
    this.readsLongest = padding.hidesContext
    if (padding.padsBatches) this.paddedSequences = sequences => padding.sequences(sequences)
    if (padding.padsChunks) this.paddedTokens = tokens => padding.chunkTokens(tokens)
  }

  stepSeconds(step: MixedStep): number {
    return this.#model.stepSeconds(this.#padding.step(step))
  }

  /** Law by law; nearly always there is one. */
  decodeSeconds(batch: DecodeBatch, steps: number): number {
    let seconds = 0
    let at = batch
    for (let left = steps; left > 0; ) {
      const ofLaw = Math.min(left, this.steadySteps(at))
      seconds += ofLaw * this.affineSeconds(at) + this.contextSeconds(at, 0) * contextRead(at, ofLaw)
      left -= ofLaw
      if (left > 0) at = batchAfter(at, ofLaw)
    }
    return seconds
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    const padded = this.#padding.batch(batch, step)
    return this.#fixedS(batch, padded) + this.#contextS(padded, 0) * contextAt(batch, step)
  }

  affineSeconds(batch: DecodeBatch): number {
    return this.#fixedS(batch, this.#padding.batch(batch, 1))
  }

  steadySteps(batch: DecodeBatch): number {
    if (this.#padding.hidesContext) return stepsWithin(batch, this.#padding.contextRoom(batch))
    const padded = this.#padding.batch(batch, 1)
    const steps = this.#model.steadySteps(padded)
    if (steps === Number.POSITIVE_INFINITY) return steps
    const tokens = 1 + Math.floor((padded.sequences * (steps - 1)) / batch.sequences)
    return stepsWithin(batch, Math.min(tokens, ENDLESS_TOKENS))
  }

  /** Context tokens that padding hides add nothing. */
  contextSeconds(batch: DecodeBatch, chunks: number): number {
    return this.#padding.hidesContext ? 0 : this.#contextS(this.#padding.batch(batch, 1), chunks)
  }

  /** Of the chunk as padded, as if the sequences that fill a batch up took every place there is. */
  chunkSeconds(tokens: number, cachedTokens: number): number {
    return this.#model.chunkSeconds(this.#padding.chunkTokens(tokens), cachedTokens, Number.POSITIVE_INFINITY)
  }

  /** Of a decode step but for the context that its own sequences read. */
  #fixedS(batch: DecodeBatch, padded: DecodeBatch): number {
    const model = this.#model
    if (this.#padding.hidesContext) return model.gapSeconds(padded, 1)
    return model.affineSeconds!(padded) + model.contextSeconds(padded, 0) * this.#padding.fillTokens(batch)
  }

  #contextS(padded: DecodeBatch, chunks: number): number {
    return this.#padding.hidesContext ? 0 : this.#model.contextSeconds(padded, chunks)
  }
}
