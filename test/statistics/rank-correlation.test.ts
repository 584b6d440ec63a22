import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partialRankCorrelations } from '../../src/statistics/partial-rank-correlation.ts'
import { correlation, rankCorrelation, ranks } from '../../src/statistics/rank-correlation.ts'
import { normalRows } from './draws.ts'

const reals = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
  minLength: 3,
  maxLength: 30,
})

describe('the rank correlation', () => {
  test('of the textbook’s ten (IQ and hours of television) is -29/165', () => {
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    expect(rankCorrelation(iq, hours)).toBeCloseTo(-29 / 165, 12)
  })

  test('puts equal values in the middle of their places', () => {
    expect([...ranks([30, 10, 20, 10, 10])]).toEqual([5, 2, 4, 2, 2])
  })

  test('does not change under what keeps the order, and turns its sign under what turns it', () => {
    fc.assert(
      fc.property(reals, pairs => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
        const plain = rankCorrelation(a, b)
        fc.pre(!Number.isNaN(plain))
        expect(rankCorrelation(a.map(Math.exp), b)).toBeCloseTo(plain, 12)
        expect(
          rankCorrelation(
            a,
            b.map(y => -(y ** 3)),
          ),
        ).toBeCloseTo(-plain, 12)
      }),
    )
  })

  test('is 1 of what rises together, and NaN of what does not vary or has a NaN', () => {
    expect(rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1000])).toBe(1)
    expect(rankCorrelation([1, 2, 3], [5, 5, 5])).toBeNaN()
    expect(rankCorrelation([1, Number.NaN, 3], [1, 2, 3])).toBeNaN()
    expect(() => rankCorrelation([1, 2], [1])).toThrow(RangeError)
  })
})

describe('partial rank correlations', () => {
  test('of two inputs are those of the formula for three variables', () => {
    const [x, z, noise] = normalRows('partial', 3, 60)
    const y = x.map((value, i) => value + 2 * z[i] + noise[i])
    const [xy, zy, xz] = [rankCorrelation(x, y), rankCorrelation(z, y), rankCorrelation(x, z)]
    const [ofX, ofZ] = partialRankCorrelations([x, z], y)
    expect(ofX).toBeCloseTo((xy - xz * zy) / Math.sqrt((1 - xz ** 2) * (1 - zy ** 2)), 10)
    expect(ofZ).toBeCloseTo((zy - xz * xy) / Math.sqrt((1 - xz ** 2) * (1 - xy ** 2)), 10)
  })

  test('see an input that a stronger one hides, and not one that only goes with it', () => {
    const [strong, weak, noise, other] = normalRows('hidden', 4, 400)
    const along = strong.map((value, i) => value + other[i])
    const y = strong.map((value, i) => 10 * value + weak[i] + 0.2 * noise[i])
    const [, ofWeak, ofAlong] = partialRankCorrelations([strong, weak, along], y)
    expect(ofWeak).toBeGreaterThan(2 * Math.abs(correlation(weak, y)))
    expect(rankCorrelation(along, y)).toBeGreaterThan(0.6)
    expect(Math.abs(ofAlong)).toBeLessThan(ofWeak / 3)
  })

  test('where one explains everything, nothing is left for the others', () => {
    const [x, z] = normalRows('whole', 2, 30)
    expect(partialRankCorrelations([x, z], x.map(Math.exp))).toEqual([1, 0].map(it => expect.closeTo(it, 9)))
  })

  test('are unknown where inputs cannot be told apart, do not vary, or points are too few', () => {
    const [x, y] = normalRows('same', 2, 30)
    expect(partialRankCorrelations([x, x.map(Math.exp)], y)).toEqual([Number.NaN, Number.NaN])
    expect(partialRankCorrelations([x.map(() => 1)], y)).toEqual([Number.NaN])
    expect(
      partialRankCorrelations(
        [
          [1, 2],
          [2, 1],
        ],
        [1, 2],
      ),
    ).toEqual([Number.NaN, Number.NaN])
  })
})
