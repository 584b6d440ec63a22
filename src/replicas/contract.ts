import type { Batcher } from '../batching/contract.ts'
import type { EnergyModel } from '../energy/contract.ts'
import type { LatencyModel, Pace } from '../latency/contract.ts'
import type { OrderFactory } from '../ordering/contract.ts'

/** All that replicas of one kind share: how fast, how big, how hungry, how dear. */
export interface ReplicaKind {
  /** Such as `h100-sxm tp4`. */
  readonly name: string
  /** `gpu`, `asic`, ... */
  readonly deviceKind: string
  readonly devices: number
  readonly latency: LatencyModel
  readonly energy: EnergyModel
  readonly batcher: Batcher
  /** Most tokens in a step; at least maxSequences. */
  readonly tokenBudget: number
  /** Most requests running at once. */
  readonly maxSequences: number
  /** Prompts of this length or more are rejected; outputs end where prompt + output reach it. */
  readonly maxModelLen: number
  readonly kvBlocks: number
  readonly blockTokens: number
  /** Blocks that admission leaves free unless nothing runs. */
  readonly watermarkBlocks: number
  /** Seconds between routing and the earliest step that may carry the request (tokenising, scheduling). */
  readonly frontEndS: number
  /** Seconds that the head of the queue, past the front end, waits at most for its batch to fill; 0 where absent. */
  readonly batchDelayS?: number
  /** Price of an hour of the replica's devices with their share of the node; NaN where unknown. */
  readonly usdPerHour: number
  /** Requests a second when saturated by the workload; NaN until it has been estimated. */
  readonly saturationRequestsPerS: number
  /** Output tokens a second when saturated by the workload; NaN until it has been estimated. */
  readonly saturationTokensPerS: number

  // What few replicas have. Absent: not there at all.

  /** Who goes first of those that wait, and last of those that must make room; in order of arrival where absent. */
  readonly order?: OrderFactory
  /** Most prompt tokens in a step. */
  readonly chunkBudget?: number
  /** Most requests at once whose prompts are being computed. */
  readonly maxPrefills?: number
  /** Tokens of KV set apart for every request, whatever it uses: stacks without paging. At least maxModelLen. */
  readonly reservedTokens?: number
  readonly swap?: Swap
  readonly prefixCache?: PrefixCaching
  /** Tokens that each decode emits as steps go by: speculative decoding. */
  readonly pace?: Pace
  /** Computes prompts only, or takes requests over once theirs are computed; does both where absent. */
  readonly role?: 'prefill' | 'decode'
  /** Of one context token over all its devices. */
  readonly kvBytesPerToken?: number
  /** Before this no step begins: compiling and warming up. Seconds from the first arrival. */
  readonly startS?: number
  readonly outside?: Outside
  /** Index into the course's models of the one it serves. */
  readonly modelId?: number
}

/** KV of the preempted goes to the host's memory and comes back, in place of being computed again. */
export interface Swap {
  readonly bytesPerToken: number
  /** Of the way there, and of the way back. */
  readonly bytesPerS: number
  /** That the host's memory holds; where there is no room KV is computed again. */
  readonly mostTokens: number
}

/** Blocks of prompts are kept and found again by their ids. */
export interface PrefixCaching {
  readonly bytesPerToken: number
  /** Memory of the host beside the devices' own. */
  readonly host?: CacheTier
  /** What replicas share; its size is the course's. */
  readonly remote?: Pick<CacheTier, 'bytesPerS'>
}

export interface CacheTier {
  /** Tokens that it holds. */
  readonly tokens: number
  /** At which a replica reads from it. */
  readonly bytesPerS: number
}

/** Where time passes between a client and the engine. */
export interface Outside {
  /** Gateway and network, there. */
  readonly requestS: number
  /** Of the tokenizer for each prompt token; one prompt after another. */
  readonly promptTokenS: number
  /** Of every token on its way back. */
  readonly replyS: number
}
