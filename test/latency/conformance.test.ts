import { describe, expect, it } from 'vitest'
import type { DecodeBatch } from '../../src/latency/contract.ts'
import { cases } from './cases.ts'
import { advanced, mixedStep, NO_DECODES, relativeError, someBatch, someChunks } from './steps.ts'

const BATCHES: DecodeBatch[] = [
  { sequences: 1, contextTokens: 1 },
  { sequences: 1, contextTokens: 131_072 },
  { sequences: 300, contextTokens: 300 },
  ...Array.from({ length: 40 }, someBatch),
]

describe.each(cases)('latency model $name', ({ model, random }) => {
  it.each(BATCHES)('decodes $sequences at $contextTokens in increasing time from 0', batch => {
    expect(model.decodeSeconds(batch, 0)).toBe(0)
    let before = 0
    for (let steps = 1; steps <= 300; steps++) {
      const seconds = model.decodeSeconds(batch, steps)
      expect(seconds).toBeGreaterThan(before)
      before = seconds
    }
  })

  it.each(BATCHES)('sums its steps in closed form for $sequences at $contextTokens', batch => {
    let sum = 0
    for (let step = 1; step <= 2000; step++) {
      sum += model.gapSeconds(batch, step)
      if (step <= 4 || step % 97 === 0) {
        expect(relativeError(model.decodeSeconds(batch, step), sum)).toBeLessThan(1e-12)
      }
    }
  })

  it('prices a step alike from wherever the stretch began', () => {
    for (const batch of BATCHES) {
      for (const steps of [1, 7, 500]) {
        expect(model.gapSeconds(advanced(batch, steps), 3)).toBe(model.gapSeconds(batch, steps + 3))
      }
    }
  })

  it('never shortens a step within its steady steps', () => {
    for (const batch of BATCHES) {
      const last = Math.min(2000, model.steadySteps(batch))
      expect(last).toBeGreaterThanOrEqual(1)
      for (let step = 2; step <= last; step++) {
        expect(model.gapSeconds(batch, step)).toBeGreaterThanOrEqual(model.gapSeconds(batch, step - 1))
      }
    }
  })

  it('tells what a context token adds to a step of decodes', () => {
    if (random) return
    for (const batch of BATCHES) {
      const more = { ...batch, contextTokens: batch.contextTokens + 1_000_000 }
      const addedS = model.gapSeconds(more, 1) - model.gapSeconds(batch, 1)
      expect(addedS).toBeCloseTo(1e6 * model.contextSeconds, 12)
    }
  })

  it('tells what a context token adds to a step with chunks', () => {
    if (random) return
    for (const batch of BATCHES) {
      const chunks = someChunks()
      const more = { ...batch, contextTokens: batch.contextTokens + 1_000_000 }
      const addedS = model.stepSeconds(mixedStep(more, chunks)) - model.stepSeconds(mixedStep(batch, chunks))
      expect(addedS).toBeCloseTo(1e6 * model.contextSeconds, 12)
    }
  })

  it('leaves only what tokens share when the chunks and contexts of a step are taken off', () => {
    if (random) return
    for (const batch of [NO_DECODES, ...BATCHES]) {
      const chunks = someChunks()
      const rest = (moved: number) => {
        const step = mixedStep(
          batch,
          chunks.map(chunk => ({ ...chunk, cachedTokens: chunk.cachedTokens + moved })),
        )
        const ofChunks = chunks.reduce(
          (sum, chunk) => sum + model.chunkSeconds(chunk.tokens, chunk.cachedTokens + moved),
          0,
        )
        const context = batch.contextTokens + batch.sequences
        return model.stepSeconds(step) - ofChunks - model.contextSeconds * context
      }
      expect(rest(0)).toBeGreaterThanOrEqual(0)
      expect(Math.abs(rest(5000) - rest(0))).toBeLessThan(
        1e-12 * model.stepSeconds(mixedStep(batch, chunks)) + 1e-12,
      )
    }
  })

  it('never takes less for a step with chunks than for its decodes alone', () => {
    if (random) return
    for (const batch of BATCHES) {
      for (const chunks of [[{ tokens: 1, cachedTokens: 0 }], someChunks()]) {
        expect(model.stepSeconds(mixedStep(batch, chunks))).toBeGreaterThanOrEqual(model.gapSeconds(batch, 1))
      }
    }
  })

  it('never takes less for a step with chunks when a decode joins it', () => {
    if (random) return
    for (const batch of BATCHES) {
      const chunks = someChunks()
      const fewer = { sequences: batch.sequences - 1, contextTokens: batch.contextTokens - 1 }
      if (fewer.sequences === 0) fewer.contextTokens = 0
      const lessS = model.stepSeconds(mixedStep(fewer, chunks))
      expect(model.stepSeconds(mixedStep(batch, chunks))).toBeGreaterThanOrEqual(lessS)
    }
  })

  it('answers alike whatever was asked before', () => {
    for (const batch of BATCHES.slice(0, 8)) {
      const step = mixedStep(batch, [{ tokens: 900, cachedTokens: 64 }], 3)
      const first = [model.stepSeconds(step), model.decodeSeconds(batch, 9)]
      model.stepSeconds(mixedStep(NO_DECODES, [{ tokens: 40_000, cachedTokens: 0 }], 4))
      model.gapSeconds({ sequences: 5000, contextTokens: 5000 }, 1)
      expect([model.stepSeconds(step), model.decodeSeconds(batch, 9)]).toEqual(first)
    }
  })

  it('gives every step a positive, finite time', () => {
    for (const batch of [NO_DECODES, ...BATCHES]) {
      const seconds = model.stepSeconds(mixedStep(batch, someChunks(), 11))
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThan(Number.POSITIVE_INFINITY)
    }
  })
})
