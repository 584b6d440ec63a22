import { Tier, type TierAccess, TierChain } from './cache-tier.ts'
import { Channel } from './channel.ts'
import type { PrefixCaching } from './contract.ts'
import { EntryRecords, HOLDERS, RECORD } from './entry-records.ts'
import { IdTable } from './id-table.ts'
import { Recency } from './recency.ts'

/** Told of every block that becomes an entry of a cache, and of every entry that is evicted. */
export interface EntryWatcher {
  came(id: number): void
  went(id: number): void
}

/** What a replica asks, when a request is delivered, of blocks that its memory lacks. */
export interface PrefixStore {
  /**
   * Sends for the blocks of a prompt behind the first `from`, up to the first that is nowhere. They count as found from
   * now on, whatever is evicted meanwhile.
   *
   * @param ids of the prompt's blocks in order, `count` of them from `start` on
   * @returns how many further blocks there are
   */
  fetch(ids: Int32Array, from: number, count: number, nowS: number, start?: number): number
  /** When all blocks of the last `fetch` are there, in seconds. */
  readonly fetchedS: number
}

/**
 * The prompt blocks that one replica's memory keeps, by id. Equal ids are equal blocks behind equal blocks, so a prompt
 * finds the leading run of its ids. An _entry_ takes `entryBlocks` KV blocks. It is held by running requests, or can be
 * evicted: the one let go the longest time ago first, and of one request the last block before the first, as in vLLM.
 *
 * Entries that can be evicted count as free memory. So evictions are owed, not made, while requests take blocks: the
 * owner pays them by `fit` before it looks up or adds and before it gives blocks back. Then they are those, in their
 * order, that there would have been at each block taken.
 *
 * The tiers below are written through, as by LMCache and Mooncake's store: a block goes down when it becomes an entry,
 * and an eviction only drops it here. So what they hold, replicas share it or not, depends on blocks computed and sent
 * for, and never on when an eviction is paid.
 */
export class PrefixCache implements PrefixStore {
  readonly entryBlocks: number
  fetchedS = 0
  /** Entries ever evicted. */
  evictions = 0
  readonly #below: TierChain
  readonly #records = new EntryRecords()
  readonly #table = new IdTable(this.#records)
  readonly #unheld = new Recency(this.#records)
  readonly #watchers: EntryWatcher[] = []

  /**
   * @param entryBlocks KV blocks of an entry
   * @param tiers below, the nearest first
   */
  constructor(entryBlocks: number, tiers: readonly TierAccess[] = []) {
    this.entryBlocks = entryBlocks
    this.#below = new TierChain(tiers)
  }

  /** Tells somebody of what is here, and of what comes and goes from now on. */
  watch(watcher: EntryWatcher): void {
    this.#table.each(id => watcher.came(id))
    this.#watchers.push(watcher)
  }

  /** Entries, held or not. */
  get size(): number {
    return this.#table.size
  }

  /** Entries that nobody holds. */
  get evictable(): number {
    return this.#unheld.length
  }

  /** How many of `count` ids from `start` on are here without a gap; touches nothing. */
  matched(ids: Int32Array, count: number, start = 0): number {
    let run = 0
    while (run < count && this.#table.find(ids[start + run]) >= 0) run++
    return run
  }

  /** How many of `count` ids from `start` on are entries that running requests hold; touches nothing. */
  heldAmong(ids: Int32Array, count: number, start = 0): number {
    let held = 0
    for (let i = start; i < start + count; i++) {
      const entry = this.#table.find(ids[i])
      if (entry >= 0 && this.#holdersOf(entry) > 0) held++
    }
    return held
  }

  /**
   * A request holds `count` ids from `start` on, which are here. Throws a RangeError where one is not.
   *
   * @returns how many entries can no longer be evicted
   */
  pin(ids: Int32Array, count: number, start = 0): number {
    const before = this.evictable
    for (let i = start; i < start + count; i++) this.#hold(this.#entryOf(ids[i]))
    return before - this.evictable
  }

  /**
   * A block that a request has computed or fetched, in KV blocks of its own, becomes an entry that it holds.
   * One that was no entry yet is written to the tiers below; where one of them has it, as what was fetched mostly is,
   * it only counts as used there. One that was an entry changes nothing there.
   *
   * @returns KV blocks that come free: its copy, where others hold the same entry
   */
  add(id: number): number {
    const known = this.#table.find(id)
    if (known >= 0) return this.#hold(known) > 1 ? this.entryBlocks : 0
    const entry = this.#table.add(id)
    this.#records.numbers[entry * RECORD + HOLDERS] = 1
    this.#below.write(id)
    for (let i = 0; i < this.#watchers.length; i++) this.#watchers[i].came(id)
    return 0
  }

  /**
   * A request lets go of `count` ids from `start` on, the last of them first. Throws a RangeError where one is not held.
   *
   * @returns how many entries can be evicted now
   */
  unpin(ids: Int32Array, count: number, start = 0): number {
    const before = this.evictable
    for (let i = start + count - 1; i >= start; i--) this.#letGo(this.#entryOf(ids[i]))
    return this.evictable - before
  }

  /**
   * Evicts until the entries that can be evicted fit into the memory that is free, which counts them as free. Changes
   * nothing in the tiers below.
   */
  fit(freeBlocks: number): void {
    while (this.evictable * this.entryBlocks > freeBlocks) this.#evictOldest()
  }

  fetch(ids: Int32Array, from: number, count: number, nowS: number, start = 0): number {
    const first = start + from
    let end = first
    while (end < start + count && (this.#has(ids[end]) || this.#below.has(ids[end]))) end++
    for (let i = end - 1; i >= first; i--) if (!this.#has(ids[i])) this.#below.want(ids[i])
    this.fetchedS = this.#below.fetch(nowS)
    return end - first
  }

  /** Whether there are tiers below to fetch from. */
  get hasTiers(): boolean {
    return !this.#below.isEmpty
  }

  /** Entries ever fetched from the tier at this place, counted from 0 for the nearest. */
  fetchedFrom(tier: number): number {
    return this.#below.fetchedFrom(tier)
  }

  #has(id: number): boolean {
    return this.#table.find(id) >= 0
  }

  #entryOf(id: number): number {
    const entry = this.#table.find(id)
    if (entry < 0) throw new RangeError(`prefix block ${id} is not in the cache`)
    return entry
  }

  /** Running requests. */
  #holdersOf(entry: number): number {
    return this.#records.numbers[entry * RECORD + HOLDERS]
  }

  /** @returns how many hold it now */
  #hold(entry: number): number {
    const holders = ++this.#records.numbers[entry * RECORD + HOLDERS]
    if (holders === 1) this.#unheld.remove(entry)
    return holders
  }

  #letGo(entry: number): void {
    if (this.#holdersOf(entry) === 0)
      throw new RangeError(`prefix block ${this.#table.idOf(entry)} is not held`)
    if (--this.#records.numbers[entry * RECORD + HOLDERS] === 0) this.#unheld.append(entry)
  }

  #evictOldest(): void {
    const { oldest } = this.#unheld
    if (oldest < 0) throw new RangeError('the free KV blocks are fewer than 0')
    this.#unheld.remove(oldest)
    this.evictions++
    const id = this.#table.remove(oldest)
    for (let i = 0; i < this.#watchers.length; i++) this.#watchers[i].went(id)
  }
}

/**
 * The cache of one replica, empty, with the tiers below it.
 *
 * @param entryTokens prompt tokens of an entry; throws a RangeError unless they are a whole number of KV blocks
 * @param blockTokens context tokens of a KV block
 * @param remote the store that replicas share; what a kind says of it is void where there is none
 */
export function prefixCacheOf(
  caching: PrefixCaching,
  entryTokens: number,
  blockTokens: number,
  remote?: Tier,
): PrefixCache {
  if (!(entryTokens > 0 && entryTokens % blockTokens === 0))
    throw new RangeError(`${entryTokens} prompt tokens are not a whole number of KV blocks of ${blockTokens}`)
  const { bytesPerToken, host } = caching
  const access = (tier: Tier, bytesPerS: number): TierAccess => ({
    tier,
    channel: new Channel(bytesPerS),
    entryBytes: entryTokens * bytesPerToken,
  })
  const tiers: TierAccess[] = []
  if (host !== undefined) tiers.push(access(new Tier(Math.floor(host.tokens / entryTokens)), host.bytesPerS))
  if (caching.remote !== undefined && remote !== undefined)
    tiers.push(access(remote, caching.remote.bytesPerS))
  return new PrefixCache(entryTokens / blockTokens, tiers)
}
