import { seedOf as replicationSeed } from '../experiments/replication.ts'
import { cellHash } from './cell-hash.ts'
import type { SweepTask } from './deal.ts'
import type { ReplicationRule } from './rounds.ts'
import { isOfShard, type Shard } from './shard.ts'
import type { Unknowns } from './unknowns.ts'

/**
 * All that tells one sweep from another, and all that its results are written from. Two sweeps of the same plan come
 * to the same bytes. It is what manifest.json begins with.
 */
export interface SweepPlan {
  /** Version of the program. */
  readonly regatta: string
  /** Version and fingerprint of its code. */
  readonly code: string
  /** What the experiment's file says, defaults filled in. */
  readonly experiment: object
  /** What its scenario says with the experiment's policies and seed in it, and the fingerprint of that. */
  readonly scenario: { readonly resolved: unknown; readonly sha256: string }
  readonly seed: string | number
  readonly confidence: number
  readonly replications: ReplicationRule
  readonly factors: readonly string[]
  readonly metrics: readonly string[]
  /** Columns of results beside them, on which estimates rest. */
  readonly support?: readonly string[]
  /** In the experiment's order, those of other shards as well. */
  readonly points: readonly PlannedPoint[]
  /** Where replications draw estimates from their ranges. */
  readonly unknowns?: Unknowns
  readonly shard?: Shard
}

/** A combination of levels and a policy. */
export interface PlannedPoint {
  /** What results call the level of each factor. */
  readonly levels: readonly string[]
  readonly policy: string
  /** Of all that its results follow from, but the replication. */
  readonly hash: string
}

export function taskOf({ points, shard, replications, metrics }: SweepPlan): SweepTask {
  const numbers = points.map((_, number) => number)
  return {
    points: shard === undefined ? numbers : numbers.filter(number => isOfShard(number, shard)),
    replications,
    metrics,
    hashOf: ({ point, replication }) => cellHash(points[point].hash, replication),
  }
}

export function seedOf({ seed }: SweepPlan, replication: number): string | number {
  return replicationSeed(seed, replication)
}
