import type { BlockIds } from '../requests/block-ids.ts'
import type { RequestTable } from '../requests/table.ts'
import type { EntryWatcher, PrefixCache } from './prefix-cache.ts'

/**
 * Which prefix blocks the running requests of a replica hold. A request that runs holds the leading blocks of its
 * prompt that have been found or computed; the KV blocks of each are counted once, whoever holds it.
 */
export class PrefixHoldings {
  readonly #requests: RequestTable
  readonly #ids: BlockIds
  readonly #cache: PrefixCache

  constructor(requests: RequestTable, ids: BlockIds, cache: PrefixCache) {
    this.#requests = requests
    this.#ids = ids
    this.#cache = cache
  }

  /** Whether the workload tells the blocks of the prompt. */
  hasBlocks(request: number): boolean {
    return this.#ids.count(request) > 0
  }

  /** Evictions are settled whenever somebody looks; `freeBlocks` are those of this instant. */
  settle(freeBlocks: number): void {
    this.#cache.fit(freeBlocks)
  }

  /** Tells somebody of what the cache has, and of what comes into it and goes from now on. */
  watch(watcher: EntryWatcher): void {
    this.#cache.watch(watcher)
  }

  /** Whether anything is to be fetched for the prompts that wait. */
  get hasTiers(): boolean {
    return this.#cache.hasTiers
  }

  /** Asks the tiers below for what the cache lacks of a request's prompt. @returns when it will be there */
  fetch(request: number, nowS: number): number {
    const ids = this.#ids.idsOf(request)
    const start = this.#ids.startOf(request)
    const whole = this.wholeBlocks(request)
    const found = this.#cache.matched(ids, whole, start)
    const fetched = this.#cache.fetch(ids, found, whole, nowS, start)
    this.#ids.fetchedFrom[request] = found
    this.#ids.fetchedTo[request] = found + fetched
    return this.#cache.fetchedS
  }

  /** Leading blocks of the prompt that need not be computed. */
  blocksFound(request: number): number {
    const ids = this.#ids
    const whole = this.wholeBlocks(request)
    if (whole === 0) return 0
    const found = this.#cache.matched(ids.idsOf(request), whole, ids.startOf(request))
    return found < ids.fetchedFrom[request] ? found : Math.max(found, ids.fetchedTo[request])
  }

  /** Prompt tokens that need not be computed: whole blocks, and never the last token. */
  tokensFound(request: number): number {
    return this.blocksFound(request) * this.#ids.blockTokens(request)
  }

  /** KV blocks that nobody holds: they count as free. */
  get evictableBlocks(): number {
    return this.#cache.evictable * this.#cache.entryBlocks
  }

  /** Entries that running requests hold. */
  get heldEntries(): number {
    return this.#cache.size - this.#cache.evictable
  }

  /** Blocks of what is found that no running request holds. */
  blocksUnheld(request: number): number {
    const found = this.blocksFound(request)
    return found - this.#heldAmong(request, found)
  }

  /** KV blocks of the prompt tokens found that running requests hold already. */
  blocksShared(request: number, tokensFound: number): number {
    const found = tokensFound / this.#ids.blockTokens(request)
    return this.#heldAmong(request, found) * this.#cache.entryBlocks
  }

  /** How many of the leading blocks that are found running requests hold. */
  #heldAmong(request: number, found: number): number {
    return found === 0
      ? 0
      : this.#cache.heldAmong(this.#ids.idsOf(request), found, this.#ids.startOf(request))
  }

  /** Holds the prompt tokens found for a request that is admitted. */
  hold(request: number, tokensFound: number): void {
    const ids = this.#ids.idsOf(request)
    const start = this.#ids.startOf(request)
    const found = tokensFound / this.#ids.blockTokens(request)
    const there = this.#cache.matched(ids, found, start)
    this.#cache.pin(ids, there, start)
    // From the last to the first, so that in the tiers below beginnings stay longest.
    for (let block = found - 1; block >= there; block--) this.#cache.add(ids[start + block])
    this.#ids.held[request] = found
  }

  /** Keeps the whole blocks of a prompt computed so far. @returns KV blocks that come free, as others hold them too */
  keep(request: number): number {
    if (!this.hasBlocks(request)) return 0
    const ids = this.#ids.idsOf(request)
    const start = this.#ids.startOf(request)
    const { computedTokens, inputTokens } = this.#requests
    const tokens = Math.min(computedTokens[request], inputTokens[request])
    const whole = Math.min(this.#ids.count(request), Math.floor(tokens / this.#ids.blockTokens(request)))
    let freed = 0
    for (let block = this.#ids.held[request]; block < whole; block++)
      freed += this.#cache.add(ids[start + block])
    this.#ids.held[request] = whole
    return freed
  }

  /** The request is admitted: what was fetched for it and not found is lost. */
  forgetFetched(request: number): void {
    if (this.hasBlocks(request)) this.#ids.fetchedTo[request] = 0
  }

  /**
   * Lets go of all that a request holds.
   *
   * @returns how many of the blocks that it holds others hold as well, in KV blocks
   */
  letGo(request: number): number {
    if (!this.hasBlocks(request)) return 0
    const held = this.#ids.held[request]
    if (held === 0) return 0
    this.#ids.held[request] = 0
    const ended = this.#cache.unpin(this.#ids.idsOf(request), held, this.#ids.startOf(request))
    return (held - ended) * this.#cache.entryBlocks
  }

  /**
   * How many leading blocks of a prompt there may be any use for: its last token is always computed, as that step emits
   * the first of the output.
   */
  wholeBlocks(request: number): number {
    const blockTokens = this.#ids.blockTokens(request)
    if (blockTokens === 0) return 0
    const most = Math.floor((this.#requests.inputTokens[request] - 1) / blockTokens)
    return Math.min(this.#ids.count(request), most)
  }
}
