import { causalPairs } from '../latency/context.ts'
import type { MixedStep } from '../latency/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Slo } from '../routing/contract.ts'
import { paddedPrompt } from './padded-prompt.ts'

/** More steps than any output has, over which the tokens of a step are averaged. */
const MANY_STEPS = 2 ** 16

/** Lengths of a request. */
export interface Size {
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * Requests a second that a replica of the kind serves of a backlog of requests of one size, with the largest batch that
 * memory, slots and the token budget keep up and in which the TTFT of a request that finds the replica idle, TPOT and
 * E2E meet the objectives; 0 where there is none. In such a batch a prompt comes in whenever a request leaves: what is
 * served is what joins at a step over what the step takes.
 */
export function sizedRequestsPerS(kind: ReplicaKind, size: Size, slo: Slo): number {
  const ttftS = leastTtftS(kind, size)
  if (ttftS > slo.ttftS || size.inputTokens >= kind.maxModelLen) return 0
  const further = decodedTokens(kind, size)
  if (further === 0) return ttftS > (slo.e2eS ?? ttftS) ? 0 : promptsPerS(kind, size)
  const mostTpotS = Math.min(slo.tpotS, ((slo.e2eS ?? Number.POSITIVE_INFINITY) - ttftS) / further)
  const mostStepS = mostTpotS * paceOf(kind)
  const isGood = (batch: number) =>
    joiningTokens(kind, size, batch) <= roomFor(kind, batch) && meanStepS(kind, size, batch) <= mostStepS
  const batch = largest(mostSequences(kind, size), isGood)
  return batch === 0 ? 0 : joining(kind, size, batch) / meanStepS(kind, size, batch)
}

/** Tokens behind the first that are the replica's part. */
function decodedTokens({ role }: ReplicaKind, { outputTokens }: Size): number {
  return role === 'prefill' ? 0 : Math.max(0, outputTokens - 1)
}

/** Of a request that finds the replica idle; of one that comes computed, on its way in. */
function leastTtftS(kind: ReplicaKind, { inputTokens }: Size): number {
  if (kind.role === 'decode') return 0
  return kind.frontEndS + kind.latency.stepSeconds(stepOf(kind, { inputTokens, prompts: 1 }))
}

/** Of prompts alone, as many in a step as its budget takes. */
function promptsPerS(kind: ReplicaKind, { inputTokens }: Size): number {
  if (kind.role === 'decode') return Number.POSITIVE_INFINITY
  const { chunkBudget = kind.tokenBudget, maxSequences, maxPrefills = maxSequences } = kind
  const prompts = Math.max(1, Math.min(Math.floor(chunkBudget / inputTokens), maxPrefills, maxSequences))
  return prompts / kind.latency.stepSeconds(stepOf(kind, { inputTokens, prompts }))
}

/** Prompts that come in at a step on average when so many requests of the size are there. */
function joining(kind: ReplicaKind, size: Size, batch: number): number {
  const steps = decodedTokens(kind, size) / paceOf(kind)
  if (kind.role === 'decode') return batch / steps
  return batch / (steps + Math.max(1, size.inputTokens / roomFor(kind, batch)))
}

/** Prompt tokens of those. */
function joiningTokens(kind: ReplicaKind, size: Size, batch: number): number {
  return kind.role === 'decode' ? 0 : joining(kind, size, batch) * size.inputTokens
}

/**
 * Mean seconds of a step with so many requests of the size there, each somewhere in its decode. Where less than a prompt
 * comes in at a step, some carry one, or as much of it as fits, and others none.
 */
function meanStepS(kind: ReplicaKind, size: Size, batch: number): number {
  const { inputTokens, outputTokens } = size
  const decodes = { sequences: batch, meanContext: inputTokens + outputTokens / 2 }
  const gapS = kind.latency.gapSeconds(stepOf(kind, decodes), 1)
  const tokens = joiningTokens(kind, size, batch)
  if (tokens === 0) return gapS
  const carried = Math.min(roomFor(kind, batch), Math.max(tokens, inputTokens))
  const mixed = stepOf(kind, { ...decodes, inputTokens, prompts: carried / inputTokens })
  return gapS + (tokens / carried) * Math.max(0, kind.latency.stepSeconds(mixed) - gapS)
}

/** Prompt tokens that a step takes beside so many decodes. */
function roomFor({ tokenBudget, chunkBudget = tokenBudget }: ReplicaKind, batch: number): number {
  return Math.max(1, Math.min(chunkBudget, tokenBudget - batch))
}

/** Sequences of the size that memory and slots admit; a request is half done on average. */
function mostSequences(kind: ReplicaKind, { inputTokens, outputTokens }: Size): number {
  const meanTokens = kind.reservedTokens ?? inputTokens + outputTokens / 2
  const held = Math.floor((kind.kvBlocks * kind.blockTokens) / meanTokens)
  return Math.min(kind.maxSequences, Math.max(1, held))
}

/** The largest whole number from 1 to `most` for which it is so; 0 where it is not so of 1. Once not so, never again. */
function largest(most: number, isSo: (number: number) => boolean): number {
  let low = 0
  let high = most
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (isSo(middle)) low = middle
    else high = middle - 1
  }
  return low
}

/** Tokens that a decode emits a step on average. */
function paceOf({ pace }: ReplicaKind): number {
  return pace === undefined ? 1 : pace.tokensBy(MANY_STEPS) / MANY_STEPS
}

/** What a step carries: decodes of a mean context, and prompts of a length. */
interface Load {
  readonly sequences?: number
  readonly meanContext?: number
  readonly inputTokens?: number
  /** As many as all their tokens are worth where some come in parts. */
  readonly prompts?: number
}

function stepOf(
  kind: ReplicaKind,
  { sequences = 0, meanContext = 0, inputTokens = 0, prompts = 0 }: Load,
): MixedStep {
  const { window } = kind.latency
  const padded = prompts === 0 ? 0 : paddedPrompt(kind, inputTokens)
  const longest = Math.max(1, inputTokens, Math.ceil(meanContext))
  return {
    sequences,
    contextTokens: Math.round(sequences * meanContext),
    chunks: Math.ceil(prompts),
    chunkTokens: Math.round(prompts * inputTokens),
    chunkCachedTokens: 0,
    chunkPairs: prompts * causalPairs(inputTokens, 0, window),
    paddedTokens: prompts * padded,
    paddedPairs: prompts * causalPairs(padded, 0, window),
    longestTokens: Math.min(longest, kind.maxModelLen - 1),
    ordinal: 0,
    window,
  }
}
