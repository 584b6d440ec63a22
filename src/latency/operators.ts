import { checkConstants } from './constants.ts'
import { cachedRead, causalPairs, contextAt, contextRead } from './context.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep } from './contract.ts'
import { Dealt, type OperatorsOptions } from './dealt.ts'
import { type Parallelism, placesOf } from './layout.ts'
import { moeLayersOf, type Transformer } from './transformer.ts'

/**
 * The default model: a step is the sum of its operators (`Dealt`). For a given number of decodes and of chunks it is
 * affine in context.
 *
 * A step with chunks prices its matrix products once, at all its tokens, so weights are streamed once; the
 * attention of its decodes and of its chunks add up. `prefillMultiplier` stretches every matrix product and the
 * chunks' attention of such a step, and neither the attention of its decodes nor elementwise, exchanges and host
 * time: so adding a chunk or a decode never makes a step shorter.
 */
export class Operators implements LatencyModel {
  readonly window: ContextWindow | undefined
  /** By members, from none to where every place is taken. */
  readonly #dealt: readonly Dealt[]

  constructor(options: OperatorsOptions) {
    const { model, parallelism, constants } = options
    checkConstants(constants, parallelism)
    checkLayout(model, parallelism)
    this.window = model.window && { tokens: model.window.tokens, share: model.window.layers / model.layers }
    this.#dealt = Array.from({ length: placesOf(parallelism) + 1 }, (_, i) => new Dealt(options, i))
  }

  stepSeconds(step: MixedStep): number {
    const { sequences, chunks, chunkTokens } = step
    const dealt = this.#of(sequences + chunks)
    const fixedS = dealt.chunkStepS.at(sequences + chunkTokens) + dealt.sampledS.at(sequences + chunks)
    const spreadS = chunkSeconds(dealt, chunkTokens, step.chunkCachedTokens, step.chunkPairs)
    const chunkS = dealt.ranks === 1 ? spreadS : dealt.ranksS(step, spreadS)
    if (sequences === 0) return fixedS + chunkS
    return fixedS + chunkS + (dealt.sequencesS(sequences) + dealt.contextS * contextAt(step, 1))
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    const dealt = this.#of(batch.sequences)
    return steps * dealt.decodeS.at(batch.sequences) + dealt.contextS * contextRead(batch, steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    const dealt = this.#of(batch.sequences)
    return dealt.decodeS.at(batch.sequences) + dealt.contextS * contextAt(batch, step)
  }

  affineSeconds(batch: DecodeBatch): number {
    return this.#of(batch.sequences).decodeS.at(batch.sequences)
  }

  steadySteps(): number {
    return Number.POSITIVE_INFINITY
  }

  contextSeconds({ sequences }: DecodeBatch, chunks: number): number {
    return this.#of(sequences + chunks).contextS
  }

  /** As if spread over all ranks: the time in which other ranks wait for a chunk is everybody's. */
  chunkSeconds(tokens: number, cachedTokens: number, members: number): number {
    const pairs = causalPairs(tokens, cachedTokens, this.window)
    return chunkSeconds(this.#of(members), tokens, cachedRead(cachedTokens, this.window), pairs)
  }

  #of(members: number): Dealt {
    const dealt = this.#dealt
    return members < dealt.length ? dealt[members] : dealt[dealt.length - 1]
  }
}

function chunkSeconds(dealt: Dealt, tokens: number, cachedRead: number, pairs: number): number {
  return dealt.chunkTokenS * tokens + dealt.chunkCachedS * cachedRead + dealt.pairS * pairs
}

function checkLayout(model: Transformer, { tp, attentionDp, ep }: Parallelism): void {
  if (moeLayersOf(model) > model.layers) throw new RangeError(`moeLayers exceeds the ${model.layers} layers`)
  if (model.window && model.window.layers > model.layers) {
    throw new RangeError(`window.layers exceeds the ${model.layers} layers`)
  }
  if (tp % attentionDp !== 0) throw new RangeError(`attentionDp ${attentionDp} does not divide tp ${tp}`)
  if (tp % ep !== 0) throw new RangeError(`ep ${ep} does not divide tp ${tp}`)
  const experts = model.moe?.experts ?? 1
  if (experts % ep !== 0) throw new RangeError(`ep ${ep} does not divide the ${experts} experts`)
}
