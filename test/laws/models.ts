import type { EnergyModel } from '../../src/energy/contract.ts'
import type { DecodeBatch, LatencyModel, MixedStep } from '../../src/latency/contract.ts'

/*
 * Small models of latency and energy for the laws: every constant is given, so that a case can be worked out on
 * paper, and with dyadic constants every sum is exact.
 */

/** Seconds of a step: fixed, per token, per context token read by a decode, per query-key pair of a chunk. */
export interface LinearTimes {
  readonly fixedS: number
  readonly tokenS: number
  readonly contextS: number
  readonly pairS: number
}

/** A step costs the sum of its parts; exact for any number of decode steps. */
export function linearLatency({ fixedS, tokenS, contextS, pairS }: LinearTimes): LatencyModel {
  return {
    stepSeconds: step =>
      fixedS +
      tokenS * (step.sequences + step.chunkTokens) +
      contextS * (step.contextTokens + step.sequences) +
      pairS * step.chunkPairs,
    decodeSeconds: ({ sequences, contextTokens }, steps) =>
      steps * (fixedS + tokenS * sequences + contextS * contextTokens) +
      contextS * sequences * ((steps * (steps + 1)) / 2),
    gapSeconds: ({ sequences, contextTokens }, step) =>
      fixedS + tokenS * sequences + contextS * (contextTokens + sequences * step),
    steadySteps: () => Number.POSITIVE_INFINITY,
    contextSeconds: contextS,
    chunkSeconds: (tokens, cachedTokens) => pairS * pairs(tokens, cachedTokens),
  }
}

/** As linear, but the context is rounded up to whole buckets, as compiled for: the price has a step at each edge. */
export function bucketedLatency(times: LinearTimes, bucketTokens: number): LatencyModel {
  const linear = linearLatency(times)
  const padded = (contextTokens: number) => Math.ceil(contextTokens / bucketTokens) * bucketTokens
  const gapSeconds = ({ sequences, contextTokens }: DecodeBatch, step: number) =>
    times.fixedS + times.tokenS * sequences + times.contextS * padded(contextTokens + sequences * step)
  return {
    stepSeconds: step => {
      const read = step.contextTokens + step.sequences
      return linear.stepSeconds({ ...step, contextTokens: padded(read) - step.sequences })
    },
    decodeSeconds: (batch, steps) => steps * gapSeconds(batch, 1),
    gapSeconds,
    steadySteps: ({ sequences, contextTokens }) => {
      if (times.contextS === 0 || sequences === 0) return Number.POSITIVE_INFINITY
      const edge = padded(contextTokens + sequences)
      let steps = 1
      while (contextTokens + sequences * (steps + 1) <= edge) steps++
      return steps
    },
    contextSeconds: 0,
    chunkSeconds: linear.chunkSeconds,
  }
}

/** Joules of a step: watts while busy, and joules per token, context token and query-key pair, up to a cap. */
export interface AffineJoules {
  readonly idleWatts: number
  readonly busyWatts: number
  readonly tokenJ: number
  readonly contextJ: number
  readonly pairJ: number
  /** Most watts, averaged over a step; Infinity for no cap. */
  readonly capWatts: number
}

/** A step draws the sum of its parts, or the cap for as long as it takes if that is less. */
export function affineEnergy(joules: AffineJoules, latency: LatencyModel): EnergyModel {
  const { busyWatts, tokenJ, contextJ, pairJ, capWatts } = joules
  const freeDecode = ({ sequences, contextTokens }: DecodeBatch, steps: number, seconds: number) =>
    busyWatts * seconds +
    tokenJ * sequences * steps +
    contextJ * (contextTokens * steps + sequences * ((steps * (steps + 1)) / 2))
  const freeStep = (step: MixedStep, seconds: number) =>
    busyWatts * seconds +
    tokenJ * (step.sequences + step.chunkTokens) +
    contextJ * (step.contextTokens + step.sequences) +
    pairJ * step.chunkPairs
  const isDecodeCapped = (batch: DecodeBatch, step: number) => {
    const before = { ...batch, contextTokens: batch.contextTokens + batch.sequences * (step - 1) }
    const seconds = latency.gapSeconds(batch, step)
    return freeDecode(before, 1, seconds) > capWatts * seconds
  }
  return {
    idleWatts: joules.idleWatts,
    isDecodeCapped: batch => isDecodeCapped(batch, 1),
    steadySteps: (batch, steps) => {
      const isCapped = isDecodeCapped(batch, 1)
      let steady = 1
      while (steady < steps && isDecodeCapped(batch, steady + 1) === isCapped) steady++
      return steady
    },
    decodeJoules: (batch, steps, seconds, isCapped) =>
      isCapped ? capWatts * seconds : freeDecode(batch, steps, seconds),
    stepJoules: (step, seconds) => Math.min(capWatts * seconds, freeStep(step, seconds)),
    isStepCapped: (stepJ, seconds) => stepJ >= capWatts * seconds,
    contextJoules: isCapped =>
      isCapped ? capWatts * latency.contextSeconds : busyWatts * latency.contextSeconds + contextJ,
    chunkJoules: (tokens, cachedTokens, isCapped) => {
      const chunkS = latency.chunkSeconds(tokens, cachedTokens)
      return isCapped ? capWatts * chunkS : busyWatts * chunkS + pairJ * pairs(tokens, cachedTokens)
    },
  }
}

function pairs(tokens: number, cachedTokens: number): number {
  return tokens * cachedTokens + (tokens * tokens) / 2
}
