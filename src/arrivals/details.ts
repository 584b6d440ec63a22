/** What a prompt consists of beside text. */
export const MODALITIES = ['text', 'image', 'audio', 'video'] as const
export type Modality = (typeof MODALITIES)[number]

/** The columns by themselves. */
export type DetailColumns = Omit<Details, 'begin' | 'setBlocks' | 'blocksOf' | 'copy'>

/**
 * What few workloads say of their requests, as columns beside those of an `ArrivalBlock`. Rows are written in order:
 * `begin` a row, then set what it has.
 */
export class Details {
  /** Index into the source's `tenants`, or -1. */
  readonly tenantId: Int32Array
  /** Index into the source's `models`, or -1. */
  readonly modelId: Int32Array
  /** Tells the sessions of one source apart, or -1. */
  readonly sessionId: Int32Array
  /** Place in its session, from 1; 0 where unknown. */
  readonly turn: Int32Array
  /** How many turns its session has; 0 where unknown. */
  readonly turns: Int32Array
  /**
   * Seconds from the end of the session's turn before to this one; NaN where unknown. A row that has it is sent then,
   * or at its `arrivalS` if that is later.
   */
  readonly thinkS: Float64Array
  /** Seconds from arrival by which the request must have ended; NaN where there is none. */
  readonly deadlineS: Float64Array
  /** Index into `MODALITIES`. */
  readonly modality: Uint8Array
  /** Images, clips or frames in the prompt; 0 where there are none. */
  readonly items: Int32Array
  /** Prompt tokens of a prefix block; 0 where the row has no blocks. */
  readonly blockTokens: Int32Array
  /** The blocks of row r are `blockIds` from `blocksFrom[r]` up to `blocksFrom[r + 1]`. */
  readonly blocksFrom: Int32Array
  /** Equal ids stand for equal blocks behind equal blocks. */
  blockIds = new Int32Array(0)

  constructor(capacity: number) {
    this.tenantId = new Int32Array(capacity)
    this.modelId = new Int32Array(capacity)
    this.sessionId = new Int32Array(capacity)
    this.turn = new Int32Array(capacity)
    this.turns = new Int32Array(capacity)
    this.thinkS = new Float64Array(capacity)
    this.deadlineS = new Float64Array(capacity)
    this.modality = new Uint8Array(capacity)
    this.items = new Int32Array(capacity)
    this.blockTokens = new Int32Array(capacity)
    this.blocksFrom = new Int32Array(capacity + 1)
  }

  /** Wipes the row behind the last one written. */
  begin(row: number): void {
    this.tenantId[row] = -1
    this.modelId[row] = -1
    this.sessionId[row] = -1
    this.turn[row] = 0
    this.turns[row] = 0
    this.thinkS[row] = Number.NaN
    this.deadlineS[row] = Number.NaN
    this.modality[row] = 0
    this.items[row] = 0
    this.blockTokens[row] = 0
    this.blocksFrom[row + 1] = this.blocksFrom[row]
  }

  /** Gives the row its blocks, in order from the prompt's beginning: `ids` from `start` up to `stop`. */
  setBlocks(row: number, blockTokens: number, ids: ArrayLike<number>, start = 0, stop = ids.length): void {
    const from = this.blocksFrom[row]
    const end = from + stop - start
    if (end > this.blockIds.length) this.#growTo(end)
    for (let i = start; i < stop; i++) this.blockIds[from + i - start] = ids[i]
    this.blocksFrom[row + 1] = end
    this.blockTokens[row] = blockTokens
  }

  /** The blocks of a row; void once the block is filled anew. */
  blocksOf(row: number): Int32Array {
    return this.blockIds.subarray(this.blocksFrom[row], this.blocksFrom[row + 1])
  }

  /** Begins `row` as a copy of a row of `from`, which may have come from another thread. */
  copy(row: number, from: DetailColumns, fromRow: number): void {
    this.tenantId[row] = from.tenantId[fromRow]
    this.modelId[row] = from.modelId[fromRow]
    this.sessionId[row] = from.sessionId[fromRow]
    this.turn[row] = from.turn[fromRow]
    this.turns[row] = from.turns[fromRow]
    this.thinkS[row] = from.thinkS[fromRow]
    this.deadlineS[row] = from.deadlineS[fromRow]
    this.modality[row] = from.modality[fromRow]
    this.items[row] = from.items[fromRow]
    const { blockIds, blocksFrom, blockTokens } = from
    this.setBlocks(row, blockTokens[fromRow], blockIds, blocksFrom[fromRow], blocksFrom[fromRow + 1])
  }

  #growTo(length: number): void {
    const ids = new Int32Array(Math.max(4096, 2 * length))
    ids.set(this.blockIds)
    this.blockIds = ids
  }
}
