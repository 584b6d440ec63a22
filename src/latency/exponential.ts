import { uniformAt } from '../core/random.ts'
import { contextAt } from './context.ts'
import type { DecodeBatch, LatencyModel, MixedStep } from './contract.ts'

export interface ExponentialOptions {
  readonly meanS: number
  /** 32 bits; another key gives other draws. */
  readonly key: number
}

/** Keeps a draw off 0 and 1, where the logarithm is no duration. */
const EDGE = Number.EPSILON / 2

/**
 * Each step's duration is an exponential draw: service for queueing oracles, where a request is one step (outputs
 * of one token, one request a step).
 *
 * A draw depends on the step alone, not on how many were drawn before. A step with chunks is told from all others
 * by its ordinal, so those draws are independent. A decode step is known only by its sequences and its context:
 * two decode steps that agree in both take the same time. Nothing is said about a step with chunks being longer
 * than one without.
 */
export class Exponential implements LatencyModel {
  readonly #meanS: number
  readonly #key: number

  constructor({ meanS, key }: ExponentialOptions) {
    if (!(meanS > 0)) throw new RangeError(`meanS ${meanS} is not above 0`)
    this.#meanS = meanS
    this.#key = key
  }

  stepSeconds(step: MixedStep): number {
    return this.#draw(this.#key, step.ordinal)
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    let seconds = 0
    for (let step = 1; step <= steps; step++) seconds += this.gapSeconds(batch, step)
    return seconds
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    const ofSequences = uniformAt(~this.#key, batch.sequences) * 4294967296
    return this.#draw(ofSequences | 0, contextAt(batch, step))
  }

  steadySteps(): number {
    return 1
  }

  contextSeconds(): number {
    return 0
  }

  chunkSeconds(): number {
    return 0
  }

  #draw(key: number, index: number): number {
    const uniform = Math.min(Math.max(uniformAt(key, index), EDGE), 1 - EDGE)
    return -this.#meanS * Math.log(uniform)
  }
}
