import type { PowerConstants } from '../energy/affine.ts'
import type { Course } from '../fleet/course.ts'
import type { Leftover, Place } from '../fleet/placement.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Standing } from './grounds.ts'
import type { ReplicaMemory } from './memory.ts'
import type { Stack } from './stack.ts'

/** A pool as built, for reports; one for each model that takes turns on it. */
export interface BuiltPool {
  readonly kind: ReplicaKind
  readonly node: string
  readonly device: string
  readonly engine: string
  /** That it brings, or shares with the pool that does. */
  readonly nodes: number
  readonly replicas: number
  /** By replica, a place for each stage. */
  readonly places: readonly (readonly Place[])[]
  /** What carries no replica of the nodes that it brings; absent where it brings none. */
  readonly leftover?: Leftover
  /** Models that take turns on the same devices: 1 where there is one. What they cost counts for whichever has them. */
  readonly turns: number
  readonly memory: ReplicaMemory
  readonly power: PowerConstants
  /** NaN where unknown. */
  readonly usdPerDeviceHour: number
  /** What is compiled for it. */
  readonly stack?: Stack
}

/** What the pools of a fleet come to. */
export interface BuiltPools {
  readonly pools: readonly BuiltPool[]
  readonly standing: Standing
  /** What few courses have. */
  readonly more: Partial<Course>
}
