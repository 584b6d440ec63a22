import { expect, test } from 'vitest'
import { simulate } from '../../src/simulate.ts'
import { courseOf } from '../laws/courses.ts'
import { detailedSource } from '../laws/detailed.ts'
import { roomyKind } from '../laws/roomy.ts'

const BLOCK_TOKENS = 16

/** Prompt tokens that the second of two replicas finds of what the first has computed, in a store of two blocks. */
async function found(modelsInStore: number, models: readonly string[]): Promise<number> {
  const prompt = {
    inputTokens: 3 * BLOCK_TOKENS,
    outputTokens: 1,
    blockTokens: BLOCK_TOKENS,
    blockIds: [7, 8],
  }
  const rows = [0, 1].map(arrivalS => ({ arrivalS, ...prompt }))
  const prefixCache = { bytesPerToken: 1, remote: { bytesPerS: 1e9 } }
  const kinds = models.map((_, modelId) => ({
    ...roomyKind(),
    modelId,
    ...(modelId < modelsInStore && { prefixCache }),
  }))
  const course = {
    ...courseOf(kinds, rows, { replicas: [0, ...kinds.keys()] }),
    ...{ models, prefixEntryTokens: BLOCK_TOKENS, remoteStoreTokens: 2 * BLOCK_TOKENS },
    arrivals: () => detailedSource(rows, { classes: ['chat'] }),
  }
  let hits = 0
  await simulate(
    course,
    { name: 'round-robin' },
    {
      onEnd(request, { hitTokens }) {
        hits += hitTokens[request]
      },
    },
  )
  return hits
}

test('the store that replicas share is that of the models that are kept there', async () => {
  expect(await found(1, ['only'])).toBe(2 * BLOCK_TOKENS)
  expect(await found(1, ['kept', 'other'])).toBe(2 * BLOCK_TOKENS)
  // Half of it holds the last block of the prompt, which nobody finds without the first.
  expect(await found(2, ['kept', 'kept as well'])).toBe(0)
})
