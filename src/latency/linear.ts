import { contextAt, contextRead } from './context.ts'
import type { DecodeBatch, LatencyModel, MixedStep } from './contract.ts'

/** Fitted constants, none negative, the first two not both 0. */
export interface LinearOptions {
  readonly stepS: number
  /** Per token that the step computes: one a decode, all of a chunk. */
  readonly tokenS: number
  /** Per context token that the step reads: a decode's context, a chunk's cached tokens and its own. */
  readonly contextTokenS: number
}

/** Fitted line: a step takes `stepS + tokenS * tokens + contextTokenS * context`. */
export class Linear implements LatencyModel {
  readonly #stepS: number
  readonly #tokenS: number
  readonly #contextTokenS: number

  constructor({ stepS, tokenS, contextTokenS }: LinearOptions) {
    if (!(stepS >= 0 && tokenS >= 0 && contextTokenS >= 0 && stepS + tokenS > 0)) {
      throw new RangeError(
        `stepS ${stepS}, tokenS ${tokenS}, contextTokenS ${contextTokenS}: steps must take time`,
      )
    }
    this.#stepS = stepS
    this.#tokenS = tokenS
    this.#contextTokenS = contextTokenS
  }

  stepSeconds(step: MixedStep): number {
    const tokens = step.sequences + step.chunkTokens
    const context = contextAt(step, 1) + step.chunkCachedTokens + step.chunkTokens
    return this.#stepS + this.#tokenS * tokens + this.#contextTokenS * context
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    return steps * this.affineSeconds(batch) + this.#contextTokenS * contextRead(batch, steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    return this.affineSeconds(batch) + this.#contextTokenS * contextAt(batch, step)
  }

  affineSeconds(batch: DecodeBatch): number {
    return this.#stepS + this.#tokenS * batch.sequences
  }

  steadySteps(): number {
    return Number.POSITIVE_INFINITY
  }

  contextSeconds(): number {
    return this.#contextTokenS
  }

  chunkSeconds(tokens: number, cachedTokens: number): number {
    return this.#contextTokenS * (cachedTokens + tokens)
  }
}
