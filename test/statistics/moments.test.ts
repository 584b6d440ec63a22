import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { covariance, differences, mean, standardError, sum, variance } from '../../src/statistics/moments.ts'

const reals = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 40 })

/** By all pairs: half the mean square of how far two different values are from each other. */
function varianceByPairs(values: readonly number[]): number {
  const n = values.length
  const squares = values.flatMap(a => values.map(b => (a - b) ** 2))
  return sum(squares) / (2 * n * (n - 1))
}

describe('variance', () => {
  test('is that of all pairs', () => {
    fc.assert(
      fc.property(reals, values => {
        const byPairs = varianceByPairs(values)
        expect(Math.abs(variance(values) - byPairs)).toBeLessThanOrEqual(1e-9 * (1 + byPairs))
      }),
    )
  })

  test('is not lost beside a large mean', () => {
    expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBe(30)
  })

  test('is 0 of equal values, whose mean is exactly theirs', () => {
    const same = new Array<number>(7).fill(0.1)
    expect([mean(same), variance(same), standardError(same)]).toEqual([0.1, 0, 0])
  })

  test('is unknown of one value', () => {
    expect(variance([5])).toBeNaN()
  })
})

test('covariance is half of what a sum varies more than its parts', () => {
  const [a, b] = [
    [1, 2, 4, 8, 3],
    [2, 1, 5, 9, 0],
  ]
  const both = a.map((value, i) => value + b[i])
  expect(2 * covariance(a, b)).toBeCloseTo(variance(both) - variance(a) - variance(b), 12)
})

test('one NaN makes everything NaN, and nothing has no mean', () => {
  const values = Float64Array.of(1, Number.NaN, 3)
  expect([mean(values), variance(values), sum(values), mean([])]).toEqual(new Array(4).fill(Number.NaN))
  expect(mean([1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY)
})

test('values without a partner are refused', () => {
  expect(() => differences([1, 2], [1])).toThrow('2 values cannot be paired with 1')
  expect(() => covariance([1], [1, 2])).toThrow(RangeError)
})
