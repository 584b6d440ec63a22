import { describe, expect, it } from 'vitest'
import { contextAt, contextRead } from '../../src/latency/context.ts'
import type { DecodeBatch } from '../../src/latency/contract.ts'
import { cases } from './cases.ts'
import {
  advanced,
  type Chunk,
  mixedStep,
  NO_DECODES,
  readBy,
  relativeError,
  someBatch,
  someChunks,
  somePacedBatch,
  within,
} from './steps.ts'

const BATCHES: DecodeBatch[] = [
  { sequences: 1, contextTokens: 1, longestTokens: 1 },
  { sequences: 1, contextTokens: 131_072, longestTokens: 131_072 },
  { sequences: 300, contextTokens: 300, longestTokens: 1 },
  ...Array.from({ length: 40 }, someBatch),
  ...Array.from({ length: 20 }, somePacedBatch),
]

/** The first number from `first` to `last` for which the law does not hold. */
function firstBreach(first: number, last: number, holds: (number: number) => boolean): number | undefined {
  for (let number = first; number <= last; number++) if (!holds(number)) return number
  return undefined
}

describe.each(cases)('latency model $name', ({ model, random, places, waits, blends }) => {
  const batches = BATCHES.map(batch => within(model.window, batch))
  const noDecodes = within(model.window, NO_DECODES)
  const isAffine = model.affineSeconds !== undefined
  const stepOf = (batch: DecodeBatch, chunks: readonly Chunk[], ordinal?: number) =>
    mixedStep(batch, chunks, ordinal, model.paddedTokens?.bind(model))

  it.each(batches)('decodes $sequences at $contextTokens in increasing time from 0', batch => {
    expect(model.decodeSeconds(batch, 0)).toBe(0)
    const isLonger = (steps: number) =>
      model.decodeSeconds(batch, steps) > model.decodeSeconds(batch, steps - 1)
    expect(firstBreach(1, 300, isLonger)).toBeUndefined()
  })

  it.each(batches)('sums its steps in closed form for $sequences at $contextTokens', batch => {
    let sum = 0
    for (let step = 1; step <= 2000; step++) {
      sum += model.gapSeconds(batch, step)
      if (step <= 4 || step % 97 === 0) {
        expect(relativeError(model.decodeSeconds(batch, step), sum)).toBeLessThan(1e-12)
      }
    }
  })

  /** Some steps of the law that holds at first. */
  function lawfulSteps(batch: DecodeBatch): number[] {
    return [1, 2, 100, 4097].map(steps => Math.min(steps, model.steadySteps(batch)))
  }

  it('hands over the very law by which it prices a stretch, where it has one', () => {
    if (!isAffine) return
    for (const batch of batches) {
      const contextS = model.contextSeconds(batch, 0)
      for (const steps of lawfulSteps(batch)) {
        const affineS = steps * model.affineSeconds!(batch) + contextS * contextRead(batch, steps)
        expect(model.decodeSeconds(batch, steps)).toBe(affineS)
        const gapS = model.affineSeconds!(batch) + contextS * contextAt(batch, steps)
        expect(model.gapSeconds(batch, steps)).toBe(gapS)
      }
    }
  })

  it('prices a step alike from wherever the stretch began', () => {
    for (const batch of batches) {
      for (const steps of [1, 7, 500]) {
        expect(model.gapSeconds(advanced(batch, steps), 3)).toBe(model.gapSeconds(batch, steps + 3))
      }
    }
  })

  it('never shortens a step within its steady steps', () => {
    for (const batch of batches) {
      const last = Math.min(2000, model.steadySteps(batch))
      expect(last).toBeGreaterThanOrEqual(1)
      const isNoShorter = (step: number) => model.gapSeconds(batch, step) >= model.gapSeconds(batch, step - 1)
      expect(firstBreach(2, last, isNoShorter)).toBeUndefined()
    }
  })

  it('tells what a context token that is read adds to a step of decodes', () => {
    if (random) return
    for (const batch of batches) {
      const more = { ...batch, contextTokens: batch.contextTokens + 1_000_000 }
      const addedS = model.gapSeconds(more, 1) - model.gapSeconds(batch, 1)
      expectTold(addedS, readBy(more) - readBy(batch), model.contextSeconds(batch, 0))
    }
  })

  it('tells what a context token that is read adds to a step with chunks', () => {
    if (random) return
    for (const batch of batches) {
      const chunks = someChunks()
      const more = { ...batch, contextTokens: batch.contextTokens + 1_000_000 }
      const addedS = model.stepSeconds(stepOf(more, chunks)) - model.stepSeconds(stepOf(batch, chunks))
      const contextS = model.contextSeconds(batch, chunks.length)
      expectTold(addedS, readBy(more) - readBy(batch), contextS)
    }
  })

  /** All of it where the model is affine; where parts of a step cannot be told apart, nothing. */
  function expectTold(addedS: number, readTokens: number, contextS: number): void {
    if (isAffine) expect(addedS).toBeCloseTo(readTokens * contextS, 12)
    else expect(contextS).toBe(0)
  }

  it('leaves only what tokens share when the chunks and contexts of a step are taken off', () => {
    if (random) return
    for (const batch of [noDecodes, ...batches]) {
      const chunks = someChunks()
      const members = batch.sequences + chunks.length
      const rest = (moved: number) => {
        const step = stepOf(
          batch,
          chunks.map(chunk => ({ ...chunk, cachedTokens: chunk.cachedTokens + moved })),
        )
        const ofChunks = chunks.reduce(
          (sum, chunk) => sum + model.chunkSeconds(chunk.tokens, chunk.cachedTokens + moved, members),
          0,
        )
        return model.stepSeconds(step) - ofChunks - model.contextSeconds(batch, chunks.length) * readBy(batch)
      }
      expect(rest(0)).toBeGreaterThanOrEqual(0)
      if (blends) continue
      const slack = 1e-12 * model.stepSeconds(stepOf(batch, chunks)) + 1e-12
      if (waits) expect(rest(5000)).toBeGreaterThanOrEqual(rest(0) - slack)
      else expect(Math.abs(rest(5000) - rest(0))).toBeLessThan(slack)
    }
  })

  it('never takes less for a step with chunks than for its decodes alone', () => {
    if (random) return
    for (const batch of batches) {
      for (const chunks of [[{ tokens: 1, cachedTokens: 0 }], someChunks()]) {
        expect(model.stepSeconds(stepOf(batch, chunks))).toBeGreaterThanOrEqual(model.gapSeconds(batch, 1))
      }
    }
  })

  // With fewer members than places a joining one shares out what one device had to itself.
  it('never takes less for a step with chunks when a decode joins it and every device has a part in it', () => {
    if (random) return
    for (const batch of batches) {
      const chunks = someChunks()
      if (batch.sequences - 1 + chunks.length < places) continue
      const fewer = { ...batch, sequences: batch.sequences - 1, contextTokens: batch.contextTokens - 1 }
      if (fewer.sequences === 0) fewer.contextTokens = 0
      const lessS = model.stepSeconds(stepOf(fewer, chunks))
      expect(model.stepSeconds(stepOf(batch, chunks))).toBeGreaterThanOrEqual(lessS)
    }
  })

  it('never takes less for a step of decodes when another joins and every device has a part in it', () => {
    if (random) return
    for (const batch of batches) {
      if (batch.sequences < places) continue
      const more = { ...batch, sequences: batch.sequences + 1, contextTokens: batch.contextTokens + 1 }
      expect(model.gapSeconds(more, 1)).toBeGreaterThanOrEqual(model.gapSeconds(batch, 1))
    }
  })

  it('answers alike whatever was asked before', () => {
    for (const batch of batches.slice(0, 8)) {
      const step = stepOf(batch, [{ tokens: 900, cachedTokens: 64 }], 3)
      const first = [model.stepSeconds(step), model.decodeSeconds(batch, 9)]
      model.stepSeconds(stepOf(noDecodes, [{ tokens: 40_000, cachedTokens: 0 }], 4))
      model.gapSeconds(within(model.window, { sequences: 5000, contextTokens: 5000, longestTokens: 1 }), 1)
      expect([model.stepSeconds(step), model.decodeSeconds(batch, 9)]).toEqual(first)
    }
  })

  it('gives every step a positive, finite time', () => {
    for (const batch of [noDecodes, ...batches]) {
      const seconds = model.stepSeconds(stepOf(batch, someChunks(), 11))
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThan(Number.POSITIVE_INFINITY)
    }
  })
})
