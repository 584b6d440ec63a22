import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep } from './contract.ts'

/** Seconds that a step takes at least: of itself, and for each of its members. */
export interface Floor {
  readonly stepS: number
  readonly sequenceS: number
}

/** More steps than any output has. */
const ENDLESS = 2 ** 31

/**
 * A model whose steps take no less than a floor, however little there is to do in them: launches, exchanges and the
 * host beside the devices are hidden by long steps and bound short ones.
 *
 * Contexts grow, so decodes cross from the floor to the model's own time at most once: there the law of their price
 * breaks, and a stretch ends.
 */
export class Floored implements LatencyModel {
  readonly window: ContextWindow | undefined
  readonly #model: LatencyModel
  readonly #floor: Floor
  /** The batch last asked about: a stretch asks several things of one. */
  #seenSequences = Number.NaN
  #seenContext = Number.NaN
  #seenAtFloor = false

  constructor(model: LatencyModel, floor: Floor) {
    if (!(floor.stepS >= 0 && floor.sequenceS >= 0)) {
      throw new RangeError(`stepS ${floor.stepS}, sequenceS ${floor.sequenceS}: a floor is at least 0`)
    }
    this.#model = model
    this.#floor = floor
    this.window = model.window
  }

  stepSeconds(step: MixedStep): number {
    return Math.max(this.#floorS(step.sequences + step.chunks), this.#model.stepSeconds(step))
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    if (steps === 0) return 0
    const floorS = this.#floorS(batch.sequences)
    if (this.#model.gapSeconds(batch, steps) <= floorS) return steps * floorS
    if (this.#model.gapSeconds(batch, 1) > floorS) return this.#model.decodeSeconds(batch, steps)
    const low = this.#stepsAtFloor(batch, floorS)
    return low * floorS + (this.#model.decodeSeconds(batch, steps) - this.#model.decodeSeconds(batch, low))
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    return Math.max(this.#floorS(batch.sequences), this.#model.gapSeconds(batch, step))
  }

  affineSeconds(batch: DecodeBatch): number {
    if (this.#isAtFloor(batch)) return this.#floorS(batch.sequences)
    return this.#model.affineSeconds?.(batch) ?? Number.NaN
  }

  steadySteps(batch: DecodeBatch): number {
    const steps = this.#model.steadySteps(batch)
    return this.#isAtFloor(batch)
      ? Math.min(steps, this.#stepsAtFloor(batch, this.#floorS(batch.sequences)))
      : steps
  }

  /** At the floor, contexts cost nothing more. */
  contextSeconds(batch: DecodeBatch, chunks: number): number {
    return chunks === 0 && this.#isAtFloor(batch) ? 0 : this.#model.contextSeconds(batch, chunks)
  }

  chunkSeconds(tokens: number, cachedTokens: number, members: number): number {
    return this.#model.chunkSeconds(tokens, cachedTokens, members)
  }

  #floorS(members: number): number {
    return this.#floor.stepS + members * this.#floor.sequenceS
  }

  #isAtFloor(batch: DecodeBatch): boolean {
    const { sequences, contextTokens } = batch
    if (sequences !== this.#seenSequences || contextTokens !== this.#seenContext) {
      this.#seenSequences = sequences
      this.#seenContext = contextTokens
      this.#seenAtFloor = this.#model.gapSeconds(batch, 1) <= this.#floorS(sequences)
    }
    return this.#seenAtFloor
  }

  /** How many steps, of which the first is at the floor, take it before one takes longer: guessed, then made sure. */
  #stepsAtFloor(batch: DecodeBatch, floorS: number): number {
    const growthS = this.#model.contextSeconds(batch, 0) * batch.sequences
    const guess = 1 + Math.floor((floorS - this.#model.gapSeconds(batch, 1)) / growthS)
    let low = guess < ENDLESS && this.#model.gapSeconds(batch, guess) <= floorS ? guess : 1
    if (this.#model.gapSeconds(batch, low + 1) > floorS) return low
    let high = ENDLESS
    if (this.#model.gapSeconds(batch, high) <= floorS) return high
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#model.gapSeconds(batch, middle) <= floorS) low = middle
      else high = middle
    }
    return low
  }
}
