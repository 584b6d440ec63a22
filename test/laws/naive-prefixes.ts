import type { Course } from '../../src/fleet/course.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { freeBlocks, type Replica, type Request } from './naive-state.ts'

/* Prefix blocks: who holds them, in which order they are evicted, and what the tiers below have. */

export interface NaiveCache {
  readonly entryTokens: number
  readonly entryBlocks: number
  /** Every entry, and how many hold it. */
  readonly holders: Map<number, number>
  /** Entries that nobody holds, the one let go first before the others. */
  readonly unheld: number[]
  /** The nearest first. */
  readonly tiers: readonly NaiveTierAccess[]
}

/** Ids that a tier keeps, the least recently used first. */
export interface NaiveTier {
  readonly most: number
  readonly ids: number[]
}

interface NaiveTierAccess {
  readonly tier: NaiveTier
  readonly bytesPerS: number
  readonly entryBytes: number
  /** When the way up is free again. */
  freeS: number
}

/** An even part of the remote store for each model that is kept there, if there is one. */
export function remoteTiersOf(course: Course): readonly NaiveTier[] {
  const { kinds, remoteStoreTokens, prefixEntryTokens = 1, models = ['the only one'] } = course
  if (remoteStoreTokens === undefined) return []
  const kept = models.filter((_, model) =>
    kinds.some(({ modelId = 0, prefixCache }) => modelId === model && prefixCache?.remote !== undefined),
  )
  return models.map(() => ({
    most: Math.floor(remoteStoreTokens / kept.length / prefixEntryTokens),
    ids: [],
  }))
}

export function cacheOf(
  { prefixCache, blockTokens, reservedTokens }: ReplicaKind,
  entryTokens: number | undefined,
  remote: NaiveTier | undefined,
): NaiveCache | undefined {
  if (prefixCache === undefined || entryTokens === undefined) return undefined
  if (reservedTokens !== undefined) throw new Error('the naive stepper shares no blocks between static slots')
  const { bytesPerToken, host, remote: reach } = prefixCache
  const entryBytes = entryTokens * bytesPerToken
  const tiers: NaiveTierAccess[] = []
  if (host !== undefined) {
    const tier = { most: Math.floor(host.tokens / entryTokens), ids: [] }
    tiers.push({ tier, bytesPerS: host.bytesPerS, entryBytes, freeS: 0 })
  }
  if (reach !== undefined && remote !== undefined)
    tiers.push({ tier: remote, bytesPerS: reach.bytesPerS, entryBytes, freeS: 0 })
  return { entryTokens, entryBlocks: entryTokens / blockTokens, holders: new Map(), unheld: [], tiers }
}

/** Ids of the entries of a prompt: of the blocks that make one, the last tells them all. Whole blocks only. */
export function entriesOf(
  ids: readonly number[],
  blockTokens: number,
  inputTokens: number,
  entryTokens: number,
) {
  const entries: number[] = []
  for (let end = entryTokens; end <= inputTokens && end / blockTokens <= ids.length; end += entryTokens)
    entries.push(ids[end / blockTokens - 1])
  return entries
}

/** Entries of a waiting request's prompt that need not be computed; the last token of a prompt always must. */
export function foundEntries(cache: NaiveCache | undefined, request: Request): number {
  if (cache === undefined || request.computed > 0) return 0
  const { from, to } = request.staged
  const here = leading(usable(cache, request), id => cache.holders.has(id))
  return here >= from && to > here ? to : here
}

function usable({ entryTokens }: NaiveCache, { entryIds, inputTokens }: Request): readonly number[] {
  return entryIds.filter((_, i) => (i + 1) * entryTokens < inputTokens)
}

function leading(ids: readonly number[], isThere: (id: number) => boolean): number {
  const end = ids.findIndex(id => !isThere(id))
  return end < 0 ? ids.length : end
}

/** Sends for what the tiers below have behind what is here. @returns when it will be there */
export function fetchEntries(cache: NaiveCache, request: Request, nowS: number): number {
  const ids = usable(cache, request)
  const from = leading(ids, id => cache.holders.has(id))
  const to = leading(ids, id => cache.holders.has(id) || tierWith(cache, id) !== undefined)
  request.staged = { from, to: Math.max(from, to) }
  const counts = cache.tiers.map(() => 0)
  // From the last to the first, so that beginnings stay longest.
  for (const id of ids.slice(from, to).reverse()) {
    if (cache.holders.has(id)) continue
    const access = tierWith(cache, id)!
    use(access.tier, id)
    counts[cache.tiers.indexOf(access)]++
  }
  let thereS = nowS
  cache.tiers.forEach((access, i) => {
    if (counts[i] === 0) return
    access.freeS = Math.max(nowS, access.freeS) + (counts[i] * access.entryBytes) / access.bytesPerS
    thereS = Math.max(thereS, access.freeS)
  })
  return thereS
}

function tierWith({ tiers }: NaiveCache, id: number): NaiveTierAccess | undefined {
  return tiers.find(({ tier }) => tier.ids.includes(id))
}

/** Makes it the most recently used. */
function use({ ids }: NaiveTier, id: number): void {
  ids.splice(ids.indexOf(id), 1)
  ids.push(id)
}

/** What is held of `found` entries by others already. */
export function sharedEntries(cache: NaiveCache, request: Request, found: number): number {
  return request.entryIds.slice(0, found).filter(id => (cache.holders.get(id) ?? 0) > 0).length
}

/** A request that is admitted holds what was found: what is here, and what has come from below. */
export function holdFound(cache: NaiveCache, request: Request, found: number): void {
  const ids = request.entryIds.slice(0, found)
  const here = leading(ids, id => cache.holders.has(id))
  for (const id of ids.slice(0, here)) hold(cache, id)
  for (const id of ids.slice(here).reverse()) hold(cache, id)
  request.held = found
}

/** Blocks of a prompt that have been computed become entries, held by the request. */
export function keepComputed(cache: NaiveCache, request: Request): void {
  const tokens = Math.min(request.computed, request.inputTokens)
  while (request.held < request.entryIds.length && (request.held + 1) * cache.entryTokens <= tokens)
    hold(cache, request.entryIds[request.held++])
}

function hold(cache: NaiveCache, id: number): void {
  const holders = cache.holders.get(id)
  if (holders === undefined) writeBelow(cache, id)
  if (holders === 0) cache.unheld.splice(cache.unheld.indexOf(id), 1)
  cache.holders.set(id, (holders ?? 0) + 1)
}

/** To the nearest tier; what that has no room for to the next. Where a tier has it, it is only used. */
function writeBelow(cache: NaiveCache, id: number): void {
  const known = tierWith(cache, id)
  if (known !== undefined) return use(known.tier, id)
  let lost: number | undefined = id
  for (const { tier } of cache.tiers) {
    if (lost === undefined) return
    lost = put(tier, lost)
  }
}

/** @returns what has no room there now */
function put(tier: NaiveTier, id: number): number | undefined {
  if (tier.ids.includes(id)) {
    use(tier, id)
    return undefined
  }
  tier.ids.push(id)
  return tier.ids.length > tier.most ? tier.ids.shift() : undefined
}

/** A request lets go of all that it holds, of the last first. */
export function letGo(cache: NaiveCache | undefined, request: Request): void {
  for (; request.held > 0; request.held--) {
    const id = request.entryIds[request.held - 1]
    const holders = cache!.holders.get(id)! - 1
    cache!.holders.set(id, holders)
    if (holders === 0) cache!.unheld.push(id)
  }
}

/** Whenever a block has been taken: entries that nobody holds live in what is free. */
export function evict(replica: Replica): void {
  const { cache } = replica
  if (cache === undefined) return
  while (cache.unheld.length * cache.entryBlocks > freeBlocks(replica))
    cache.holders.delete(cache.unheld.shift()!)
}
