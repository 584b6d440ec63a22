import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bracketOf, type Judgement } from '../../src/experiments/bracket.ts'

const RANGE = { lowestPerS: 1, highestPerS: 100, tolerance: 0.01 }

/** Holds up to one rate, fails from another on, and cannot be told in between. */
function judgeOf(holdsTo: number, failsFrom: number, asked: number[] = []) {
  return (ratePerS: number): Promise<Judgement> => {
    asked.push(ratePerS)
    const judgement = ratePerS <= holdsTo ? 'holds' : ratePerS >= failsFrom ? 'fails' : 'unclear'
    return Promise.resolve(judgement)
  }
}

const rate = fc.double({ min: 1, max: 100, noNaN: true })

describe('a bracket', () => {
  it('closes on where holding ends and where failing begins, to the tolerance each, asking for no rate twice', () =>
    fc.assert(
      fc.asyncProperty(rate, rate, async (a, b) => {
        const [holdsTo, failsFrom] = [Math.min(a, b), Math.max(a, b)]
        const asked: number[] = []
        const { holdsPerS, failsPerS } = await bracketOf(judgeOf(holdsTo, failsFrom, asked), RANGE)
        expect(new Set(asked).size).toBe(asked.length)
        if (failsFrom === 1) return
        expect(holdsPerS).toBeLessThanOrEqual(holdsTo)
        expect(holdsPerS).toBeGreaterThanOrEqual(holdsTo / 1.01)
        expect(failsPerS).toBeGreaterThanOrEqual(failsFrom)
        expect(failsPerS).toBeLessThanOrEqual(failsFrom * 1.01)
      }),
    ))

  it('asks for no more than bisection needs where all can be told', async () => {
    const asked: number[] = []
    const { holdsPerS, failsPerS } = await bracketOf(judgeOf(30, 30.000001, asked), RANGE)
    expect(failsPerS / holdsPerS).toBeLessThanOrEqual(1.01)
    expect(asked.length).toBe(2 + Math.ceil(Math.log2(Math.log(100) / Math.log(1.01))))
  })

  it.each([
    ['holds everywhere', 1000, 2000, { holdsPerS: 100, failsPerS: Number.NaN }, 2],
    ['fails everywhere', 0.1, 0.2, { holdsPerS: Number.NaN, failsPerS: 1 }, 1],
    ['can be told nowhere', 0.1, 2000, { holdsPerS: Number.NaN, failsPerS: Number.NaN }, 2],
  ])('is open where it %s', async (_, holdsTo, failsFrom, expected, asks) => {
    const asked: number[] = []
    expect(await bracketOf(judgeOf(holdsTo, failsFrom, asked), RANGE)).toEqual(expected)
    expect(asked).toHaveLength(asks)
  })

  it('finds the one edge where the range lacks the other', async () => {
    const above = await bracketOf(judgeOf(0.1, 50), RANGE)
    expect(above.holdsPerS).toBeNaN()
    expect(above.failsPerS / 50).toBeCloseTo(1, 1)
    const below = await bracketOf(judgeOf(50, 1000), RANGE)
    expect(below.holdsPerS / 50).toBeCloseTo(1, 1)
    expect(below.failsPerS).toBeNaN()
  })

  it('takes the lowest failing rate where chance has a higher one hold', async () => {
    const judge = (ratePerS: number): Promise<Judgement> =>
      Promise.resolve(ratePerS < 5 || ratePerS === 10 ? 'holds' : ratePerS > 7 ? 'fails' : 'unclear')
    const { holdsPerS, failsPerS } = await bracketOf(judge, { ...RANGE, tolerance: 0.5 })
    expect(holdsPerS).toBeLessThan(failsPerS)
  })
})
