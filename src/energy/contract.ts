import type { DecodeBatch, MixedStep } from '../latency/contract.ts'

/**
 * Joules of one replica at the wall of its node (devices and the host's share; PUE is applied outside).
 * Energy of a busy replica is affine in seconds, bytes and flops, and capped at the devices' power limit per
 * step. Idle seconds cost `idleWatts`.
 */
export interface EnergyModel {
  /** Watts of the replica's devices and its share of the host while it runs no step. */
  readonly idleWatts: number
  /** Joules of the first `steps` decode steps, which take `seconds`; holds up to `steadySteps`. */
  decodeJoules(batch: DecodeBatch, steps: number, seconds: number): number
  /** Of the next `steps` decode steps, how many stay on the same side of the power cap as the first. */
  steadySteps(batch: DecodeBatch, steps: number): number
  /** Joules that each context token read by a decode adds to its step, on the batch's side of the cap. */
  contextJoules(batch: DecodeBatch): number
  /** Joules of a step with chunks that takes `seconds`. */
  stepJoules(step: MixedStep, seconds: number): number
  /** Joules per context token in a step with chunks; on either side of the cap. */
  stepContextJoules(step: MixedStep, seconds: number): number
  /** Joules that one chunk of such a step adds beyond what every token costs. */
  chunkJoules(step: MixedStep, seconds: number, tokens: number, cachedTokens: number): number
}

/** Grams of CO2 per kWh by hour of the run; the last hour is followed by the first again. */
export interface CarbonIntensity {
  /** At least one entry; a constant grid has one. */
  readonly gramsPerKwh: readonly number[]
}
