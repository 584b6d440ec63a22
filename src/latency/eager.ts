import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep } from './contract.ts'
import type { OperatorsOptions } from './dealt.ts'
import { Operators } from './operators.ts'

/** Batches whose sums are kept, so that many replicas may share a model; a power of two. */
const KEPT = 64

/** Operators whose host time, of steps and layers, runs beside the devices'; that of sequences stays with them. */
export function eagerOperators(options: OperatorsOptions): Eager {
  const { model, constants } = options
  const { stepS, layerS } = constants
  const device = new Operators({ ...options, constants: { ...constants, stepS: 0, layerS: 0 } })
  return new Eager(device, stepS + model.layers * layerS)
}

/**
 * A model whose kernels the host launches one by one, beside the devices' work: a step takes
 * `sqrt(host² + device²)` (MODEL_STUDY §5).
 *
 * That is not affine, so the seconds of k steps are defined as a sum, one addition for each step in turn. The sums
 * of a batch are kept while it is asked about.
 */
export class Eager implements LatencyModel {
  readonly window: ContextWindow | undefined
  readonly #device: LatencyModel
  readonly #hostS: number
  readonly #kept: Prefix[] = Array.from({ length: KEPT }, () => new Prefix())

  /** @param hostS to launch the kernels of a step, above 0 */
  constructor(device: LatencyModel, hostS: number) {
    if (!(hostS > 0)) throw new RangeError(`hostS ${hostS} is not above 0`)
    this.#device = device
    this.#hostS = hostS
    this.window = device.window
  }

  stepSeconds(step: MixedStep): number {
    return this.#beside(this.#device.stepSeconds(step))
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    const { sequences, contextTokens } = batch
    const place = (Math.imul(sequences, 31) + contextTokens) & (KEPT - 1)
    const prefix = this.#kept[place]
    if (prefix.sequences !== sequences || prefix.contextTokens !== contextTokens) {
      prefix.restart(sequences, contextTokens)
    }
    while (prefix.steps < steps) prefix.add(this.gapSeconds(batch, prefix.steps + 1))
    return prefix.at(steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    return this.#beside(this.#device.gapSeconds(batch, step))
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

  #beside(deviceS: number): number {
    return Math.sqrt(this.#hostS * this.#hostS + deviceS * deviceS)
  }
}

/** Seconds of the first steps of a batch, of 0, 1, 2, ... of them. */
class Prefix {
  sequences = Number.NaN
  contextTokens = Number.NaN
  steps = 0
  #sums = new Float64Array(256)

  restart(sequences: number, contextTokens: number): void {
    this.sequences = sequences
    this.contextTokens = contextTokens
    this.steps = 0
  }

  add(gapS: number): void {
    if (this.steps + 1 === this.#sums.length) {
      const sums = new Float64Array(2 * this.#sums.length)
      sums.set(this.#sums)
      this.#sums = sums
    }
    this.#sums[this.steps + 1] = this.#sums[this.steps] + gapS
    this.steps++
  }

  at(steps: number): number {
    return this.#sums[steps]
  }
}
