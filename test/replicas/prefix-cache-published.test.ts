import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { PrefixCache } from '../../src/replicas/prefix-cache.ts'

const TRACE = fileURLToPath(
  new URL('../../../shared/data/traces/mooncake_conversation.jsonl', import.meta.url),
)
const isThere = existsSync(TRACE)
if (!isThere) console.warn(`SKIPPED: ${TRACE} is absent, so no published hit ratio is checked`)

const BLOCK_TOKENS = 512

interface Prompt {
  readonly inputTokens: number
  readonly ids: Int32Array
}

function prompts(): Prompt[] {
  const lines = readFileSync(TRACE, 'utf8').trim().split('\n')
  return lines.map(line => {
    const { input_length, hash_ids } = JSON.parse(line)
    return { inputTokens: input_length, ids: Int32Array.from(hash_ids) }
  })
}

/** One request by itself: finds what is there, computes the rest and ends. @returns the blocks that it found */
function use(cache: PrefixCache, ids: Int32Array, capacity: number): number {
  const run = cache.matched(ids, ids.length)
  cache.pin(ids, run)
  cache.fit(capacity - ids.length)
  for (let i = run; i < ids.length; i++) cache.add(ids[i])
  cache.unpin(ids, ids.length)
  return run
}

/** What a cache of so many blocks finds when requests come one after another. */
function ratios(list: readonly Prompt[], capacity: number) {
  const cache = new PrefixCache(1)
  const [found, named, tokens, inputTokens] = list.reduce(
    ([found, named, tokens, all], { inputTokens, ids }) => {
      const run = use(cache, ids, capacity)
      return [
        found + run,
        named + ids.length,
        tokens + Math.min(run * BLOCK_TOKENS, inputTokens),
        all + inputTokens,
      ]
    },
    [0, 0, 0, 0],
  )
  return { blocks: found / named, tokens: tokens / inputTokens }
}

/**
 * The published rule of the bounded cache: no chains, every block comes by itself, in order from the prompt's
 * beginning, and hits if fewer than `capacity` others came since. So each block is a prompt of its own here.
 */
function blockRatio(list: readonly Prompt[], capacity: number): number {
  const cache = new PrefixCache(1)
  const one = new Int32Array(1)
  let [found, named] = [0, 0]
  for (const { ids } of list) {
    for (const id of ids) {
      one[0] = id
      found += use(cache, one, capacity)
    }
    named += ids.length
  }
  return found / named
}

test.runIf(isThere)('a cache without bound finds the published share of tokens and of blocks', () => {
  const { tokens, blocks } = ratios(prompts(), Number.POSITIVE_INFINITY)
  expect(tokens).toBeCloseTo(0.3736, 4)
  expect(blocks).toBeCloseTo(0.3664, 4)
})

test.runIf(isThere)('bounded ones find the published shares of blocks, each block by itself', () => {
  const list = prompts()
  const found = [1_000, 3_000, 10_000, 30_000, 50_000, 100_000].map(capacity => blockRatio(list, capacity))
  const published = [0.0445, 0.065, 0.2112, 0.3257, 0.3546, 0.3637]
  for (const [i, ratio] of published.entries()) expect(found[i]).toBeCloseTo(ratio, 4)
})

test.runIf(isThere)('prompts that find leading runs, and whose ends go first, find no less', () => {
  const list = prompts()
  for (const capacity of [1_000, 3_000, 10_000, 30_000, 50_000, 100_000]) {
    expect(ratios(list, capacity).blocks).toBeGreaterThanOrEqual(blockRatio(list, capacity))
  }
})
