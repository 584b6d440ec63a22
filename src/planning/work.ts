import { causalPairs, contextRead } from '../latency/context.ts'
import type { Pace } from '../latency/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Jobs } from './jobs.ts'
import { beyondOf } from './lumps.ts'

/** What of a request is done in one place. */
export type Part = 'whole' | 'prompt' | 'output'

/**
 * The least that a replica of a kind must do for a request, and what a step does of it: the units that steps are priced
 * by. All sums over steps, however the request is cut into them.
 */
export interface Work {
  /** Steps in which it decodes. */
  decodes: number
  /** Context tokens that these read, as a mean over layers. */
  context: number
  /** Prompt tokens computed. */
  tokens: number
  /** Query-key pairs of these. */
  pairs: number
  /** Tokens by which each prompt goes beyond some lengths, by length; empty where none are told. */
  beyond: readonly number[]
}

export const NO_WORK: Readonly<Work> = { decodes: 0, context: 0, tokens: 0, pairs: 0, beyond: [] }

/** Whether a replica of the kind takes the request at all. */
export function takes(kind: ReplicaKind, jobs: Jobs, job: number): boolean {
  return jobs.inputTokens[job] < kind.maxModelLen && jobs.modelId[job] === (kind.modelId ?? 0)
}

/** Whether a replica of the kind may do that part of requests. */
export function does({ role }: ReplicaKind, part: Part): boolean {
  if (part === 'whole') return role === undefined
  return role === undefined || role === (part === 'prompt' ? 'prefill' : 'decode')
}

/** The least work of a part of a request on a kind that takes it. @param lumps the lengths of `beyond` */
export function workOf(
  kind: ReplicaKind,
  jobs: Jobs,
  job: number,
  part: Part,
  lumps: readonly number[],
): Work {
  const { window } = kind.latency
  const cached = cachedTokens(kind, jobs, job)
  const tokens = part === 'output' ? 0 : jobs.inputTokens[job] - cached
  const decodes = part === 'prompt' ? 0 : decodesOf(kind, jobs, job)
  const batch = { sequences: 1, contextTokens: jobs.inputTokens[job], window }
  return {
    decodes,
    context: decodes === 0 ? 0 : contextRead(batch, decodes),
    tokens,
    pairs: causalPairs(tokens, cached, window),
    beyond: beyondOf(lumps, tokens),
  }
}

/**
 * Prompt tokens that need not be computed at best: all but one.
 *
 * @param isLate whether its first token may come too late for its objective, and so more of them
 */
export function cachedTokens({ prefixCache }: ReplicaKind, jobs: Jobs, job: number, isLate = false): number {
  const told = isLate ? jobs.reusableLateTokens : jobs.reusableTokens
  const reusable = prefixCache === undefined ? -1 : told[job]
  const found = reusable < 0 ? jobs.hitTokens[job] : reusable
  return Math.min(found, jobs.inputTokens[job] - 1)
}

/** Output tokens that it gets there. */
export function outputTokensOf(kind: ReplicaKind, jobs: Jobs, job: number): number {
  return Math.min(jobs.outputTokens[job], kind.maxModelLen - jobs.inputTokens[job])
}

/** Decode steps behind the first token, each with as many tokens as any. */
export function decodesOf(kind: ReplicaKind, jobs: Jobs, job: number): number {
  return Math.ceil((outputTokensOf(kind, jobs, job) - 1) / mostPerStep(kind.pace))
}

/** Steps over which the fastest of a pace is sought: more than the period of any law, and than most traces. */
const SOUGHT_STEPS = 2 ** 16
const MOST = new WeakMap<Pace, number>()

/** Tokens that a decode emits in a step at most. */
export function mostPerStep(pace: Pace | undefined): number {
  if (pace === undefined) return 1
  const known = MOST.get(pace)
  if (known !== undefined) return known
  let most = 1
  for (let step = 0; step < SOUGHT_STEPS; step++)
    most = Math.max(most, pace.tokensBy(step + 1) - pace.tokensBy(step))
  MOST.set(pace, most)
  return most
}
