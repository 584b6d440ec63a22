import type { Batcher } from '../batching/contract.ts'
import type { EnergyModel } from '../energy/contract.ts'
import type { LatencyModel } from '../latency/contract.ts'

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
}
