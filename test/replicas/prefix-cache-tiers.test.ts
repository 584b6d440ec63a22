import { describe, expect, test } from 'vitest'
import { Tier } from '../../src/replicas/cache-tier.ts'
import { Channel } from '../../src/replicas/channel.ts'
import { PrefixCache, prefixCacheOf } from '../../src/replicas/prefix-cache.ts'

const ids = (...list: number[]) => Int32Array.from(list)

describe('blocks below memory', () => {
  const caching = {
    bytesPerToken: 2,
    host: { tokens: 2 * 64 + 63, bytesPerS: 128 },
    remote: { bytesPerS: 64 },
  }

  /** A cache of entries of 64 tokens in blocks of 16 that has computed 0 to 5 one by one, and evicted all. */
  function emptied(remote?: Tier): PrefixCache {
    const cache = prefixCacheOf(caching, 64, 16, remote)
    for (let id = 0; id < 6; id++) {
      cache.add(id)
      cache.unpin(ids(id), 1)
    }
    cache.fit(0)
    return cache
  }

  test('are sent for tier by tier, one load behind the other on each channel', () => {
    const remote = new Tier(3)
    const cache = emptied(remote)
    expect(cache.entryBlocks).toBe(4)
    // Block 0 is lost, the remote store has 1 to 3, the host 4 and 5; 128 bytes are a block.
    expect(cache.fetch(ids(0, 1), 0, 2, 10)).toBe(0)
    expect(cache.fetchedS).toBe(10)
    expect(cache.fetch(ids(2, 3, 4, 5, 0, 1), 0, 6, 10)).toBe(4)
    expect(cache.fetchedS).toBe(14)
    expect(cache.fetch(ids(9, 4, 5), 1, 3, 11)).toBe(2)
    expect(cache.fetchedS).toBe(14)
    expect([cache.fetchedFrom(0), cache.fetchedFrom(1)]).toEqual([4, 2])
  })

  test('are not sent for where memory has them', () => {
    const cache = emptied(new Tier(3))
    cache.add(4)
    expect(cache.fetch(ids(4, 5), 0, 2, 20)).toBe(2)
    expect(cache.fetchedS).toBe(21)
    cache.add(5)
    expect(cache.fetch(ids(4, 5), 0, 2, 30)).toBe(2)
    expect(cache.fetchedS).toBe(30)
    // Block 50 is in memory, behind one that is not.
    cache.add(50)
    expect(cache.fetch(ids(3, 50, 51), 0, 3, 40)).toBe(2)
    expect(cache.fetchedS).toBe(42)
    expect([cache.fetchedFrom(0), cache.fetchedFrom(1)]).toEqual([1, 1])
  })

  test('are those computed, whether memory still has them or not', () => {
    const remote = new Tier(10)
    const cache = prefixCacheOf({ bytesPerToken: 2, remote: caching.remote }, 64, 16, remote)
    const other = prefixCacheOf({ bytesPerToken: 2, remote: caching.remote }, 64, 16, remote)
    for (const id of [1, 2]) cache.add(id)
    expect(other.fetch(ids(1, 2, 3), 0, 3, 0)).toBe(2)
    cache.unpin(ids(1, 2), 2)
    cache.fit(0)
    expect(remote.size).toBe(2)
  })

  /** What a tier of three blocks holds, in the order in which it loses them. */
  const drained = (tier: Tier) => [1000, 1001, 1002].map(id => tier.put(id))

  test('stay, and in their order, whoever looks', () => {
    const held = [false, true].map(looks => {
      const [near, remote] = [new Tier(3), new Tier(3)]
      const access = [near, remote].map(tier => ({ tier, channel: new Channel(1), entryBytes: 1 }))
      const cache = new PrefixCache(1, access)
      const prompt = ids(1, 2, 3, 4, 5, 6, 7)
      for (const id of prompt) cache.add(id)
      cache.unpin(prompt, 7)
      if (looks) {
        for (let free = 7; free >= 0; free--) {
          cache.fit(free)
          expect(cache.matched(prompt, 7)).toBe(free)
        }
        expect(cache.evictions).toBe(7)
      }
      return [drained(near), drained(remote)]
    })
    expect(held[1]).toEqual(held[0])
    expect(held[0]).toEqual([
      [5, 6, 7],
      [2, 3, 4],
    ])
  })

  test('do not change by one added that memory has', () => {
    const remote = new Tier(3)
    const cache = prefixCacheOf({ bytesPerToken: 2, remote: caching.remote }, 64, 16, remote)
    for (const id of [1, 2, 3, 4]) cache.add(id)
    // Both are in memory, 1 not below any more, and 2 next to go.
    cache.unpin(ids(1), 1)
    for (const id of [1, 2]) cache.add(id)
    expect(drained(remote)).toEqual([2, 3, 4])
  })

  test('that were fetched are not written anew, but those lost meanwhile are', () => {
    const remote = new Tier(3)
    const cache = emptied(remote)
    cache.fetch(ids(2, 3), 0, 2, 0)
    remote.put(100)
    remote.put(101)
    // Of 2 and 3 the remote store has 2 alone, which a nearer tier does not take in.
    cache.add(2)
    expect([4, 5].map(id => cache.fetch(ids(id), 0, 1, 0))).toEqual([1, 1])
    expect(cache.fetchedFrom(0)).toBe(2)
    expect(remote.has(3)).toBe(false)
    cache.add(3)
    cache.fetch(ids(4), 0, 1, 0)
    expect([cache.fetchedFrom(0), cache.fetchedFrom(1)]).toEqual([2, 3])
    expect(drained(remote)).toEqual([101, 2, 4])
  })

  test('are in the store that another replica reads', () => {
    const remote = new Tier(3)
    emptied(remote)
    const other = prefixCacheOf({ bytesPerToken: 2, remote: caching.remote }, 64, 16, remote)
    expect(other.fetch(ids(1, 2, 3, 4), 0, 4, 0)).toBe(3)
    expect(other.fetchedS).toBe(6)
  })

  test('of a prompt that was fetched stay longer at its beginning', () => {
    const remote = new Tier(3)
    const cache = emptied(remote)
    cache.fetch(ids(1, 2, 3), 0, 3, 0)
    remote.put(100)
    remote.put(101)
    expect([1, 2, 3].map(id => remote.has(id))).toEqual([true, false, false])
  })

  test('need entries that are whole KV blocks', () => {
    expect(() => prefixCacheOf(caching, 64, 128)).toThrow(/64 prompt tokens .* blocks of 128/)
  })
})
