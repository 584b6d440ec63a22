import type { Channel } from './channel.ts'
import { EntryRecords } from './entry-records.ts'
import { IdTable } from './id-table.ts'
import { Recency } from './recency.ts'

const NOTHING = -1

/** Prefix blocks kept below the devices' memory, the least recently used going first: of one replica, or of many. */
export class Tier {
  readonly #mostEntries: number
  readonly #table: IdTable
  readonly #order: Recency

  /** @param mostEntries blocks that it holds at most, a whole number or Infinity; throws a RangeError below 0 */
  constructor(mostEntries: number) {
    if (!(mostEntries >= 0)) throw new RangeError(`a tier holds at least 0 blocks, not ${mostEntries}`)
    this.#mostEntries = mostEntries
    const records = new EntryRecords()
    this.#table = new IdTable(records)
    this.#order = new Recency(records)
  }

  get size(): number {
    return this.#table.size
  }

  has(id: number): boolean {
    return this.#table.find(id) >= 0
  }

  /** Makes a block that it holds the most recently used. @returns false where it does not hold it */
  touch(id: number): boolean {
    const entry = this.#table.find(id)
    if (entry < 0) return false
    this.#order.renew(entry)
    return true
  }

  /** Takes a block in, as the most recently used. @returns the block that has no room here now, or -1 */
  put(id: number): number {
    if (this.touch(id)) return NOTHING
    if (this.#mostEntries < 1) return id
    const lost = this.size + 1 > this.#mostEntries ? this.#dropOldest() : NOTHING
    this.#order.append(this.#table.add(id))
    return lost
  }

  #dropOldest(): number {
    const { oldest } = this.#order
    this.#order.remove(oldest)
    return this.#table.remove(oldest)
  }
}

/** One tier as a replica reaches it. */
export interface TierAccess {
  readonly tier: Tier
  /** On which blocks come up; writing down is not charged. */
  readonly channel: Channel
  /** Bytes of a block. */
  readonly entryBytes: number
}

/**
 * The tiers below one replica's memory, the nearest first. What memory takes in is written to the first, what that has
 * no room for to the next, and what the last gives up is lost. A block that some tier has stays where it is, fetched or
 * written again: the nearest that has it makes it the most recently used.
 */
export class TierChain {
  readonly #access: readonly TierAccess[]
  /** By tier: blocks to be fetched from it, and fetched ever. */
  readonly #wanted: Int32Array
  readonly #fetched: Float64Array

  constructor(access: readonly TierAccess[]) {
    this.#access = access
    this.#wanted = new Int32Array(access.length)
    this.#fetched = new Float64Array(access.length)
  }

  get isEmpty(): boolean {
    return this.#access.length === 0
  }

  has(id: number): boolean {
    for (let i = 0; i < this.#access.length; i++) if (this.#access[i].tier.has(id)) return true
    return false
  }

  /** Takes in a block that memory has taken in; nothing moves where a tier has it. */
  write(id: number): void {
    if (this.#touch(id) !== NOTHING) return
    let lost = id
    for (let i = 0; i < this.#access.length && lost !== NOTHING; i++) lost = this.#access[i].tier.put(lost)
  }

  /** Notes a block for the next `fetch`, from the nearest tier that has it; nothing where none has. */
  want(id: number): void {
    const place = this.#touch(id)
    if (place !== NOTHING) this.#wanted[place]++
  }

  /**
   * Sends the blocks noted, one load on the channel of each tier.
   *
   * @returns when all are there; `nowS` where none was
   */
  fetch(nowS: number): number {
    let thereS = nowS
    for (let i = 0; i < this.#access.length; i++) {
      const wanted = this.#wanted[i]
      if (wanted === 0) continue
      const { channel, entryBytes } = this.#access[i]
      thereS = Math.max(thereS, channel.finishS(nowS, wanted * entryBytes))
      this.#fetched[i] += wanted
      this.#wanted[i] = 0
    }
    return thereS
  }

  /** Blocks ever fetched from the tier at this place, counted from 0 for the nearest. */
  fetchedFrom(place: number): number {
    return this.#fetched[place]
  }

  /** @returns the place of the nearest tier that has the block, or -1 */
  #touch(id: number): number {
    for (let i = 0; i < this.#access.length; i++) if (this.#access[i].tier.touch(id)) return i
    return NOTHING
  }
}
