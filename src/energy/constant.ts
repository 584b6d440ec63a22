import type { DecodeBatch, MixedStep } from '../latency/contract.ts'
import type { EnergyModel } from './contract.ts'

/** Watts at the wall of a replica and its share of the host. */
export interface ConstantPower {
  readonly idleWatts: number
  readonly busyWatts: number
}

/** One power while a step runs, for latency models that know no bytes and operations: joules are split as seconds. */
export class ConstantEnergy implements EnergyModel {
  readonly idleWatts: number
  readonly #busyWatts: number

  constructor({ idleWatts, busyWatts }: ConstantPower) {
    if (!(idleWatts >= 0 && busyWatts >= 0)) throw new RangeError(`watts ${idleWatts}, ${busyWatts} below 0`)
    this.idleWatts = idleWatts
    this.#busyWatts = busyWatts
  }

  isDecodeCapped(): boolean {
    return false
  }

  steadySteps(_batch: DecodeBatch, steps: number): number {
    return steps
  }

  decodeJoules(_batch: DecodeBatch, _steps: number, seconds: number): number {
    return this.#busyWatts * seconds
  }

  stepJoules(_step: MixedStep, seconds: number): number {
    return this.#busyWatts * seconds
  }

  isStepCapped(): boolean {
    return false
  }

  contextJoules(contextS: number): number {
    return this.#busyWatts * contextS
  }

  chunkJoules(_tokens: number, _cachedTokens: number, chunkS: number): number {
    return this.#busyWatts * chunkS
  }
}
