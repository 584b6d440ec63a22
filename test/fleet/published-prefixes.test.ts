import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { ArrivalBlock, ArrivalSource } from '../../src/arrivals/contract.ts'
import { simulate } from '../../src/simulate.ts'
import { idleServers } from './servers.ts'

/* A replica's own cache on a published trace: what it finds is what the trace says can be found. */

const trace = fileURLToPath(
  new URL('../../../shared/data/traces/mooncake_conversation.jsonl', import.meta.url),
)
if (!existsSync(trace)) console.warn('SKIPPED: no published trace of prompts with prefix blocks at hand')

const BLOCK_TOKENS = 512

/** One after another, so that each finds what all before it have left; outputs of one token. */
function conversations(): ArrivalSource {
  const lines = readFileSync(trace, 'utf8').trim().split('\n')
  let read = 0
  return {
    classes: ['chat'],
    fill(block: ArrivalBlock) {
      block.length = 0
      const details = block.detailed()
      while (read < lines.length && block.length < block.capacity) {
        const { input_length, hash_ids } = JSON.parse(lines[read])
        const row = block.length
        block.push(read++, input_length, 1, 0, 0)
        details.begin(row)
        details.setBlocks(row, BLOCK_TOKENS, hash_ids)
      }
    },
    close() {},
  }
}

async function hitShare(cacheTokens: number): Promise<number> {
  const course = idleServers(0.5, { replicas: [0], arrivals: conversations, prefixEntryTokens: BLOCK_TOKENS })
  const longest = 2 ** 17
  const kind = {
    ...course.kinds[0],
    tokenBudget: longest,
    maxModelLen: longest,
    kvBlocks: cacheTokens / 16,
    prefixCache: { bytesPerToken: 1 },
  }
  let hits = 0
  let prompts = 0
  await simulate(
    { ...course, kinds: [kind] },
    { name: 'random' },
    {
      onEnd(request, { hitTokens, inputTokens }) {
        hits += hitTokens[request]
        prompts += inputTokens[request]
      },
    },
  )
  return hits / prompts
}

test.skipIf(!existsSync(trace))(
  'an unbounded cache finds what the trace repeats: 37.3 % of tokens',
  async () => {
    // The trace's own figure, 37.36 %, counts prompts' last blocks though they are not full, and the last token.
    expect(await hitShare(2 ** 30)).toBeCloseTo(0.3734, 4)
  },
)

test.skipIf(!existsSync(trace)).each([
  [10_000, 0.2157],
  [30_000, 0.3322],
  [50_000, 0.3615],
])('a cache of %i blocks finds %f of tokens by LRU', async (blocks, share) => {
  expect(await hitShare(blocks * BLOCK_TOKENS)).toBeCloseTo(share, 2)
})
