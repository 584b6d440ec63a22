import type { Lengths } from '../arrivals/contract.ts'
import type { ArrivalRow } from '../arrivals/memory.ts'
import { UserError } from '../core/errors.ts'
import { type Load, memoryOf, type Served, served } from '../fidelity/served-replica.ts'
import { type Setup, type Subject, subjectOf } from '../fidelity/subject.ts'
import type { Limits } from './formats/contract.ts'

/** Seconds of the requests that one replica served, in order of arrival; NaN for the TPOT of an output of one token. */
export type Latencies = Pick<Served, 'ttft' | 'tpot' | 'e2e'>

/** Clients who each send again as soon as they are answered, so many requests in all. */
export interface Loop {
  readonly clients: number
  readonly requests: number
  readonly bodies: readonly Lengths[]
}

/** One replica of the subject serves clients, who take the bodies in turns. */
export function servedLoop(subject: Subject, limits: Limits, loop: Loop): Promise<Latencies> {
  const { clients, requests, bodies } = loop
  const lengths = (client: number, turn: number) => bodies[(turn * clients + client) % bodies.length]
  return servedBy(subject, limits, { loop: { clients, requests, lengths } })
}

/** One replica of the subject serves requests as they arrive, in order of time from 0 s on. */
export function servedArrivals(
  subject: Subject,
  limits: Limits,
  rows: readonly ArrivalRow[],
): Promise<Latencies> {
  return servedBy(subject, limits, { rows })
}

function servedBy(subject: Subject, { tokenBudget, maxSequences }: Limits, load: Load): Promise<Latencies> {
  return served(subject, { batcher: 'chunked-prefill', tokenBudget, maxSequences, reservedTokens: 0 }, load)
}

/** Throws a UserError where the model leaves no memory for KV. */
export function checkFits(place: string, setup: Setup, limits: Limits): void {
  const { kvBlocks, kvBytes } = memoryOf(subjectOf(setup), limits)
  if (kvBlocks > 0) return
  const { model, weights, tp, device } = setup
  throw new UserError(
    `${place}: ${model.id} in ${weights} does not fit ${tp} x ${device.id} with ${limits.tokenBudget} tokens a step ` +
      `and ${limits.maxSequences} sequences: ${(-kvBytes / 1e9).toFixed(1)} GB too much; check model, weights and tp`,
  )
}

/** Most tokens of a prompt and its answer that one replica takes. */
export function longestRequest(subject: Subject, limits: Limits): number {
  const { kvBlocks } = memoryOf(subject, limits)
  return Math.min(subject.model.maxContextTokens, kvBlocks * subject.engine.blockTokens)
}
