import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArrivalBlock } from '../../../src/arrivals/contract.ts'
import { Numbering } from '../../../src/arrivals/statistics/numbering.ts'
import { CACHE_BLOCKS, PrefixReuse } from '../../../src/arrivals/statistics/prefixes.ts'
import { StackDistances } from '../../../src/arrivals/statistics/stack-distance.ts'
import * as naive from './naive.ts'

const BLOCK = 10

/** Prompts whose blocks are chains: an id tells all ids before it. */
const prompts = fc.array(fc.array(fc.nat(2), { maxLength: 5 }), { minLength: 1, maxLength: 25 }).map(paths =>
  paths.map((path): naive.Prompt => {
    const blocks = path.map((_, depth) => Number(`1${path.slice(0, depth + 1).join('')}`))
    return { inputTokens: Math.max(1, BLOCK * path.length - 3), blocks }
  }),
)

function reuseOf(list: readonly naive.Prompt[]) {
  const block = new ArrivalBlock(list.length)
  const details = block.detailed()
  const reuse = new PrefixReuse()
  for (const [row, { inputTokens, blocks }] of list.entries()) {
    block.push(2 * row, inputTokens, 1, 0, 0)
    details.begin(row)
    if (blocks.length > 0) details.setBlocks(row, BLOCK, blocks)
    reuse.add(details, row, 2 * row, inputTokens)
  }
  const total = list.reduce((sum, { inputTokens }) => sum + inputTokens, 0)
  return { reuse, of: reuse.statistics(list.length, total), total }
}

test('prompts hit what came in requests before, as a plain search finds it', () => {
  fc.assert(
    fc.property(prompts, list => {
      const { of, total } = reuseOf(list)
      const uses = list.flatMap(({ blocks }) => blocks)
      if (uses.length === 0) {
        expect(of).toBeUndefined()
        return
      }
      const hits = naive.hitTokens(list, BLOCK)
      const distinct = new Set(uses).size
      expect(of!.tokenHitRatio).toBeCloseTo(hits.reduce((a, b) => a + b, 0) / total, 12)
      expect(of!.requestHitRatio).toBeCloseTo(hits.filter(hit => hit > 0).length / list.length, 12)
      expect([of!.uses, of!.blocks]).toEqual([uses.length, distinct])
      expect(of!.blockHitRatio).toBeCloseTo(1 - distinct / uses.length, 12)
      expect(of!.perRequest.mean).toBeCloseTo(naive.mean(hits.map((hit, i) => hit / list[i].inputTokens)), 12)
      expect(of!.perRequest.count).toBe(list.length)
      const counts = [...new Set(uses)].map(id => uses.filter(use => use === id).length)
      expect(of!.mostUsed).toEqual(counts.sort((a, b) => b - a).slice(0, 8))
      expect(of!.usedOnce).toBeCloseTo(counts.filter(count => count === 1).length / distinct, 12)
    }),
  )
})

test('a prompt does not hit its own blocks', () => {
  const { of } = reuseOf([{ inputTokens: 30, blocks: [1, 2, 3] }])
  expect(of).toMatchObject({ tokenHitRatio: 0, requestHitRatio: 0, blockHitRatio: 0 })
})

test('a hit ends at the first block that is new, and at the end of the prompt', () => {
  const { of } = reuseOf([
    { inputTokens: 30, blocks: [1, 2, 3] },
    { inputTokens: 40, blocks: [1, 9, 3, 4] },
    { inputTokens: 25, blocks: [1, 2, 3] },
  ])
  expect(of!.tokenHitRatio).toBeCloseTo((10 + 25) / 95, 12)
  expect(of!.reuseGapS.quantiles.at(-1)).toBe(4)
})

describe('stack distances', () => {
  const uses = fc.array(fc.nat(12), { minLength: 1, maxLength: 200 })

  test('are those of a plain search, and hits of an LRU cache follow from them', () => {
    fc.assert(
      fc.property(uses, list => {
        const stack = new StackDistances()
        const found = list.map(thing => stack.use(thing))
        const known = found.filter(distance => distance >= 0)
        expect(known).toEqual(naive.stackDistances(list))
        for (const cacheBlocks of [1, 2, 5, 20]) {
          expect(known.filter(distance => distance < cacheBlocks).length).toBe(
            naive.lruHits(list, cacheBlocks),
          )
        }
      }),
    )
  })

  test('hold while positions are used up and moved together', () => {
    const stack = new StackDistances()
    const things = Array.from({ length: 40_000 }, (_, i) => (i * i + (i >> 3)) % 3001)
    const lru = things.map(thing => stack.use(thing))
    const places = [5000, 9000, 20_000, 39_999]
    for (const place of places) {
      const last = things.lastIndexOf(things[place], place - 1)
      const wanted = last < 0 ? -1 : new Set(things.slice(last + 1, place)).size
      expect(lru[place]).toBe(wanted)
    }
  })

  test('hold with more things than there are positions at first', () => {
    const stack = new StackDistances()
    const found = Array.from({ length: 20_000 }, (_, i) => stack.use(i % 6000))
    expect(found.slice(0, 6000).every(distance => distance === -1)).toBe(true)
    expect(found.slice(6000).every(distance => distance === 5999)).toBe(true)
  })

  test.each([
    [1000, 1],
    [1001, 0],
  ])(
    'of %i blocks in turn, a cache of a thousand holds the share %i when they come again',
    (blocks, share) => {
      const list = Array.from({ length: 3 * blocks }, (_, i) => ({ inputTokens: 10, blocks: [i % blocks] }))
      expect(reuseOf(list).of!.lru[0].blockHitRatio).toBeCloseTo((2 / 3) * share, 12)
    },
  )

  test('make the ratios of caches of a thousand blocks and more', () => {
    const list = Array.from({ length: 4000 }, (_, i) => ({ inputTokens: 10, blocks: [(i * 7919) % 2500] }))
    const { of } = reuseOf(list)
    const uses = list.map(({ blocks }) => blocks[0])
    expect(of!.lru.map(({ cacheBlocks }) => cacheBlocks)).toEqual([...CACHE_BLOCKS])
    expect(of!.lru[0].blockHitRatio).toBeCloseTo(naive.lruHits(uses, 1000) / 4000, 12)
    expect(of!.lru[1].blockHitRatio).toBeCloseTo(naive.lruHits(uses, 3000) / 4000, 12)
  })
})

test('numbers are given in the order in which keys come, however many and large', () => {
  const numbering = new Numbering()
  const keys = Array.from({ length: 20_000 }, (_, i) => Math.imul(i, 2654435761) & 0x7fffffff)
  const known = new Map<number, number>()
  for (const key of [...keys, ...keys]) {
    if (!known.has(key)) known.set(key, known.size)
    expect(numbering.of(key)).toBe(known.get(key))
  }
  expect(numbering.size).toBe(known.size)
})
