import { commonDivisor } from '../core/multiples.ts'

/** Numbers of a slot's worth of ids, and of a slot's record here: see `RequestTable`. */
const STRIDE = 16
const NO_IDS = new Int32Array(0)

/**
 * The prefix blocks of the requests in flight. Each slot keeps the room that its requests have needed, so nothing is
 * allocated once slots are warm.
 */
export class BlockIds {
  /** By slot. */
  readonly #ids: Int32Array[] = []
  #capacity = 0
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
    const own = this.#roomFor(request / STRIDE, count)
    for (let i = 0; i < count; i++) own[i] = ids[from + i]
    this.#counts[request] = count
    this.#blockTokens[request] = blockTokens
    this.held[request] = 0
    this.fetchedFrom[request] = 0
    this.fetchedTo[request] = 0
  }

  /** How many blocks it has; 0 where none were given. */
  count(request: number): number {
    return request < this.#counts.length ? this.#counts[request] : 0
  }

  /** Prompt tokens of each of its blocks; 0 where it has none. */
  blockTokens(request: number): number {
    return this.count(request) > 0 ? this.#blockTokens[request] : 0
  }

  /** Its ids, the first `count` of an array that may be longer; void once the request is released. */
  idsOf(request: number): Int32Array {
    return this.count(request) > 0 ? this.#ids[request / STRIDE] : NO_IDS
  }

  /**
   * Joins blocks until each is a whole number of `unitTokens`; a rest that makes no block is dropped. The last id of
   * those joined tells all of them, because an id tells all blocks before it.
   */
  joinTo(request: number, unitTokens: number): void {
    const count = this.count(request)
    if (count === 0) return
    const joined = unitTokens / commonDivisor(this.#blockTokens[request], unitTokens)
    if (joined === 1) return
    const ids = this.#ids[request / STRIDE]
    this.#counts[request] = Math.floor(count / joined)
    this.#blockTokens[request] *= joined
    for (let i = 0; i < this.#counts[request]; i++) ids[i] = ids[(i + 1) * joined - 1]
  }

  /** The request has ended: its slot may be used again. */
  release(request: number): void {
    if (this.count(request) > 0) this.#counts[request] = 0
  }

  #roomFor(slot: number, count: number): Int32Array {
    if (slot >= this.#capacity) this.#growTo(slot + 1)
    if (this.#ids[slot].length < count) this.#ids[slot] = new Int32Array(2 * count)
    return this.#ids[slot]
  }

  #growTo(slots: number): void {
    this.#capacity = Math.max(64, 2 * slots)
    while (this.#ids.length < this.#capacity) this.#ids.push(NO_IDS)
    const records = new Int32Array(this.#capacity * STRIDE)
    records.set(this.#counts)
    this.#counts = records
    this.#blockTokens = records.subarray(1)
    this.held = records.subarray(2)
    this.fetchedFrom = records.subarray(3)
    this.fetchedTo = records.subarray(4)
  }
}
