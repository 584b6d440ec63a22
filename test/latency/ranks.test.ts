import { describe, expect, it } from 'vitest'
import type { OperatorConstants } from '../../src/latency/constants.ts'
import type { Parallelism } from '../../src/latency/layout.ts'
import { Operators } from '../../src/latency/operators.ts'
import { BF16, H100 } from './cases.ts'
import { type Chunk, mixedStep } from './steps.ts'
import { DEEPSEEK_R1, LLAMA_8B, QWEN_30B_MOE } from './transformers.ts'

/** Attention and next to nothing else: no MLP, no output layer, no host and an instant link. */
const ATTENTION_ONLY = { ...LLAMA_8B, ffn: 0, vocab: 0 }
const instant = { fixedS: 0, hopS: 0, bytesPerS: Number.POSITIVE_INFINITY, link: 1 }
const INSTANT: OperatorConstants = {
  ...H100,
  allReduce: instant,
  collective: instant,
  sendReceive: instant,
  head: { ...H100.head, fixedS: 0 },
  stepS: 0,
}

function model(layout: Partial<Parallelism>): Operators {
  return new Operators({
    model: ATTENTION_ONLY,
    parallelism: { tp: 1, ...BF16, ...layout },
    constants: INSTANT,
  })
}

function chunksOf(count: number, tokens: number, cachedTokens = 0): Chunk[] {
  return Array.from({ length: count }, () => ({ tokens, cachedTokens }))
}

const decodes = (sequences: number) => ({ sequences, contextTokens: 700 * sequences })

describe('eight attention ranks of one device', () => {
  const ranks = model({ tp: 8, attentionDp: 8 })
  const one = model({})

  it.each([
    { chunks: 1, busiest: 1 },
    { chunks: 2, busiest: 1 },
    { chunks: 7, busiest: 1 },
    { chunks: 8, busiest: 1 },
    { chunks: 16, busiest: 2 },
    { chunks: 40, busiest: 5 },
  ])('take as long for $chunks chunks as one device does for $busiest', ({ chunks, busiest }) => {
    for (const [tokens, cachedTokens] of [
      [2048, 0],
      [2048, 20_000],
      [300, 64],
    ]) {
      for (const each of [0, 4, 32]) {
        const together = mixedStep(decodes(8 * each), chunksOf(chunks, tokens, cachedTokens))
        const alone = mixedStep(decodes(each), chunksOf(busiest, tokens, cachedTokens))
        const ratio = ranks.stepSeconds(together) / one.stepSeconds(alone)
        // What is left of the output layer is not shared alike.
        expect(Math.abs(ratio - 1)).toBeLessThan(2e-3)
      }
    }
  })

  it('take as long for decodes as one device does for an eighth of them', () => {
    const ratio = ranks.gapSeconds(decodes(8 * 32), 1) / one.gapSeconds(decodes(32), 1)
    expect(Math.abs(ratio - 1)).toBeLessThan(2e-3)
  })

  it('leave all that a chunk adds to it where every rank has one', () => {
    const at = (chunks: number, cachedTokens: number) =>
      ranks.stepSeconds(mixedStep(decodes(64), chunksOf(chunks, 500, cachedTokens)))
    const own = (chunks: number) =>
      chunks * (ranks.chunkSeconds(500, 9000, 64 + chunks) - ranks.chunkSeconds(500, 0, 64 + chunks))
    expect((at(8, 9000) - at(8, 0)) / own(8)).toBeCloseTo(1, 9)
    expect((at(1, 9000) - at(1, 0)) / own(1)).toBeCloseTo(8, 9)
    expect((at(3, 9000) - at(3, 0)) / own(3)).toBeCloseTo(8 / 3, 9)
  })
})

describe('ranks in each of two micro-batches', () => {
  const staged = model({ tp: 4, pp: 2, attentionDp: 4 })

  it('share pairs as far as there are chunks for them', () => {
    const pairS = (chunks: number) => {
      const step = mixedStep(decodes(100), chunksOf(chunks, 100))
      return staged.stepSeconds({ ...step, chunkPairs: step.chunkPairs + 1e9 }) - staged.stepSeconds(step)
    }
    const shares = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map(chunks => pairS(1) / pairS(chunks))
    const rounded = shares.map(share => Math.round(1e6 * share) / 1e6)
    expect(rounded).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 4, 4])
  })
})

describe.each([
  ['deepseek-r1', DEEPSEEK_R1, { tp: 8, attentionDp: 8, ep: 8 }],
  ['qwen-30b', QWEN_30B_MOE, { tp: 8, attentionDp: 4, pp: 2 }],
] as const)('a step of %s', (_, transformer, layout) => {
  const operators = new Operators({
    model: transformer,
    parallelism: { ...BF16, ...layout },
    constants: H100,
  })

  it('takes no longer when the same tokens come in more chunks', () => {
    let last = Number.POSITIVE_INFINITY
    for (const count of [1, 2, 4, 8, 16]) {
      const stepS = operators.stepSeconds(mixedStep(decodes(256), chunksOf(count, 16_384 / count)))
      expect(stepS).toBeLessThanOrEqual(last)
      last = stepS
    }
  })

  it('takes longer with every token of a chunk that fills rows', () => {
    const at = (tokens: number) => operators.stepSeconds(mixedStep(decodes(256), chunksOf(1, tokens)))
    for (const tokens of [1, 7, 64, 1000, 8000]) expect(at(tokens + 2)).toBeGreaterThan(at(tokens))
  })
})
