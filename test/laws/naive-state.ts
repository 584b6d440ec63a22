import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { ReplicaId } from '../../src/routing/contract.ts'
import type { NaiveJourney, NaiveReplicaTotals, NaiveRow, RequestFacts } from './naive.ts'
import type { NaiveDevices } from './naive-devices.ts'
import type { Plan } from './naive-origins.ts'
import type { NaiveCache } from './naive-prefixes.ts'
import type { NaiveQueue } from './naive-queue.ts'

/* What the naive stepper keeps: plain objects, and nothing that can be counted again from them. */

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface Request extends RequestFacts {
  readonly row: Mutable<NaiveRow> & { tokenS: number[] }
  readonly journey: Mutable<NaiveJourney>
  readyS: number
  /** Tokens whose KV must be computed before it may decode. */
  prefillTokens: number
  /** Tokens whose KV is there; a decode's context without the token it is about to read in. */
  computed: number
  decoding: boolean
  /** KV blocks of all that it has, whoever holds some of them as well. */
  blocks: number
  /** Leading entries of the prefix cache that it holds; its ids tell which. */
  held: number
  /** Entries that tiers below have sent for it: from which on, and up to which. */
  staged: { readonly from: number; readonly to: number }
  /** Tokens of KV kept in the host's memory. */
  inHost: number
  /** Seconds since its last token, counted up to `countedS`. */
  sinceTokenS: number
  countedS: number
  /** Tokens that its order has not been told of. */
  untold: number
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
  /** Whether those that run have been put into it. */
  hasContinued: boolean
  seconds: number
}

export interface Replica {
  readonly id: ReplicaId
  readonly kind: ReplicaKind
  /** In order of admission. */
  readonly running: Request[]
  readonly queue: NaiveQueue
  readonly totals: Mutable<NaiveReplicaTotals>
  readonly cache: NaiveCache | undefined
  readonly devices: NaiveDevices | undefined
  /** Of requests handed over, whose KV is still being sent: as they were when they left. */
  readonly sending: Request[]
  step: Step | undefined
  /** Steps with decodes so far. */
  decodeSteps: number
  plan: Plan
  /** Whether a step has ended at this instant, and whether there is news for it. */
  hasEnded: boolean
  hasNews: boolean
  /** When the tokenizer, and the way to the host's memory and back, are done with all that was sent. */
  tokenizedS: number
  swappedS: number
}

export function heldBlocks({ running, sending, cache }: Replica): number {
  const holders = sending.length === 0 ? running : [...running, ...sending]
  if (cache === undefined) return sum(holders, request => request.blocks)
  const own = sum(holders, request => request.blocks - request.held * cache.entryBlocks)
  const shared = [...cache.holders.values()].filter(count => count > 0).length
  return own + shared * cache.entryBlocks
}

/** Of those that serve requests: what is left over after whole slots serves nobody. */
export function freeBlocks(replica: Replica): number {
  const { kvBlocks, reservedTokens } = replica.kind
  const slotBlocks = reservedTokens === undefined ? 1 : blocksOf(replica, 1)
  return slotBlocks * Math.floor(kvBlocks / slotBlocks) - heldBlocks(replica)
}

/** Blocks for so many tokens of a request. */
export function blocksOf({ kind: { blockTokens, reservedTokens } }: Replica, tokens: number): number {
  return blocksFor(reservedTokens ?? tokens, blockTokens)
}

/** Tokens that a decode emits in the replica's next step with decodes. */
export function tokensPerDecode({ kind: { pace }, decodeSteps }: Replica): number {
  return pace === undefined ? 1 : pace.tokensBy(decodeSteps + 1) - pace.tokensBy(decodeSteps)
}

export function restOf(request: Request): number {
  return request.prefillTokens - request.computed
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
