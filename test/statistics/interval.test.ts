import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meanInterval } from '../../src/statistics/interval.ts'

const reals = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 30 })

describe('the interval of a mean', () => {
  test('is that of the worked example of Law, Simulation Modeling and Analysis, 4.27: 1.34 ± 0.24', () => {
    const values = [1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09]
    const { estimate, low, high, halfWidth, n, confidence } = meanInterval(values, 0.9)
    expect([estimate, halfWidth, low, high].map(it => it.toFixed(2))).toEqual([
      '1.34',
      '0.24',
      '1.11',
      '1.58',
    ])
    expect([n, confidence]).toEqual([10, 0.9])
  })

  test('moves and stretches with the values', () => {
    fc.assert(
      fc.property(
        reals,
        fc.integer({ min: -50, max: 50 }),
        fc.constantFrom(-4, 0.5, 2),
        (values, by, times) => {
          const plain = meanInterval(values, 0.95)
          const moved = meanInterval(
            Float64Array.from(values, value => times * value + by),
            0.95,
          )
          expect(moved.estimate).toBeCloseTo(times * plain.estimate + by, 8)
          expect(moved.halfWidth).toBeCloseTo(Math.abs(times) * plain.halfWidth, 8)
        },
      ),
    )
  })

  test('is the wider the surer', () => {
    const widths = [0.5, 0.9, 0.95, 0.99].map(confidence => meanInterval([1, 2, 4], confidence).halfWidth)
    expect(widths).toEqual(widths.toSorted((a, b) => a - b))
  })
})

describe('what says little or nothing', () => {
  test('one value has an endless interval', () => {
    const { estimate, low, high, halfWidth } = meanInterval([3], 0.95)
    expect([estimate, low, high, halfWidth]).toEqual([3, -Infinity, Infinity, Infinity])
  })

  test.each([
    ['no value', []],
    ['a NaN among them', [1, Number.NaN, 3]],
  ])('%s leaves NaN throughout, and n as given', (_, values) => {
    const { estimate, low, high, halfWidth, n } = meanInterval(values, 0.95)
    expect([estimate, low, high, halfWidth]).toEqual(new Array(4).fill(Number.NaN))
    expect(n).toBe(values.length)
  })

  test('an endless value has a mean and no interval', () => {
    const { estimate, halfWidth } = meanInterval([1, Number.POSITIVE_INFINITY], 0.95)
    expect([estimate, halfWidth]).toEqual([Infinity, Number.NaN])
  })

  test.each([0, 95])('a confidence of %d is refused, also of one value', confidence => {
    expect(() => meanInterval([1], confidence)).toThrow('is not in (0, 1)')
  })
})
