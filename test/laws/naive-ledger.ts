import type { Course } from '../../src/fleet/course.ts'
import type { LatencyModel, MixedStep } from '../../src/latency/contract.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { cachedOf, type Chunk as LatencyChunk, pairsOf } from '../latency/steps.ts'
import { naivePriceOf } from './naive-prices.ts'
import { type Chunk, type Replica, type Request, type Step, sum } from './naive-state.ts'

/* What the naive stepper charges for a step: to the replica's meter, and in shares to the step's requests. */

/** What the models are asked about: the decodes' context before the step, and the chunks. */
export function loadOf(step: Step, { latency }: ReplicaKind, pad: Pad = padOf(latency)): MixedStep {
  const { window } = latency
  const padded = chunksOf(step).map(chunk => ({ ...chunk, tokens: pad(chunk.tokens) }))
  return {
    sequences: step.decodes.length,
    contextTokens: sum(step.decodes, r => r.computed),
    longestTokens: Math.max(0, ...step.decodes.map(r => r.computed)),
    paddedTokens: sum(padded, chunk => chunk.tokens),
    paddedPairs: sum(padded, chunk => pairsOf(chunk, window)),
    chunks: step.chunks.length,
    chunkTokens: sum(step.chunks, c => c.tokens),
    chunkCachedTokens: sum(chunksOf(step), chunk => cachedOf(chunk, window)),
    chunkPairs: sum(chunksOf(step), chunk => pairsOf(chunk, window)),
    ordinal: step.ordinal,
    window,
  }
}

/** What a chunk of so many tokens is computed as. */
type Pad = (tokens: number) => number

export function padOf(latency: LatencyModel): Pad {
  return tokens => latency.paddedTokens?.(tokens) ?? tokens
}

function chunksOf(step: Step): LatencyChunk[] {
  return step.chunks.map(({ tokens, cached }) => ({ tokens, cachedTokens: cached }))
}

/** What the step takes, by means of the stepper's own where it has them. */
export function stepSecondsOf({ kind }: Replica, step: Step, pad = padOf(kind.latency)): number {
  const { latency } = kind
  const load = loadOf(step, kind, pad)
  const price = naivePriceOf(latency)
  if (price) return price(load, chunksOf(step))
  return load.chunks > 0 ? latency.stepSeconds(load) : latency.gapSeconds(load, 1)
}

/**
 * Seconds, joules and grams of a step: to the replica's meter, and in shares to the requests in the step.
 * @returns joules at the wall, grams at the facility's meter
 */
export function account(course: Course, replica: Replica, step: Step): { joules: number; grams: number } {
  const { latency, energy } = replica.kind
  const { seconds } = step
  const load = loadOf(step, replica.kind)
  const isMixed = load.chunks > 0
  const stepJoules = energy.stepJoules(load, seconds)
  const isCapped = isMixed ? energy.isStepCapped(stepJoules, seconds) : energy.isDecodeCapped(load)
  const joules = isMixed ? stepJoules : energy.decodeJoules(load, 1, seconds, isCapped)
  // A decode pays for what it holds in layers without a window; with one, all pay alike.
  const members = load.sequences + load.chunks
  const heldShare = 1 - (latency.window?.share ?? 0)
  const contextSeconds = latency.contextSeconds(load, load.chunks)
  const contextJoules = heldShare * energy.contextJoules(contextSeconds, isCapped)
  const gramsPerJoule = (course.pue * intensityAt(course, step.startS)) / 3.6e6

  const { totals } = replica
  totals.steps++
  totals.busyS += seconds
  totals.busyJ += joules
  totals.grams += joules * gramsPerJoule

  const secondsOf = shares(step, seconds, heldShare * contextSeconds, c =>
    latency.chunkSeconds(c.tokens, c.cached, members),
  )
  const joulesOf = shares(step, joules, contextJoules, c =>
    energy.chunkJoules(c.tokens, c.cached, latency.chunkSeconds(c.tokens, c.cached, members), isCapped),
  )
  for (const [request, share] of secondsOf) request.row.shareS += share
  for (const [request, share] of joulesOf) {
    request.row.shareJ += share
    request.row.shareG += share * gramsPerJoule
  }
  return { joules, grams: joules * gramsPerJoule }
}

/** Splits `total`: each decode pays its context, each chunk its own work, and the rest is paid per token. */
function shares(
  step: Step,
  total: number,
  perContextToken: number,
  ofChunk: (chunk: Chunk) => number,
): [Request, number][] {
  const decodeParts = step.decodes.map(r => perContextToken * (r.computed + 1))
  const chunkParts = step.chunks.map(ofChunk)
  const rest = total - sum(decodeParts, part => part) - sum(chunkParts, part => part)
  const perToken = rest / (step.decodes.length + sum(step.chunks, c => c.tokens))
  return [
    ...step.decodes.map((r, i): [Request, number] => [r, perToken + decodeParts[i]]),
    ...step.chunks.map((c, i): [Request, number] => [c.request, perToken * c.tokens + chunkParts[i]]),
  ]
}

/** A step is priced at the hour in which it begins. */
function intensityAt(course: Course, startS: number): number {
  const { gramsPerKwh } = course.carbon
  return gramsPerKwh[Math.floor(startS / 3600) % gramsPerKwh.length]
}
