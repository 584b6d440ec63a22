import { UserError } from '../core/errors.ts'
import type { Parallelism } from '../latency/layout.ts'
import { dotted, type KeyPath, type Source } from './document.ts'
import type { Device, Engine, LlmModel, NodeKind } from './facts.ts'
import { ACTIVATION_DTYPE, DTYPE_BYTES } from './hardware.ts'
import type { OwnNodesPool, Pool } from './pool-schema.ts'

/** Throws a UserError about the key at a path from the pool's own map on. */
export type Fail = (path: KeyPath, message: string) => never

/** A pool whose names have been looked up and whose parts go together; one for each model that it serves. */
export interface PoolParts {
  readonly pool: Pool
  /** Index of the pool in the file. */
  readonly index: number
  /** The pool whose nodes it stands on: itself, or the one that it names. */
  readonly ground: OwnNodesPool
  readonly groundIndex: number
  readonly node: NodeKind
  readonly nodes: number
  readonly device: Device
  readonly engine: Engine
  readonly model: LlmModel
  /** File, line and key that name the model. */
  readonly modelAt: string
  /** Models that take turns on its replicas. */
  readonly turns: number
  readonly fail: Fail
}

/** How the replica's devices share the model. */
export function parallelismOf({ tp, pp, attention_dp, ep, weights, kv }: Pool['replica']): Parallelism {
  return {
    tp,
    pp,
    attentionDp: attention_dp,
    ep,
    weightBytes: DTYPE_BYTES[weights],
    kvBytes: DTYPE_BYTES[kv],
    activationBytes: DTYPE_BYTES[ACTIVATION_DTYPE],
  }
}

export function gb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}

/** Throws UserErrors about keys of the map at the path. */
export function failing(source: Source, base: KeyPath): Fail {
  return (path, message) => {
    const full = [...base, ...path]
    throw new UserError(`${source.place(full)}: ${dotted(full)} ${message}`)
  }
}
