import type { ReplicaKind } from '../replicas/contract.ts'
import type { Jobs } from './jobs.ts'
import { mostPerStep, takes } from './work.ts'

/** Between what requests lie that a replica may be sent. */
export interface Extent {
  /** Context tokens that a decode reads at least and at most. */
  readonly leastContext: number
  readonly mostContext: number
  /** Whether KV may run short, so that requests are preempted and computed again. */
  readonly isShort: boolean
  /** Tokens that are computed of one request at once: the prompt, and the output where it may be computed again. */
  readonly mostComputed: number
  /** Query-key pairs a token at most. */
  readonly mostPairs: number
}

/** Of all requests that the kind takes, in time or not. */
export function extentOf(kind: ReplicaKind, jobs: Jobs): Extent {
  const { window } = kind.latency
  const read = (tokens: number) =>
    window === undefined
      ? tokens
      : (1 - window.share) * tokens + window.share * Math.min(tokens, window.tokens)
  let least = Number.POSITIVE_INFINITY
  let mostInput = 0
  let most = 0
  for (let job = 0; job < jobs.length; job++) {
    if (!takes(kind, jobs, job)) continue
    const input = jobs.inputTokens[job]
    least = Math.min(least, input + 1)
    mostInput = Math.max(mostInput, input)
    most = Math.max(most, Math.min(kind.maxModelLen, input + jobs.outputTokens[job]))
  }
  const isShort = mayRunShort(kind, most)
  return {
    leastContext: read(least),
    mostContext: kind.role === 'prefill' ? 0 : read(most),
    isShort,
    mostComputed: isShort ? most : mostInput,
    mostPairs: read(most),
  }
}

/** Requests handed over hold blocks until they have been sent, beside those that run. */
function mayRunShort(
  { kvBlocks, blockTokens, maxSequences, reservedTokens, role, pace }: ReplicaKind,
  most: number,
) {
  if (reservedTokens !== undefined) return false
  // The last step may take room for more tokens than are left to emit.
  const tokens = most + mostPerStep(pace) - 1
  return role === 'prefill' || maxSequences * Math.ceil(tokens / blockTokens) > kvBlocks
}
