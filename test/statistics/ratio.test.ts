import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mean, standardError } from '../../src/statistics/moments.ts'
import { criticalT } from '../../src/statistics/quantile-functions.ts'
import { ratioInterval } from '../../src/statistics/ratio.ts'

const USD = [12.1, 10.4, 14.9, 11.3, 13.8, 9.7]
const MTOK = [2.9, 2.2, 3.4, 2.6, 3.1, 2.5]

const positive = fc.double({ min: 5, max: 9, noNaN: true })
const pairs = fc.array(fc.tuple(positive, positive), { minLength: 4, maxLength: 20 })

describe('the interval of a ratio of sums', () => {
  test('is around the sum over the sum', () => {
    const { estimate, low, high, n } = ratioInterval(USD, MTOK, 0.95)
    expect(estimate).toBeCloseTo(72.2 / 16.7, 12)
    expect([low < estimate, estimate < high, n]).toEqual([true, true, 6])
  })

  test('ends where a t test begins to tell the ratio apart', () => {
    const { low, high } = ratioInterval(USD, MTOK, 0.95)
    for (const ratio of [low, high]) {
      const off = USD.map((usd, i) => usd - ratio * MTOK[i])
      expect(Math.abs(mean(off) / standardError(off))).toBeCloseTo(criticalT(0.95, 5), 9)
    }
  })

  test('has a width of 0 where every replication has the same ratio', () => {
    const { estimate, halfWidth } = ratioInterval([10, 12, 14, 10], [5, 6, 7, 5], 0.95)
    expect([estimate, halfWidth]).toEqual([2, 0])
  })

  test('upside down is that of the ratio upside down', () => {
    fc.assert(
      fc.property(pairs, of => {
        const [a, b] = [of.map(([top]) => top), of.map(([, bottom]) => bottom)]
        const plain = ratioInterval(a, b, 0.9)
        const turned = ratioInterval(b, a, 0.9)
        expect(turned.low).toBeCloseTo(1 / plain.high, 9)
        expect(turned.high).toBeCloseTo(1 / plain.low, 9)
      }),
    )
  })

  test('scales with its units', () => {
    const perToken = ratioInterval(
      USD,
      MTOK.map(million => million * 2 ** 20),
      0.95,
    )
    expect(perToken.halfWidth * 2 ** 20).toBeCloseTo(ratioInterval(USD, MTOK, 0.95).halfWidth, 12)
  })
})

describe('what says little or nothing', () => {
  test('a denominator that may be 0 leaves any ratio possible', () => {
    const { low, high, estimate } = ratioInterval([1, 2, 3], [-1, 5, 1], 0.95)
    expect([estimate, low, high]).toEqual([1.2, -Infinity, Infinity])
  })

  test('so does one replication', () => {
    expect(ratioInterval([6], [2], 0.95)).toMatchObject({ estimate: 3, low: -Infinity, high: Infinity, n: 1 })
  })

  test('a NaN makes all NaN, and numerators without a denominator are refused', () => {
    const { estimate, low, halfWidth } = ratioInterval([1, Number.NaN], [1, 1], 0.95)
    expect([estimate, low, halfWidth]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(() => ratioInterval([1, 2], [1], 0.95)).toThrow('2 values cannot be paired with 1')
  })
})
