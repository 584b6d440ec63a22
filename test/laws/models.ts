import type { EnergyModel } from '../../src/energy/contract.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep } from '../../src/latency/contract.ts'
import { pairsOf, readBy } from '../latency/steps.ts'
import { pricedBy } from './naive-prices.ts'

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
  readonly window?: ContextWindow | undefined
  /** With this many members or more, context and pairs are shared by as many; 1 where left out. */
  readonly places?: number
}

/** A step costs the sum of its parts; exact for any number of decode steps. */
export function linearLatency(times: LinearTimes): LatencyModel {
  const { fixedS, tokenS, contextS, pairS, window, places = 1 } = times
  const sharers = (members: number) => Math.max(1, Math.min(places, members))
  const model: LatencyModel = {
    stepSeconds: step => {
      const shared = contextS * readOver(step, 1) + pairS * step.chunkPairs
      return (
        fixedS + tokenS * (step.sequences + step.chunkTokens) + shared / sharers(step.sequences + step.chunks)
      )
    },
    decodeSeconds: (batch, steps) =>
      steps * (fixedS + tokenS * batch.sequences) +
      (contextS * readOver(batch, steps)) / sharers(batch.sequences),
    gapSeconds: (batch, step) =>
      fixedS +
      tokenS * batch.sequences +
      (contextS * readOver(after(batch, step - 1), 1)) / sharers(batch.sequences),
    steadySteps: () => Number.POSITIVE_INFINITY,
    contextSeconds: ({ sequences }, chunks) => contextS / sharers(sequences + chunks),
    chunkSeconds: (tokens, cachedTokens, members) =>
      (pairS * pairs(tokens, cachedTokens, window)) / sharers(members),
    window,
  }
  return pricedBy(model, (batch, chunks) => {
    const members = batch.sequences + chunks.length
    const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, batch.sequences)
    const chunkPairs = chunks.reduce((sum, chunk) => sum + pairsOf(chunk, window), 0)
    const shared = contextS * readBy({ ...batch, window }) + pairS * chunkPairs
    return fixedS + tokenS * tokens + shared / (members < places ? Math.max(1, members) : places)
  })
}

/** As linear, but the context is rounded up to whole buckets, as compiled for: the price has a step at each edge. */
export function bucketedLatency(times: LinearTimes, bucketTokens: number): LatencyModel {
  const linear = linearLatency(times)
  const padded = (contextTokens: number) => Math.ceil(contextTokens / bucketTokens) * bucketTokens
  const gapSeconds = (batch: DecodeBatch, step: number) =>
    times.fixedS +
    times.tokenS * batch.sequences +
    times.contextS * padded(batch.contextTokens + batch.sequences * addedBy(batch, step))
  return {
    stepSeconds: step => {
      const read = step.contextTokens + step.sequences
      return linear.stepSeconds({ ...step, contextTokens: padded(read) - step.sequences })
    },
    decodeSeconds: (batch, steps) => steps * gapSeconds(batch, 1),
    gapSeconds,
    steadySteps: batch => {
      const { sequences, contextTokens } = batch
      if (times.contextS === 0 || sequences === 0) return Number.POSITIVE_INFINITY
      const edge = padded(contextTokens + sequences)
      let steps = 1
      while (contextTokens + sequences * addedBy(batch, steps + 1) <= edge) steps++
      return steps
    },
    contextSeconds: () => 0,
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
  const freeDecode = (batch: DecodeBatch, steps: number, seconds: number) =>
    busyWatts * seconds + tokenJ * batch.sequences * steps + contextJ * readOver(batch, steps)
  const freeStep = (step: MixedStep, seconds: number) =>
    busyWatts * seconds +
    tokenJ * (step.sequences + step.chunkTokens) +
    contextJ * readOver(step, 1) +
    pairJ * step.chunkPairs
  const isDecodeCapped = (batch: DecodeBatch, step: number) => {
    const seconds = latency.gapSeconds(batch, step)
    return freeDecode(after(batch, step - 1), 1, seconds) > capWatts * seconds
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
    contextJoules: (contextS, isCapped) => (isCapped ? capWatts * contextS : busyWatts * contextS + contextJ),
    chunkJoules: (tokens, cachedTokens, chunkS, isCapped) =>
      isCapped ? capWatts * chunkS : busyWatts * chunkS + pairJ * pairs(tokens, cachedTokens, latency.window),
  }
}

/** Tokens that each decode has added at a step: those of the steps before, and the one that it begins with. */
function addedBy({ pace, originStep = 0 }: DecodeBatch, step: number): number {
  return pace === undefined ? step : pace.tokensBy(originStep + step - 1) - pace.tokensBy(originStep) + 1
}

/** The batch after `steps` decode steps. */
function after(batch: DecodeBatch, steps: number): DecodeBatch {
  const { sequences, contextTokens, window, pace, originStep = 0 } = batch
  const tokens = addedBy(batch, steps + 1) - 1
  return {
    sequences,
    contextTokens: contextTokens + tokens * sequences,
    window,
    pace,
    originStep: originStep + steps,
  }
}

/** Context tokens read in the first steps, as a mean over layers: windows fill, and then stay full. */
function readOver(batch: DecodeBatch, steps: number): number {
  const { sequences, contextTokens, window, pace } = batch
  if (pace !== undefined) return pacedOver(batch, steps)
  const held = (upTo: number) => upTo * contextTokens + sequences * ((upTo * (upTo + 1)) / 2)
  if (window === undefined || sequences === 0) return held(steps)
  const room = sequences * window.tokens - contextTokens
  const filling = Math.max(0, Math.min(steps, Math.floor(room / sequences)))
  const near = held(filling) + (steps - filling) * sequences * window.tokens
  return (1 - window.share) * held(steps) + window.share * near
}

/** The same step by step. */
function pacedOver(batch: DecodeBatch, steps: number): number {
  const { sequences, contextTokens, window } = batch
  let all = 0
  let near = 0
  for (let step = 1; step <= steps; step++) {
    const held = contextTokens + sequences * addedBy(batch, step)
    all += held
    near += Math.min(held, sequences * (window?.tokens ?? 0))
  }
  return window === undefined ? all : (1 - window.share) * all + window.share * near
}

/** Query-key pairs: of a chunk's triangle, or of its first queries until they fill the window, then of a band. */
function pairs(tokens: number, cachedTokens: number, window?: ContextWindow): number {
  const triangle = (queries: number) => queries * cachedTokens + (queries * queries) / 2
  if (window === undefined) return triangle(tokens)
  const growing = Math.min(tokens, Math.max(0, window.tokens - cachedTokens))
  const band = triangle(growing) + (tokens - growing) * window.tokens
  return (1 - window.share) * triangle(tokens) + window.share * band
}
