// TO HELPERS: the lead has finished this file (floor as a breakpoint of steadySteps, NaN affineSeconds at the floor; contract.ts says so). Do not edit; ask in the report.
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
    return this.#isAtFloor(batch) ? Number.NaN : (this.#model.affineSeconds?.(batch) ?? Number.NaN)
  }

  steadySteps(batch: DecodeBatch): number {
    const steps = this.#model.steadySteps(batch)
    return this.#isAtFloor(batch)
      ? Math.min(steps, this.#stepsAtFloor(batch, this.#floorS(batch.sequences)))
      : steps
  }

  /** Of the model: at the floor, what is not for context is the larger. */
  contextSeconds(members: number): number {
    return this.#model.contextSeconds(members)
  }

  chunkSeconds(tokens: number, cachedTokens: number, members: number): number {
    return this.#model.chunkSeconds(tokens, cachedTokens, members)
  }

  #floorS(members: number): number {
    return this.#floor.stepS + members * this.#floor.sequenceS
  }

  #isAtFloor(batch: DecodeBatch): boolean {
    return this.#model.gapSeconds(batch, 1) <= this.#floorS(batch.sequences)
  }

  /** How many steps, of which the first is at the floor, take it before one takes longer: guessed, then made sure. */
  #stepsAtFloor(batch: DecodeBatch, floorS: number): number {
    const growthS = this.#model.contextSeconds(batch.sequences) * batch.sequences
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
