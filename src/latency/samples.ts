import type { DecodeBatch, LatencyModel, MixedStep, Work } from './contract.ts'

/** What a batch of n samples costs, none negative and steps above 0. */
export interface SamplesOptions {
  /** Launch and host time of a batch. */
  readonly fixedS: number
  /** Computing a sample. */
  readonly computeS: number
  /** Reading the weights, once a batch. */
  readonly weightsS?: number
  /** Memory traffic of a sample. */
  readonly memoryS?: number
  /** Bringing a sample in over the host's link, before the batch is computed. */
  readonly inputS?: number
}

/**
 * Batches of inferences of fixed cost: recommendation, vision, driving. A step of n samples takes
 * `fixedS + max(n computeS, weightsS + n memoryS) + n inputS`. Prompt tokens are samples, and a request ends with the
 * step that carries it, its only output; a decode, if there is one, is one sample more.
 */
export class Samples implements LatencyModel {
  readonly #fixedS: number
  readonly #computeS: number
  readonly #weightsS: number
  readonly #memoryS: number
  readonly #inputS: number

  constructor({ fixedS, computeS, weightsS = 0, memoryS = 0, inputS = 0 }: SamplesOptions) {
    const all = [fixedS, computeS, weightsS, memoryS, inputS]
    const isPositive = all.some(seconds => seconds > 0) && fixedS + computeS + weightsS + memoryS > 0
    if (!isPositive || !all.every(seconds => seconds >= 0 && seconds < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `${all.join(', ')} s of fixed, compute, weights, memory, input: steps must take time`,
      )
    }
    this.#fixedS = fixedS
    this.#computeS = computeS
    this.#weightsS = weightsS
    this.#memoryS = memoryS
    this.#inputS = inputS
  }

  stepSeconds(step: MixedStep): number {
    return this.#secondsOf(step.sequences + step.chunkTokens)
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    return steps * this.#secondsOf(batch.sequences)
  }

  gapSeconds(batch: DecodeBatch): number {
    return this.#secondsOf(batch.sequences)
  }

  affineSeconds(batch: DecodeBatch): number {
    return this.#secondsOf(batch.sequences)
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

  #secondsOf(samples: number): number {
    const atWorkS = Math.max(samples * this.#computeS, this.#weightsS + samples * this.#memoryS)
    return this.#fixedS + atWorkS + samples * this.#inputS
  }
}

/** What a task asks of one device. */
export interface SampleWork {
  readonly flops: number
  /** Read once a batch. */
  readonly weightBytes: number
  readonly bytes: number
}

/** The same as the energy model counts it: samples are tokens. */
export function sampleWork({ flops, weightBytes, bytes }: SampleWork): Work {
  return {
    tokenBytes: samples => weightBytes + samples * bytes,
    tokenFlops: samples => samples * flops,
    sampledBytes: () => 0,
    sampledFlops: () => 0,
    contextBytes: 0,
    contextFlops: 0,
    chunkBytes: () => 0,
    pairFlops: 0,
  }
}
