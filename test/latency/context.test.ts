import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import {
  cachedRead,
  causalPairs,
  contextAt,
  contextHeld,
  contextHeldOver,
  contextRead,
} from '../../src/latency/context.ts'
import type { ContextWindow, DecodeBatch } from '../../src/latency/contract.ts'

const WINDOWS: ContextWindow[] = [
  { tokens: 1, share: 1 },
  { tokens: 7, share: 0.5 },
  { tokens: 128, share: 0.25 },
  { tokens: 4096, share: 1 },
]

/** Context tokens of every sequence, one by one, at step `step` in a layer with the window. */
function readOneByOne(contexts: readonly number[], step: number, windowTokens: number): number {
  return contexts.reduce((sum, context) => sum + Math.min(context + step, windowTokens), 0)
}

/** The same as a mean over the layers of which `share` have the window. */
function readOf(contexts: readonly number[], step: number, { tokens, share }: ContextWindow): number {
  const unbounded = readOneByOne(contexts, step, Number.POSITIVE_INFINITY)
  return (1 - share) * unbounded + share * readOneByOne(contexts, step, tokens)
}

function batchOf(contexts: readonly number[], window?: ContextWindow): DecodeBatch {
  return { sequences: contexts.length, contextTokens: contexts.reduce((sum, one) => sum + one, 0), window }
}

describe('the context of a batch', () => {
  it('is what its sequences hold, each one token more at every step', () => {
    const batch = batchOf([3, 10, 500])
    expect(contextHeld(batch, 1)).toBe(516)
    expect(contextHeld(batch, 4)).toBe(525)
    expect(contextHeldOver(batch, 4)).toBe(516 + 519 + 522 + 525)
    expect(contextAt(batch, 4)).toBe(525)
    expect(contextRead(batch, 4)).toBe(516 + 519 + 522 + 525)
  })

  describe.each(WINDOWS)('in windows of $tokens in a share of $share of the layers', window => {
    it.each([0, 1, 5, 6, 7, 8, 100, 126, 127, 128, 129, 4000, 4095, 4096, 9000])(
      'is read as by equal sequences of %d tokens one by one',
      context => {
        const contexts = [context, context, context]
        const batch = batchOf(contexts, window)
        let read = 0
        for (let step = 1; step <= 300; step++) {
          const atStep = readOf(contexts, step, window)
          expect(contextAt(batch, step)).toBe(atStep)
          read += atStep
          expect(contextRead(batch, step)).toBe(read)
        }
      },
    )

    it('is read as by unequal sequences one by one where all windows are full, or none', () => {
      const full = [0, 3, 900].map(more => window.tokens + more)
      expect(contextRead(batchOf(full, window), 50)).toBe(sumOf(50, step => readOf(full, step, window)))
      const steps = Math.floor(window.tokens / 2)
      const short = [0, 1, 2].map(context => Math.min(context, window.tokens - steps))
      const expected = sumOf(steps, step => readOf(short, step, window))
      expect(contextRead(batchOf(short, window), steps)).toBe(expected)
    })

    it('is read a little too long by unequal sequences in between, and never more than is held', () => {
      const random = stream(window.tokens, 'context')
      for (let trial = 0; trial < 200; trial++) {
        const contexts = Array.from({ length: 1 + below(random, 9) }, () => below(random, 3 * window.tokens))
        const batch = batchOf(contexts, window)
        for (const step of [1, 2, 60]) {
          expect(contextAt(batch, step)).toBeGreaterThanOrEqual(readOf(contexts, step, window))
          expect(contextAt(batch, step)).toBeLessThanOrEqual(contextHeld(batch, step))
        }
      }
    })

    it('is summed over steps in closed form from any mean context', () => {
      const random = stream(window.tokens, 'context sums')
      for (let trial = 0; trial < 200; trial++) {
        const sequences = 1 + below(random, 7)
        const contextTokens = below(random, sequences * (window.tokens + 20))
        const batch = { sequences, contextTokens, window }
        const steps = below(random, 2 * window.tokens + 20)
        expect(contextRead(batch, steps)).toBe(sumOf(steps, step => contextAt(batch, step)))
      }
    })
  })

  it('is nothing where nobody decodes', () => {
    const batch = { sequences: 0, contextTokens: 0, window: WINDOWS[1] }
    expect([contextAt(batch, 1), contextRead(batch, 9)]).toEqual([0, 0])
  })
})

describe('the query-key pairs of a chunk', () => {
  const CHUNKS = [1, 2, 6, 7, 8, 40, 129].flatMap(tokens =>
    [0, 1, 3, 6, 7, 8, 100, 127, 128, 500].map(cachedTokens => ({ tokens, cachedTokens })),
  )

  it('are those of a causal mask but for half of each query with itself', () => {
    for (const { tokens, cachedTokens } of CHUNKS) {
      const { pairs } = masked(tokens, cachedTokens, Number.POSITIVE_INFINITY)
      expect(causalPairs(tokens, cachedTokens)).toBe(pairs - tokens / 2)
    }
  })

  it.each(WINDOWS)(
    'are those of a sliding mask, the half where the window of $tokens is not full',
    window => {
      for (const { tokens, cachedTokens } of CHUNKS) {
        const all = masked(tokens, cachedTokens, Number.POSITIVE_INFINITY)
        const near = masked(tokens, cachedTokens, window.tokens)
        const expected =
          (1 - window.share) * (all.pairs - tokens / 2) + window.share * (near.pairs - near.growing / 2)
        expect(causalPairs(tokens, cachedTokens, window)).toBe(expected)
      }
    },
  )

  it.each(WINDOWS)('are with those cached tokens that a sliding mask of $tokens leaves in sight', window => {
    for (const { tokens, cachedTokens } of CHUNKS) {
      const { cachedSeen } = masked(tokens, cachedTokens, window.tokens)
      const expected = (1 - window.share) * cachedTokens + window.share * cachedSeen
      expect(cachedRead(cachedTokens, window)).toBe(expected)
      expect(cachedRead(cachedTokens, undefined)).toBe(cachedTokens)
    }
  })
})

/** Pairs of the mask, query by query and key by key; queries that see all that came before; cached keys that are seen. */
function masked(tokens: number, cachedTokens: number, windowTokens: number) {
  let pairs = 0
  let growing = 0
  const cachedSeen = new Set<number>()
  for (let query = cachedTokens; query < cachedTokens + tokens; query++) {
    if (query < windowTokens) growing++
    for (let key = 0; key <= query; key++) {
      if (query - key >= windowTokens) continue
      pairs++
      if (key < cachedTokens) cachedSeen.add(key)
    }
  }
  return { pairs, growing, cachedSeen: cachedSeen.size }
}

function sumOf(steps: number, of: (step: number) => number): number {
  let sum = 0
  for (let step = 1; step <= steps; step++) sum += of(step)
  return sum
}
