import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep, Pace } from './contract.ts'
import type { OperatorsOptions } from './dealt.ts'
import { dealOf } from './layout.ts'
import { Operators } from './operators.ts'

/** Batches whose sums are kept, so that many replicas may share a model; a power of two. */
const KEPT = 64

/**
 * Operators whose host time, of steps and layers, runs beside the devices'; that of sequences stays with them. As
 * under graphs a step is met once for each micro-batch, and layers once, for every stage has a host of its own.
 */
export function eagerOperators(options: OperatorsOptions): Eager {
  const { model, parallelism, constants } = options
  const { stepS, layerS, floor: _, ...rest } = constants
  const device = new Operators({ ...options, constants: { ...rest, stepS: 0, layerS: 0 } })
  const hostS = Array.from({ length: parallelism.pp + 1 }, (_, members) => {
    const { microBatches } = dealOf(parallelism, members)
    return microBatches * stepS + model.layers * layerS
  })
  return new Eager(device, hostS)
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
  readonly #hostS: readonly number[]
  readonly #kept: Prefix[] = Array.from({ length: KEPT }, () => new Prefix())

  /** @param hostS to launch the kernels of a step, above 0: by members, of whom more take as long as the last */
  constructor(device: LatencyModel, hostS: readonly number[]) {
    const bad = hostS.find(one => !(one > 0))
    if (bad !== undefined) throw new RangeError(`hostS ${bad} is not above 0`)
    this.#device = device
    this.#hostS = hostS
    this.window = device.window
  }

  stepSeconds(step: MixedStep): number {
    return this.#beside(this.#device.stepSeconds(step), step.sequences + step.chunks)
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    const { sequences, contextTokens } = batch
    const place = (Math.imul(sequences, 31) + contextTokens) & (KEPT - 1)
    const prefix = this.#kept[place]
    if (!prefix.isOf(batch)) prefix.restart(batch)
    while (prefix.steps < steps) prefix.add(this.gapSeconds(batch, prefix.steps + 1))
    return prefix.at(steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    return this.#beside(this.#device.gapSeconds(batch, step), batch.sequences)
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

  #beside(deviceS: number, members: number): number {
    const hostS = this.#hostS[Math.min(members, this.#hostS.length - 1)]
    return Math.sqrt(hostS * hostS + deviceS * deviceS)
  }
}

/** Seconds of the first steps of a batch, of 0, 1, 2, ... of them. */
class Prefix {
  steps = 0
  #sequences = Number.NaN
  #contextTokens = Number.NaN
  #pace: Pace | undefined
  #originStep = 0
  #sums = new Float64Array(256)

  isOf({ sequences, contextTokens, pace, originStep = 0 }: DecodeBatch): boolean {
    if (this.#sequences !== sequences || this.#contextTokens !== contextTokens) return false
    return this.#pace === pace && (pace === undefined || this.#originStep === originStep)
  }

  restart({ sequences, contextTokens, pace, originStep = 0 }: DecodeBatch): void {
    this.#sequences = sequences
    this.#contextTokens = contextTokens
    this.#pace = pace
    this.#originStep = originStep
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
