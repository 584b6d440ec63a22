import { describe, expect, it } from 'vitest'
import { Fixed } from '../../src/latency/fixed.ts'
import { Floored } from '../../src/latency/floored.ts'
import { Linear } from '../../src/latency/linear.ts'
import { mixedStep, NO_DECODES, relativeError } from './steps.ts'

/** Steps of 10 ms and 1 us for each context token. */
const line = new Linear({ stepS: 0.01, tokenS: 0, contextTokenS: 1e-6 })
const floor = { stepS: 0.012, sequenceS: 1e-4 }
const floored = new Floored(line, floor)
const SHORT = { sequences: 4, contextTokens: 400 }
const LONG = { sequences: 4, contextTokens: 40_000 }

describe('a floor under a model', () => {
  it('binds short steps by their sequences and leaves long ones as they are', () => {
    expect(floored.gapSeconds(SHORT, 1)).toBeCloseTo(0.0124, 15)
    expect(floored.gapSeconds(LONG, 1)).toBe(line.gapSeconds(LONG, 1))
    expect(floored.decodeSeconds(LONG, 50)).toBe(line.decodeSeconds(LONG, 50))
  })

  it('sums gaps across the step at which contexts outgrow it', () => {
    let sum = 0
    for (let step = 1; step <= 1500; step++) {
      sum += floored.gapSeconds(SHORT, step)
      expect(relativeError(floored.decodeSeconds(SHORT, step), sum)).toBeLessThan(1e-12)
    }
    expect(floored.gapSeconds(SHORT, 500)).toBeCloseTo(0.0124, 15)
    expect(floored.gapSeconds(SHORT, 501)).toBeGreaterThan(0.0124)
  })

  it('counts chunks as members of a step that carries them', () => {
    const chunks = Array.from({ length: 3 }, () => ({ tokens: 1, cachedTokens: 0 }))
    expect(floored.stepSeconds(mixedStep(SHORT, chunks))).toBeCloseTo(0.0127, 15)
    const large = mixedStep(NO_DECODES, [{ tokens: 9000, cachedTokens: 0 }])
    expect(floored.stepSeconds(large)).toBe(line.stepSeconds(large))
  })

  it('prices a step alike from wherever its stretch began', () => {
    const later = { sequences: 4, contextTokens: 400 + 4 * 480 }
    for (const step of [1, 19, 20, 21, 22, 40]) {
      expect(floored.gapSeconds(later, step)).toBe(floored.gapSeconds(SHORT, 480 + step))
    }
  })

  it('tells batches apart whatever was asked in between', () => {
    const first = floored.decodeSeconds(SHORT, 700)
    for (let i = 1; i < 300; i++) floored.decodeSeconds({ sequences: i, contextTokens: 7 * i }, 10)
    expect(floored.decodeSeconds(SHORT, 700)).toBe(first)
  })

  it('holds for ever under a model that never reaches it', () => {
    const low = new Floored(new Fixed({ stepS: 0.001 }), floor)
    expect(low.decodeSeconds(SHORT, 1e6)).toBeCloseTo(12400, 6)
  })

  it('is at least 0', () => {
    expect(() => new Floored(line, { stepS: -1, sequenceS: 0 })).toThrow('at least 0')
  })
})
