import type { DecodeBatch, LatencyModel } from './contract.ts'

export interface FixedOptions {
  readonly stepS: number
}

/** Every step takes the same time, whatever it carries. */
export class Fixed implements LatencyModel {
  readonly #stepS: number

  constructor({ stepS }: FixedOptions) {
    if (!(stepS > 0)) throw new RangeError(`stepS ${stepS} is not above 0`)
    this.#stepS = stepS
  }

  stepSeconds(): number {
    return this.#stepS
  }

  decodeSeconds(_batch: DecodeBatch, steps: number): number {
    return steps * this.#stepS
  }

  gapSeconds(): number {
    return this.#stepS
  }

  affineSeconds(): number {
    return this.#stepS
  }

  steadySteps(): number {
    return Number.POSITIVE_INFINITY
  }

  contextSeconds(): number {
    return 0
  }

  chunkSeconds(): number {
    return 0
  }
}
