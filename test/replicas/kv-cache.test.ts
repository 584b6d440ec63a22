import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { KvCache } from '../../src/replicas/kv-cache.ts'

/** The blocks of some decodes, each counted by itself, one step at a time. */
class Counted {
  contexts: number[] = []
  readonly blockTokens: number

  constructor(blockTokens: number) {
    this.blockTokens = blockTokens
  }

  held(tokens = 0): number {
    return this.contexts.reduce((sum, context) => sum + this.blocksOf(context + tokens), 0)
  }

  blocksOf(context: number): number {
    return Math.ceil(context / this.blockTokens)
  }

  /** The greatest number of tokens for each, at most `limit`, for which `free` blocks are enough. */
  tokensThatFit(free: number, limit: number): number {
    let tokens = 0
    while (tokens < limit && this.held(tokens + 1) - this.held() <= free) tokens++
    return tokens
  }

  gain(tokens: number): void {
    this.contexts = this.contexts.map(context => context + tokens)
  }
}

describe.each([1, 2, 3, 5, 8, 16, 32])('blocks of %i tokens', blockTokens => {
  test('are counted as if one by one, through joins, leaves and tokens', () => {
    const random = stream(blockTokens, 'kv-cache')
    const capacity = 8 * Math.ceil(200 / blockTokens)
    const kv = new KvCache(capacity, blockTokens)
    const counted = new Counted(blockTokens)
    const residues: number[] = []
    for (let turn = 0; turn < 1500; turn++) {
      const choice = random()
      const context = 1 + below(random, 100)
      if (choice < 0.25 && kv.blocksFor(context) <= kv.freeBlocks) {
        kv.freeBlocks -= kv.blocksFor(context)
        counted.contexts.push(context)
        residues.push(kv.join(context))
      } else if (choice < 0.5 && residues.length > 0) {
        const place = below(random, residues.length)
        const [left] = counted.contexts.splice(place, 1)
        const [residue] = residues.splice(place, 1)
        kv.leave(residue)
        kv.freeBlocks += kv.blocksFor(left)
      } else {
        const tokens = below(random, 3 * blockTokens)
        expect(kv.neededFor(tokens)).toBe(counted.held(tokens) - counted.held())
        const limit = choice < 0.75 ? below(random, 5 * blockTokens) : 100_000
        const fits = kv.tokensThatFit(limit)
        expect(fits).toBe(residues.length === 0 ? limit : counted.tokensThatFit(kv.freeBlocks, limit))
        for (const [i, residue] of residues.entries()) {
          const own = counted.contexts[i]
          expect(kv.blocksNext(residue, tokens)).toBe(counted.blocksOf(own + tokens) - counted.blocksOf(own))
        }
        counted.gain(Math.min(tokens, fits))
        kv.advance(Math.min(tokens, fits))
      }
      expect(kv.freeBlocks).toBe(capacity - counted.held())
    }
  })

  test('taken one by one for a step are those taken at once', () => {
    const random = stream(blockTokens, 'kv-cache/turn')
    const [atOnce, oneByOne] = [new KvCache(10_000, blockTokens), new KvCache(10_000, blockTokens)]
    const contexts = Array.from({ length: 10 }, () => 1 + below(random, 100))
    const residues = contexts.map(context => oneByOne.join(context))
    expect(contexts.map(context => atOnce.join(context))).toEqual(residues)
    for (let step = 0; step < 100; step++) {
      const tokens = 1 + below(random, 6)
      for (const residue of residues) oneByOne.freeBlocks -= oneByOne.blocksNext(residue, tokens)
      oneByOne.turn(tokens)
      atOnce.advance(tokens)
      expect(oneByOne.freeBlocks).toBe(atOnce.freeBlocks)
    }
  })
})

test('no decodes need no blocks, however many their tokens', () => {
  const kv = new KvCache(10, 16)
  kv.freeBlocks = 0
  expect(kv.tokensThatFit(1e9)).toBe(1e9)
  expect(kv.neededFor(1e9)).toBe(0)
})
