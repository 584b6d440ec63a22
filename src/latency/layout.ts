/** How a model lies on the devices of a replica, and in which widths. */
export interface Parallelism {
  /** Devices that share every layer of a pipeline stage. */
  readonly tp: number
  /** Stages of the pipeline, each with its part of the layers; a replica has `tp * pp` devices. */
  readonly pp: number
  /** Groups of a stage's devices that each do the attention of sequences of their own; divides `tp`. */
  readonly attentionDp: number
  /** Groups of a stage's devices that each hold experts of their own; divides `tp` and the experts. */
  readonly ep: number
  /** Bytes of a layer's weight: 2 for bf16, 1 for fp8 and int8, 0.5 for fp4. */
  readonly weightBytes: number
  /** Bytes of one element of a key or value. */
  readonly kvBytes: number
  /** Bytes of an activation; embedding and output layer keep this width as well. */
  readonly activationBytes: number
}

/** Every layer on the same devices, each with a part of everything. */
export const ONE_STAGE = { pp: 1, attentionDp: 1, ep: 1 } as const satisfies Partial<Parallelism>

/**
 * How the members of a step, its decodes and chunks, are spread over a replica. They are dealt out evenly: first
 * to micro-batches, of which a pipeline has as many under way as it has stages, then to attention ranks. A step of
 * the replica is one round, in which every micro-batch passes every stage. With fewer members than places some
 * stages idle, and a member's work is shared by fewer.
 */
export interface Deal {
  readonly microBatches: number
  readonly ranks: number
}

/** Members beyond which every place is taken. */
export function placesOf({ pp, attentionDp }: Parallelism): number {
  return pp * attentionDp
}

export function dealOf({ pp, attentionDp }: Parallelism, members: number): Deal {
  const some = Math.max(1, members)
  const microBatches = Math.min(pp, some)
  return { microBatches, ranks: Math.min(attentionDp, Math.ceil(some / microBatches)) }
}

/** Devices that share the attention of a sequence. */
export function attentionTp({ tp, attentionDp }: Parallelism): number {
  return tp / attentionDp
}

/** Devices of a replica. */
export function devicesOf({ tp, pp }: Parallelism): number {
  return tp * pp
}
