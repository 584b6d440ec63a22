import { checkConstants } from './constants.ts'
import { cachedRead, causalPairs, stepsWithin } from './context.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep, StepFloor } from './contract.ts'
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
 *
 * No step is shorter than the floor of its layers. Decodes cross from the floor to the operators' own time at most
 * once, as contexts grow: there the law of their price breaks.
 */
export class Operators implements LatencyModel {
  readonly window: ContextWindow | undefined
  /** What a step takes at least, and for each of its members. */
  readonly #floorS: number
  readonly #memberFloorS: number
  readonly #options: OperatorsOptions
  /** By members, from none to where every place is taken. */
  readonly #dealt: readonly Dealt[]

  constructor(options: OperatorsOptions) {
    const { model, parallelism, constants } = options
    checkConstants(constants, parallelism)
    checkLayout(model, parallelism)
    this.window = model.window && { tokens: model.window.tokens, share: model.window.layers / model.layers }
    this.#options = options
    this.#floorS = model.layers * (constants.floor?.layerS ?? 0)
    this.#memberFloorS = model.layers * (constants.floor?.memberS ?? 0)
    this.#dealt = Array.from({ length: placesOf(parallelism) + 1 }, (_, i) => new Dealt(options, i))
  }

  stepSeconds(step: MixedStep): number {
    const { sequences, chunks } = step
    const members = sequences + chunks
    const seconds = this.#of(members).stepSeconds(step)
    const floorS = this.#floorOf(members)
    return seconds > floorS ? seconds : floorS
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    if (steps === 0) return 0
    const { sequences } = batch
    const dealt = this.#of(sequences)
    const floorS = this.#floorOf(sequences)
    if (dealt.gapSeconds(batch, steps) <= floorS) return steps * floorS
    if (dealt.gapSeconds(batch, 1) > floorS) return dealt.decodeSeconds(batch, steps)
    const low = stepsAtFloor(dealt, batch, floorS)
    return low * floorS + (dealt.decodeSeconds(batch, steps) - dealt.decodeSeconds(batch, low))
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    const seconds = this.#of(batch.sequences).gapSeconds(batch, step)
    const floorS = this.#floorOf(batch.sequences)
    return seconds > floorS ? seconds : floorS
  }

  affineSeconds(batch: DecodeBatch): number {
    const dealt = this.#of(batch.sequences)
    return this.#isAtFloor(batch, dealt) ? this.#floorOf(batch.sequences) : dealt.decodeS.at(batch.sequences)
  }

  steadySteps(batch: DecodeBatch): number {
    const dealt = this.#of(batch.sequences)
    if (!this.#isAtFloor(batch, dealt)) return Number.POSITIVE_INFINITY
    return stepsAtFloor(dealt, batch, this.#floorOf(batch.sequences))
  }

  /** At the floor, contexts cost nothing more. */
  contextSeconds(batch: DecodeBatch, chunks: number): number {
    const dealt = this.#of(batch.sequences + chunks)
    return chunks === 0 && this.#isAtFloor(batch, dealt) ? 0 : dealt.contextS
  }

  /** As if spread over all ranks: the time in which other ranks wait for a chunk is everybody's. */
  chunkSeconds(tokens: number, cachedTokens: number, members: number): number {
    const pairs = causalPairs(tokens, cachedTokens, this.window)
    return this.#of(members).chunkSeconds(tokens, cachedRead(cachedTokens, this.window), pairs)
  }

  get floor(): StepFloor | undefined {
    const { floor: _, ...constants } = this.#options.constants
    if (this.#floorS === 0 && this.#memberFloorS === 0) return undefined
    const without = new Operators({ ...this.#options, constants })
    return { stepS: this.#floorS, memberS: this.#memberFloorS, without }
  }

  /** Whether the next decode step is; no context need be counted where a step without any is longer already. */
  #isAtFloor(batch: DecodeBatch, dealt: Dealt): boolean {
    const floorS = this.#floorOf(batch.sequences)
    return dealt.decodeS.at(batch.sequences) < floorS && dealt.gapSeconds(batch, 1) <= floorS
  }

  #floorOf(members: number): number {
    return this.#floorS + members * this.#memberFloorS
  }

  #of(members: number): Dealt {
    const dealt = this.#dealt
    return members < dealt.length ? dealt[members] : dealt[dealt.length - 1]
  }
}

/** More steps than any output has; and more tokens, under a pace whose steps may have to be drawn one by one. */
const ENDLESS = 2 ** 31
const ENDLESS_TOKENS = 2 ** 20

/** How many steps, of which the first is at the floor, take it before one takes longer. */
function stepsAtFloor(dealt: Dealt, batch: DecodeBatch, floorS: number): number {
  const tokens = tokensAtFloor(dealt, batch, floorS)
  return batch.pace === undefined ? tokens : stepsWithin(batch, Math.min(tokens, ENDLESS_TOKENS))
}

/** What each decode adds to its context until then: guessed, then made sure. */
function tokensAtFloor(dealt: Dealt, batch: DecodeBatch, floorS: number): number {
  const growthS = dealt.contextS * batch.sequences
  const guess = 1 + Math.floor((floorS - dealt.gapSecondsWith(batch, 1)) / growthS)
  let low = guess < ENDLESS && dealt.gapSecondsWith(batch, guess) <= floorS ? guess : 1
  if (dealt.gapSecondsWith(batch, low + 1) > floorS) return low
  let high = ENDLESS
  if (dealt.gapSecondsWith(batch, high) <= floorS) return high
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (dealt.gapSecondsWith(batch, middle) <= floorS) low = middle
    else high = middle
  }
  return low
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
