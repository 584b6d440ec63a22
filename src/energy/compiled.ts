import { contextRead } from '../latency/context.ts'
import type { DecodeBatch, MixedStep } from '../latency/contract.ts'
import type { Padding } from '../latency/padding.ts'
import type { EnergyModel } from './contract.ts'
import { type CapTest, stepsToEdge } from './edge.ts'

/**
 * Joules of steps that run as the buckets they are padded to: what fills them up is moved and computed all the same.
 */
export class CompiledEnergy implements EnergyModel {
  readonly idleWatts: number
  readonly #energy: EnergyModel
  readonly #padding: Padding
  readonly #capTest: CapTest = (batch, step) => this.#isCapped(batch, step)

  constructor(energy: EnergyModel, padding: Padding) {
    this.#energy = energy
    this.#padding = padding
    this.idleWatts = energy.idleWatts
  }

  isDecodeCapped(batch: DecodeBatch): boolean {
    return this.#isCapped(batch, 1)
  }

  /** Nothing changes within a bucket of contexts; else power is monotone, and crosses the cap at most once. */
  steadySteps(batch: DecodeBatch, steps: number): number {
    if (steps <= 1 || this.#padding.hidesContext) return steps
    return stepsToEdge(batch, steps, this.#capTest)
  }

  /** Joules are affine in seconds and in work: those of the seconds, and those of the work of so many padded steps. */
  decodeJoules(batch: DecodeBatch, steps: number, seconds: number, isCapped: boolean): number {
    const ofSeconds = this.#energy.decodeJoules(batch, 0, seconds, isCapped)
    return isCapped ? ofSeconds : ofSeconds + this.#workJoules(batch, steps)
  }

  stepJoules(step: MixedStep, seconds: number): number {
    return this.#energy.stepJoules(this.#padding.step(step), seconds)
  }

  isStepCapped(joules: number, seconds: number): boolean {
    return this.#energy.isStepCapped(joules, seconds)
  }

  contextJoules(contextS: number, isCapped: boolean): number {
    return this.#padding.hidesContext ? 0 : this.#energy.contextJoules(contextS, isCapped)
  }

  chunkJoules(tokens: number, cachedTokens: number, chunkS: number, isCapped: boolean): number {
    return this.#energy.chunkJoules(this.#padding.chunkTokens(tokens), cachedTokens, chunkS, isCapped)
  }

  #isCapped(batch: DecodeBatch, step: number): boolean {
    return this.#energy.isDecodeCapped(this.#padding.batch(batch, step))
  }

  #workJoules(batch: DecodeBatch, steps: number): number {
    const energy = this.#energy
    if (this.#padding.hidesContext) {
      return steps * energy.decodeJoules(this.#padding.batch(batch, 1), 1, 0, false)
    }
    const fillJoules = energy.decodeJoules(this.#padding.withoutContext(batch), 1, 0, false)
    return steps * fillJoules + energy.contextJoules(0, false) * contextRead(batch, steps)
  }
}
