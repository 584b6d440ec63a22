import { UserError } from '../core/errors.ts'
import type { Place } from '../fleet/placement.ts'
import { devicesOf } from '../latency/layout.ts'
import type { PrefixCaching, Swap } from '../replicas/contract.ts'
import type { FactReader } from './evidence.ts'
import type { NodeKind } from './facts.ts'
import { type PoolParts, parallelismOf } from './pool-parts.ts'
import type { ModelScenario, ParsedScenario } from './schema.ts'
import { isPaged } from './stack.ts'
import { GIGA } from './units.ts'

/** Where the KV of the preempted goes; undefined where it is computed again. */
export function swapOf(parts: PoolParts, bytesPerToken: number, facts: FactReader): Swap | undefined {
  const { kv } = parts.pool
  if (kv.preemption === 'recompute') {
    if (kv.swap_gb !== undefined) {
      parts.fail(['kv', 'swap_gb'], `is ${kv.swap_gb}; must be left out, as preemption is recompute`)
    }
    return undefined
  }
  if (kv.swap_gb === undefined) return parts.fail(['kv'], 'has preemption swap; must have swap_gb, too')
  const mostTokens = Math.floor((kv.swap_gb * GIGA) / bytesPerToken)
  return { bytesPerToken, bytesPerS: hostBytesPerS(parts, ['kv', 'preemption'], facts), mostTokens }
}

/** What the replica keeps of prompts; undefined where it keeps nothing. */
export function prefixCacheOf(
  parts: PoolParts,
  { remote_store }: ModelScenario,
  bytesPerToken: number,
  facts: FactReader,
): PrefixCaching | undefined {
  const { pool, fail } = parts
  if (pool.prefix_cache === undefined) return undefined
  const { dram_gb, remote } = pool.prefix_cache
  if (!isPaged(parts))
    fail(['prefix_cache'], 'is given; must be left out without paging, where requests share no KV')
  if (remote && remote_store === undefined) {
    fail(['prefix_cache', 'remote'], 'is true; the file must have remote_store, its size and speed')
  }
  const bytesPerS = () => hostBytesPerS(parts, ['prefix_cache', 'dram_gb'], facts)
  const tokens = Math.floor((dram_gb * GIGA) / bytesPerToken)
  return {
    bytesPerToken,
    ...(tokens > 0 ? { host: { tokens, bytesPerS: bytesPerS() } } : {}),
    ...(remote ? { remote: { bytesPerS: remoteBytesPerS(parts, remote_store!.gb_per_s, facts) } } : {}),
  }
}

/** What the host of every node must keep for its replicas. Throws a UserError where a node has less memory. */
export function checkHostMemory(
  pools: readonly { readonly parts: PoolParts; readonly places: readonly (readonly Place[])[] }[],
  nodes: readonly NodeKind[],
): void {
  const taken = nodes.map(() => 0)
  for (const { parts, places } of pools) {
    const { kv, prefix_cache } = parts.pool
    const gbEach = (kv.swap_gb ?? 0) + (prefix_cache?.dram_gb ?? 0)
    if (gbEach === 0) continue
    for (const [{ node }] of places) {
      taken[node] += gbEach
      const has = nodes[node].hostMemoryGb?.value
      if (has === undefined || taken[node] <= has) continue
      const path = prefix_cache?.dram_gb ? ['prefix_cache', 'dram_gb'] : ['kv', 'swap_gb']
      const is = prefix_cache?.dram_gb ? prefix_cache.dram_gb : kv.swap_gb
      parts.fail(
        path,
        `is ${is}; the replicas of a node need ${taken[node]} GB then, and ${nodes[node].id} has ${has} GB`,
      )
    }
  }
}

/** Between all devices of the replica and their hosts, one way. */
function hostBytesPerS(
  { pool, device, fail }: PoolParts,
  path: readonly string[],
  facts: FactReader,
): number {
  const { hostLinkGbPerS } = device
  if (hostLinkGbPerS === undefined) {
    return fail(path, `needs the link to the host, which is not known of ${device.id}`)
  }
  const perDevice = facts.take(`${device.id} hostLinkGbPerS`, hostLinkGbPerS, 'high') * GIGA
  return devicesOf(parallelismOf(pool.replica)) * perDevice
}

/** As fast as the store, or as the node's adapters where they are slower. */
function remoteBytesPerS({ node }: PoolParts, storeGbPerS: number, facts: FactReader): number {
  const { nicGbPerS } = node
  if (nicGbPerS === undefined) return storeGbPerS * GIGA
  return Math.min(storeGbPerS, facts.take(`${node.id} nicGbPerS`, nicGbPerS, 'high')) * GIGA
}

/**
 * Tokens that the remote store holds; undefined where there is none. Throws a UserError where no pool uses it, or where
 * two pools that do keep KV of other models or in other ways: neither could read what the other writes.
 */
export function remoteStoreTokens(
  parsed: ParsedScenario,
  { remote_store }: ModelScenario,
  pools: readonly { readonly parts: PoolParts; readonly bytesPerToken: number }[],
): number | undefined {
  if (remote_store === undefined) return undefined
  const users = pools.filter(({ parts }) => parts.pool.prefix_cache?.remote)
  const [first] = users
  if (first === undefined) {
    const where = parsed.keyPlace([], 'remote_store')
    throw new UserError(`${where}: remote_store is given; a pool must have prefix_cache with remote: true`)
  }
  const keeps = ({ parts: { model, engine, pool } }: (typeof pools)[number]) =>
    `${model.id} as ${pool.replica.kv} in the layout ${engine.kvLayout ?? engine.id}`
  for (const user of users) {
    if (keeps(user) === keeps(first)) continue
    const other = `fleet[${first.parts.index}] keeps ${keeps(first)}`
    user.parts.fail(
      ['prefix_cache', 'remote'],
      `is true; must be false, as it keeps ${keeps(user)}, and ${other}`,
    )
  }
  const largest = Math.max(...users.map(({ bytesPerToken }) => bytesPerToken))
  return Math.floor((remote_store.gb * GIGA) / largest)
}
