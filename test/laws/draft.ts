import type { Course } from '../../src/fleet/course.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { DetailedRow, Names } from './detailed.ts'
import type { Dice } from './dice.ts'

/** A course while features are put into it. */
export interface Draft {
  readonly dice: Dice
  /** What a small step takes, roughly. */
  readonly unitS: number
  readonly kinds: ReplicaKind[]
  /** Index of its kind, by replica. */
  readonly replicas: number[]
  readonly classes: readonly string[]
  rows: DetailedRow[]
  names: Names
  /** What the course has beyond kinds, replicas and rows. */
  more: Partial<Course>
}

export function modelOf({ modelId = 0 }: ReplicaKind): number {
  return modelId
}

/** How many models the fleet serves. */
export function modelsOf({ more }: Draft): number {
  return more.models?.length ?? 1
}

/** Adds a kind with one replica of it. @returns its index */
export function addKind(draft: Draft, kind: ReplicaKind): number {
  draft.replicas.push(draft.kinds.length)
  return draft.kinds.push(kind) - 1
}

/** Replica ids in a random order. */
export function shuffledReplicas({ dice, replicas }: Draft): number[] {
  const left = replicas.map((_, id) => id)
  return replicas.map(() => left.splice(dice.index(left), 1)[0])
}
