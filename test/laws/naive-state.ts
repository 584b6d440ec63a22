import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { ReplicaId } from '../../src/routing/contract.ts'
import type { NaiveReplicaTotals, NaiveRow, RequestFacts } from './naive.ts'

/* What the naive stepper keeps: plain objects, and nothing that can be counted again from them. */

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface Request extends RequestFacts {
  readonly row: Mutable<NaiveRow> & { tokenS: number[] }
  readyS: number
  /** Tokens whose KV must be computed before it may decode. */
  prefillTokens: number
  /** Tokens whose KV is computed; a decode's context without the token it is about to read in. */
  computed: number
  decoding: boolean
  blocks: number
  /** Seconds of its replica's steps since its last token. */
  sinceTokenS: number
}

export interface Chunk {
  readonly request: Request
  readonly tokens: number
  /** Tokens of the same prompt computed before. */
  readonly cached: number
}

/** A step, being formed or under way. */
export interface Step {
  /** Steps of its replica before it, times the number of replicas, plus the replica's id. */
  readonly ordinal: number
  readonly startS: number
  readonly decodes: Request[]
  readonly chunks: Chunk[]
  readonly preempted: Request[]
  budget: number
  seconds: number
}

export interface Replica {
  readonly id: ReplicaId
  readonly kind: ReplicaKind
  /** In order of admission. */
  readonly running: Request[]
  readonly queue: Request[]
  readonly totals: Mutable<NaiveReplicaTotals>
  step: Step | undefined
}

export function heldBlocks(replica: Replica): number {
  let held = 0
  for (const request of replica.running) held += request.blocks
  return held
}

export function freeBlocks(replica: Replica): number {
  return replica.kind.kvBlocks - heldBlocks(replica)
}

/** When a batch may begin on a replica that runs nothing: its head has waited for others, or enough have come. */
export function batchDueS({ kind, queue }: Replica): number {
  if (queue.length === 0) return Infinity
  if (queue[0].row.preemptions > 0) return queue[0].readyS
  const lastS = queue[0].readyS + (kind.batchDelayS ?? 0)
  if (lastS === queue[0].readyS) return lastS
  const enough = queue.find((_, i) => {
    const first = queue.slice(0, i + 1)
    return first.length >= kind.maxSequences || sum(first, tokensToCompute) >= kind.tokenBudget
  })
  return Math.min(lastS, enough?.readyS ?? Infinity)
}

function tokensToCompute(request: Request): number {
  return request.prefillTokens - usableHits(request)
}

/** Tokens that a waiting request finds in the prefix cache, which serves its first admission only. */
export function usableHits(request: Request): number {
  return Number.isNaN(request.row.admittedS) ? Math.min(request.hitTokens, request.inputTokens - 1) : 0
}

export function blocksFor(tokens: number, blockTokens: number): number {
  let blocks = 0
  while (blocks * blockTokens < tokens) blocks++
  return blocks
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0
  for (const item of items) total += of(item)
  return total
}
