import { seedOf as replicationSeed } from '../experiments/replication.ts'
import type { Sampling } from '../statistics/sampling.ts'
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
  /** Absent where replications are independent. */
  readonly sampling?: Sampling
}

export function taskOf(plan: SweepPlan): SweepTask {
  const { points, replications, metrics } = plan
  return {
    settings: settingsOf(plan),
    replications,
    metrics,
    hashOf: ({ point, replication }) => cellHash(points[point].hash, replication),
  }
}

/** Points by their levels, those of other shards left out. Settings that stop by a rule are dealt to shards whole. */
function settingsOf({ points, shard, replications }: SweepPlan): number[][] {
  const byLevels = new Map<string, number[]>()
  for (const [number, { levels }] of points.entries()) {
    const key = JSON.stringify(levels)
    byLevels.set(key, [...(byLevels.get(key) ?? []), number])
  }
  const settings = [...byLevels.values()]
  if (shard === undefined) return settings
  if (replications.until !== undefined) return settings.filter((_, number) => isOfShard(number, shard))
  const ours = settings.map(setting => setting.filter(point => isOfShard(point, shard)))
  return ours.filter(setting => setting.length > 0)
}

/** Draws of unknowns all run under the experiment's own. */
export function seedOf({ seed, unknowns }: SweepPlan, replication: number): string | number {
  return unknowns === undefined ? replicationSeed(seed, replication) : seed
}
