import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pairedDifference } from '../../src/statistics/paired.ts'

// Hours of sleep gained by each of ten patients under two drugs (Student 1908).
const DEXTRO = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
const LAEVO = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

const latency = fc.double({ min: 1, max: 3, noNaN: true })
const runs = fc.array(fc.tuple(latency, latency), { minLength: 3, maxLength: 25 })
const sidesOf = (pairs: [number, number][]) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const

describe('published examples', () => {
  test('Student’s sleepers: -1.58, from -2.460 to -0.700, p 0.002833', () => {
    const { difference, pValue } = pairedDifference(DEXTRO, LAEVO, 0.95)
    expect(difference.estimate).toBeCloseTo(-1.58, 12)
    expect(difference.low).toBeCloseTo(-2.4598858, 6)
    expect(difference.high).toBeCloseTo(-0.7001142, 6)
    expect(pValue).toBeCloseTo(0.00283289, 7)
  })

  test('two inventory policies (Law, Simulation Modeling and Analysis, 10.2): 4.98, from 1.65 to 8.31', () => {
    const a = [126.97, 124.31, 126.68, 122.66, 127.23]
    const b = [118.21, 120.22, 122.45, 122.68, 119.4]
    const { estimate, low, high } = pairedDifference(a, b, 0.9).difference
    expect([estimate, low, high].map(it => it.toFixed(2))).toEqual(['4.98', '1.65', '8.31'])
  })
})

describe('a paired difference', () => {
  test('is told from 0 by its interval, its relative interval and its p value alike', () => {
    fc.assert(
      fc.property(runs, pairs => {
        const { difference, relative, pValue } = pairedDifference(...sidesOf(pairs), 0.95)
        fc.pre(Number.isFinite(relative.low) && Math.abs(pValue - 0.05) > 1e-5 && difference.halfWidth > 1e-9)
        const excludes = ({ low, high }: { low: number; high: number }) => low > 0 || high < 0
        expect([excludes(difference), excludes(relative)]).toEqual([pValue < 0.05, pValue < 0.05])
      }),
    )
  })

  test('is turned round when A and B change places', () => {
    fc.assert(
      fc.property(runs, pairs => {
        const [a, b] = sidesOf(pairs)
        const there = pairedDifference(a, b, 0.95)
        const back = pairedDifference(b, a, 0.95)
        expect(back.difference.low).toBe(-there.difference.high)
        expect(back.pValue).toBe(there.pValue)
      }),
    )
  })

  test('relative to B is the ratio of the means less 1, in any unit', () => {
    const { relative } = pairedDifference([88, 90, 86], [100, 101, 99], 0.95)
    expect(relative.estimate).toBeCloseTo(264 / 300 - 1, 12)
    const inMs = pairedDifference([88e3, 90e3, 86e3], [100e3, 101e3, 99e3], 0.95)
    expect(inMs.relative.low).toBeCloseTo(relative.low, 12)
  })

  test('leaves out what both have met', () => {
    const shared = [50, 900, 3, 420, 77]
    const a = shared.map((met, i) => met + [1, 1.1, 0.9, 1, 1.05][i])
    expect(pairedDifference(a, shared, 0.95).pValue).toBeLessThan(1e-4)
  })

  test('of A and A is 0, sure, and never significant', () => {
    expect(pairedDifference(LAEVO, LAEVO, 0.95)).toMatchObject({
      difference: { estimate: 0, halfWidth: 0 },
      pValue: 1,
    })
  })

  test('of a constant gap is no surer than the signs of so many pairs', () => {
    expect(pairedDifference([1, 1], [0, 0], 0.95).pValue).toBe(0.5)
    expect(pairedDifference([3, 5, 9], [1, 3, 7], 0.95)).toMatchObject({
      difference: { low: 2, high: 2 },
      pValue: 0.25,
    })
    // Of which rounding makes three different gaps.
    const tenths = [0.1, 1.7, 23.3]
    const shifted = tenths.map(value => value + 0.7)
    expect(new Set(shifted.map((value, i) => value - tenths[i])).size).toBeGreaterThan(1)
    expect(pairedDifference(shifted, tenths, 0.95).pValue).toBe(0.25)
  })
})

test('one pair or a NaN among them tell nothing', () => {
  const one = pairedDifference([3], [2], 0.95)
  expect(one).toMatchObject({ difference: { estimate: 1, halfWidth: Infinity }, pValue: Number.NaN })
  const { difference, relative, pValue } = pairedDifference([1, Number.NaN], [1, 2], 0.95)
  expect([difference.estimate, relative.estimate, pValue]).toEqual([Number.NaN, Number.NaN, Number.NaN])
})
