import type { Course } from '../../src/fleet/course.ts'
import type { MixedStep } from '../../src/latency/contract.ts'
import { type Chunk, type Replica, type Request, type Step, sum } from './naive-state.ts'

/* What the naive stepper charges for a step: to the replica's meter, and in shares to the step's requests. */

/** What the models are asked about: the decodes' context before the step, and the chunks. */
export function loadOf(step: Step): MixedStep {
  return {
    sequences: step.decodes.length,
    contextTokens: sum(step.decodes, r => r.computed),
    chunks: step.chunks.length,
    chunkTokens: sum(step.chunks, c => c.tokens),
    chunkCachedTokens: sum(step.chunks, c => c.cached),
    chunkPairs: sum(step.chunks, c => c.tokens * c.cached + (c.tokens * c.tokens) / 2),
    ordinal: step.ordinal,
  }
}

/**
 * Seconds, joules and grams of a step: to the replica's meter, and in shares to the requests in the step.
 * @returns joules at the wall, grams at the facility's meter
 */
export function account(course: Course, replica: Replica, step: Step): { joules: number; grams: number } {
  const { latency, energy } = replica.kind
  const { seconds } = step
  const load = loadOf(step)
  const isMixed = load.chunks > 0
  const stepJoules = energy.stepJoules(load, seconds)
  const isCapped = isMixed ? energy.isStepCapped(stepJoules, seconds) : energy.isDecodeCapped(load)
  const joules = isMixed ? stepJoules : energy.decodeJoules(load, 1, seconds, isCapped)
  const contextJoules = energy.contextJoules(isCapped)
  const gramsPerJoule = (course.pue * intensityAt(course, step.startS)) / 3.6e6

  const { totals } = replica
  totals.steps++
  totals.busyS += seconds
  totals.busyJ += joules
  totals.grams += joules * gramsPerJoule

  const secondsOf = shares(step, seconds, latency.contextSeconds, c =>
    latency.chunkSeconds(c.tokens, c.cached),
  )
  const joulesOf = shares(step, joules, contextJoules, c => energy.chunkJoules(c.tokens, c.cached, isCapped))
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
