import type { DecodeBatch, MixedStep } from '../latency/contract.ts'

/**
 * Joules of one replica at the wall of its node (devices and the host's share; PUE is applied outside).
 * Energy of a busy replica is affine in seconds, bytes and flops, and capped at the devices' power limit per
 * step: whether the cap binds is asked once for a step or a stretch, and handed back to price it and its parts.
 * Idle seconds cost `idleWatts`.
 */
export interface EnergyModel {
  /** Watts of the replica's devices and its share of the host while it runs no step. */
  readonly idleWatts: number
  /** Whether the cap binds in the batch's next decode step. */
  isDecodeCapped(batch: DecodeBatch): boolean
  /** Of the next `steps` decode steps, how many stay on the same side of the cap as the first. */
  steadySteps(batch: DecodeBatch, steps: number): number
  /** Joules of the next `steps` decode steps, which take `seconds` and all lie on that side of the cap. */
  decodeJoules(batch: DecodeBatch, steps: number, seconds: number, isCapped: boolean): number
  /** Joules of a step with chunks that takes `seconds`. */
  stepJoules(step: MixedStep, seconds: number): number
  /** Whether a step with chunks of these joules and seconds is at the cap. */
  isStepCapped(joules: number, seconds: number): boolean
  /** Joules that each context token read by a decode adds to its step, given the seconds that it adds. */
  contextJoules(contextS: number, isCapped: boolean): number
  /** Joules that a chunk adds to its step beyond what every token costs, given the seconds that it adds. */
  chunkJoules(tokens: number, cachedTokens: number, chunkS: number, isCapped: boolean): number
}

/** Grams of CO2 per kWh by hour of the run; the last hour is followed by the first again. */
export interface CarbonIntensity {
  /** At least one entry; a constant grid has one. */
  readonly gramsPerKwh: readonly number[]
}
