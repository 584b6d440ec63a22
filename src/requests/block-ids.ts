import { commonDivisor } from '../core/multiples.ts'

/** Numbers of a slot's record; ids of requests are as far apart: see `RequestTable`. */
const STRIDE = 16
/** Where in the record its first ids stand, and how many can. */
const INLINE = 5
const MOST_INLINE = STRIDE - INLINE
const NO_IDS = new Int32Array(0)

/**
 * The prefix blocks of the requests in flight. A few ids lie beside what else is noted of them; those of longer prompts
 * have a room of their own, which their slot keeps, so nothing is allocated once slots are warm.
 */
export class BlockIds {
  #records = new Int32Array(0)
  /** By slot, where it has ever had more than its record holds. */
  readonly #rooms: (Int32Array | undefined)[] = []
  #counts = new Int32Array(0)
  #blockTokens = new Int32Array(0)

  // What the replica that has the request notes of them, by request.
  /** Leading blocks that it holds while it runs. */
  held = new Int32Array(0)
  /** Of those that had to be fetched: from which on, and up to which. */
  fetchedFrom = new Int32Array(0)
  fetchedTo = new Int32Array(0)

  /**
   * Gives a request its blocks, in order from the prompt's beginning: `ids` from `from` up to `end`.
   *
   * @param blockTokens prompt tokens of a block
   */
  set(request: number, ids: ArrayLike<number>, blockTokens: number, from = 0, end = ids.length): void {
    const count = end - from
    if (request >= this.#records.length) this.#growTo(request / STRIDE + 1)
    this.#counts[request] = count
    this.#blockTokens[request] = blockTokens
    this.held[request] = 0
    this.fetchedFrom[request] = 0
    this.fetchedTo[request] = 0
    if (count > MOST_INLINE) this.#makeRoom(request / STRIDE, count)
    const own = this.idsOf(request)
    const start = this.startOf(request)
    for (let i = 0; i < count; i++) own[start + i] = ids[from + i]
  }

  /** How many blocks it has; 0 where none were given. */
  count(request: number): number {
    return request < this.#counts.length ? this.#counts[request] : 0
  }

  /** Prompt tokens of each of its blocks; 0 where it has none. */
  blockTokens(request: number): number {
    return this.count(request) > 0 ? this.#blockTokens[request] : 0
  }

  /** The array that has its ids, `count` of them from `startOf` on; void once the request is released. */
  idsOf(request: number): Int32Array {
    const count = this.count(request)
    if (count === 0) return NO_IDS
    return count > MOST_INLINE ? this.#rooms[request / STRIDE]! : this.#records
  }

  /** Where in `idsOf` its first id stands. */
  startOf(request: number): number {
    const count = this.count(request)
    return count === 0 || count > MOST_INLINE ? 0 : request + INLINE
  }

  /**
   * Joins blocks until each is a whole number of `unitTokens`; a rest that makes no block is dropped. The last id of
   * those joined tells all of them, because an id tells all blocks before it.
   */
  joinTo(request: number, unitTokens: number): void {
    const blockTokens = this.blockTokens(request)
    if (blockTokens % unitTokens === 0) return
    const joined = unitTokens / commonDivisor(blockTokens, unitTokens)
    const ids = this.idsOf(request)
    const first = this.startOf(request) + joined - 1
    const count = Math.floor(this.count(request) / joined)
    // From here on the record may be where they stand: what is read lies behind what is written.
    this.#counts[request] = count
    this.#blockTokens[request] = blockTokens * joined
    const own = this.idsOf(request)
    const start = this.startOf(request)
    for (let i = 0; i < count; i++) own[start + i] = ids[first + i * joined]
  }

  /** The request has ended: its slot may be used again. */
  release(request: number): void {
    if (this.count(request) > 0) this.#counts[request] = 0
  }

  #makeRoom(slot: number, count: number): void {
    const room = this.#rooms[slot]
    if (room === undefined || room.length < count) this.#rooms[slot] = new Int32Array(2 * count)
  }

  #growTo(slots: number): void {
    const records = new Int32Array(Math.max(64, 2 * slots) * STRIDE)
    records.set(this.#records)
    while (this.#rooms.length < records.length / STRIDE) this.#rooms.push(undefined)
    this.#records = records
    this.#counts = records
    this.#blockTokens = records.subarray(1)
    this.held = records.subarray(2)
    this.fetchedFrom = records.subarray(3)
    this.fetchedTo = records.subarray(4)
  }
}
