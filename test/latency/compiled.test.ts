import { describe, expect, it } from 'vitest'
import { Compiled } from '../../src/latency/compiled.ts'
import type { DecodeBatch } from '../../src/latency/contract.ts'
import { eagerOperators } from '../../src/latency/eager.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators } from '../../src/latency/operators.ts'
import { expectedPace } from '../../src/latency/pace.ts'
import { Padding } from '../../src/latency/padding.ts'
import { OPERATORS } from './cases.ts'
import { advanced, mixedStep, NO_DECODES, relativeError } from './steps.ts'

/** A second a step, a hundredth a token, a ten-thousandth a context token. */
const line = new Linear({ stepS: 1, tokenS: 0.01, contextTokenS: 1e-4 })
const BATCH = [4, 16]
const CONTEXT = [1000, 4000]
const PROMPT = [128, 2048]

describe('decodes of a compiled stack', () => {
  const model = new Compiled(line, new Padding({ batch: BATCH, context: CONTEXT }))
  const batch = { sequences: 3, contextTokens: 1500, longestTokens: 990 }

  it('run as the next batch, every sequence at the bucket of the longest', () => {
    expect(model.gapSeconds(batch, 1)).toBeCloseTo(1 + 4 * 0.01 + 4 * 1000 * 1e-4, 12)
    expect(model.gapSeconds(batch, 10)).toBe(model.gapSeconds(batch, 1))
    expect(model.gapSeconds(batch, 11)).toBeCloseTo(1 + 4 * 0.01 + 4 * 4000 * 1e-4, 12)
    const more = { sequences: 5, contextTokens: 1500, longestTokens: 990 }
    expect(model.gapSeconds(more, 1)).toBeCloseTo(1 + 16 * 0.01 + 16 * 1000 * 1e-4, 12)
  })

  it('keep to a law up to the edge of the bucket, where the longest fills it', () => {
    expect(model.steadySteps(batch)).toBe(10)
    expect(model.steadySteps(advanced(batch, 10))).toBe(3000)
    expect(model.steadySteps({ ...batch, longestTokens: 1000 })).toBe(3000)
    expect(model.steadySteps({ ...batch, longestTokens: 999 })).toBe(1)
    expect(model.decodeSeconds(batch, 15)).toBeCloseTo(10 * 1.44 + 5 * 2.64, 10)
  })

  it('hide their contexts, which add nothing', () => {
    expect(model.contextSeconds(batch, 0)).toBe(0)
    expect(model.readsLongest).toBe(true)
    expect(model.gapSeconds({ ...batch, contextTokens: 2900 }, 1)).toBe(model.gapSeconds(batch, 1))
  })

  it('reach the edge of the bucket as fast as they emit', () => {
    const paced = { ...batch, pace: expectedPace(2.5), originStep: 7 }
    // Of 2 and 3 tokens in turn the fourth step reads 8 of its own, the fifth 11.
    expect(model.steadySteps(paced)).toBe(4)
    expect(model.gapSeconds(paced, 4)).toBe(model.gapSeconds(paced, 1))
    expect(model.gapSeconds(paced, 5)).toBeGreaterThan(model.gapSeconds(paced, 1))
  })

  it('are refused where no bucket holds them, by what they are', () => {
    expect(() => model.gapSeconds({ ...batch, sequences: 17 }, 1)).toThrow('17 sequences are more than')
    expect(() => model.gapSeconds(batch, 3011)).toThrow('4001 context tokens')
    expect(() => model.steadySteps({ sequences: 1, contextTokens: 5 })).toThrow('longest context')
  })
})

describe('batches compiled alone', () => {
  const model = new Compiled(line, new Padding({ batch: BATCH }))
  const batch = { sequences: 3, contextTokens: 1500 }

  it('read their own contexts, and a token for each sequence that fills them up', () => {
    expect(model.gapSeconds(batch, 1)).toBeCloseTo(1 + 4 * 0.01 + (1503 + 1) * 1e-4, 12)
    expect(model.gapSeconds(batch, 7)).toBeCloseTo(1 + 4 * 0.01 + (1521 + 1) * 1e-4, 12)
    expect(model.contextSeconds(batch, 0)).toBe(1e-4)
    expect(model.steadySteps(batch)).toBe(Number.POSITIVE_INFINITY)
    expect(model.readsLongest).toBe(false)
  })

  it('find the end of a floor beneath them in laws that hold', () => {
    const options = OPERATORS['llama-70b fp8 on four h100']
    const wide = { sequences: 16, contextTokens: 400 }
    const layerS = (1.01 * new Operators(options).gapSeconds(wide, 1)) / 80
    const constants = { ...options.constants, floor: { layerS, memberS: 0 } }
    const floored = new Compiled(new Operators({ ...options, constants }), new Padding({ batch: BATCH }))
    for (let sequences = 5; sequences <= 16; sequences++) {
      for (let contextTokens = 400; contextTokens < 416; contextTokens++) {
        let at: DecodeBatch = { sequences, contextTokens }
        const firstS = floored.gapSeconds(at, 1)
        let laws = 0
        for (; floored.steadySteps(at) !== Number.POSITIVE_INFINITY; laws++) {
          const steady = floored.steadySteps(at)
          expect(steady).toBeGreaterThanOrEqual(1)
          expect(floored.gapSeconds(at, steady)).toBe(firstS)
          at = advanced(at, steady)
        }
        expect(floored.gapSeconds(at, 1)).toBeGreaterThan(firstS)
        expect(at.originStep).toBeGreaterThan(100)
        expect(laws).toBeLessThan(8)
      }
    }
  })

  it('need a price that is affine in context', () => {
    const eager = eagerOperators(OPERATORS['llama-8b on one h100'])
    expect(() => new Compiled(eager, new Padding({ batch: BATCH }))).toThrow('context buckets')
    expect(() => new Compiled(eager, new Padding({ context: CONTEXT }))).not.toThrow()
  })
})

describe('chunks of a compiled stack', () => {
  const padding = new Padding({ batch: BATCH, context: CONTEXT, prompt: PROMPT })
  const model = new Compiled(line, padding)
  const stepOf = (batch: DecodeBatch, tokens: number[]) =>
    mixedStep(
      batch,
      tokens.map(one => ({ tokens: one, cachedTokens: 0 })),
      0,
      model.paddedTokens,
    )

  it('are padded one by one', () => {
    const two = 1 + (128 + 2048) * 0.01 + (128 + 2048) * 1e-4
    expect(model.stepSeconds(stepOf(NO_DECODES, [100, 129]))).toBeCloseTo(two, 9)
    expect(model.chunkSeconds(100, 50)).toBe(line.chunkSeconds(128, 50))
  })

  it('run beside the decodes as those are padded', () => {
    const batch = { sequences: 3, contextTokens: 1500, longestTokens: 990 }
    const seconds = 1 + (4 + 128) * 0.01 + (4 * 1000 + 128) * 1e-4
    expect(model.stepSeconds(stepOf(batch, [5]))).toBeCloseTo(seconds, 9)
  })

  it('attend as wide as they are padded', () => {
    const operators = new Operators(OPERATORS['llama-8b on one h100'])
    const compiled = new Compiled(operators, new Padding({ prompt: PROMPT }))
    const padded = mixedStep(NO_DECODES, [{ tokens: 2048, cachedTokens: 64 }])
    const step = mixedStep(NO_DECODES, [{ tokens: 1500, cachedTokens: 64 }], 0, compiled.paddedTokens)
    expect(relativeError(compiled.stepSeconds(step), operators.stepSeconds(padded))).toBeLessThan(1e-12)
  })

  it('are refused where no bucket holds them, or nobody says what they are padded to', () => {
    expect(() => model.paddedTokens!(2049)).toThrow(
      '2049 tokens of a chunk are more than the largest bucket, 2048',
    )
    const { paddedTokens: _, ...untold } = stepOf(NO_DECODES, [5])
    expect(() => model.stepSeconds(untold)).toThrow('padded to')
  })

  it('run as they are where prompts have no buckets', () => {
    expect(new Compiled(line, new Padding({ batch: BATCH })).paddedTokens).toBeUndefined()
  })
})

describe('buckets', () => {
  it.each([
    { buckets: { batch: [] }, reason: 'batch buckets: there are none' },
    { buckets: { context: [8, 8] }, reason: 'context bucket 8' },
    { buckets: { prompt: [128, 64] }, reason: 'prompt bucket 64' },
    { buckets: { batch: [0, 4] }, reason: 'batch bucket 0' },
    { buckets: { batch: [1.5] }, reason: 'batch bucket 1.5' },
  ])('are refused: $reason', ({ buckets, reason }) => {
    expect(() => new Padding(buckets)).toThrow(reason)
  })
})
