import { describe, expect, test } from 'vitest'
import { meanInterval } from '../../src/statistics/interval.ts'
import { variance } from '../../src/statistics/moments.ts'
import { criticalT, studentQuantile } from '../../src/statistics/quantile-functions.ts'
import { isNarrow, moreToNarrow, moreToSeparate } from '../../src/statistics/sequential.ts'
import { normalRows, share } from './draws.ts'

const SEEN = [10, 11, 9, 12, 8]

test('an interval is narrow in proportion to its estimate, whichever sign that has', () => {
  const interval = meanInterval([99, 100, 101], 0.95)
  expect([0.02, 0.03].map(relative => isNarrow(interval, relative))).toEqual([false, true])
  expect(isNarrow(meanInterval([-99, -100, -101], 0.95), 0.03)).toBe(true)
  expect(isNarrow(meanInterval([5], 0.95), 0.5)).toBe(false)
  expect(isNarrow(meanInterval([5, Number.NaN], 0.95), 0.5)).toBe(false)
})

describe('how many more', () => {
  test('would make it narrow: the least number that does, counted one by one', () => {
    const halfWidth = (n: number) => criticalT(0.95, n - 1) * Math.sqrt(variance(SEEN) / n)
    let n = SEEN.length
    while (halfWidth(n) > 0.05 * 10) n++
    expect(moreToNarrow(SEEN, 0.05, 0.95)).toBe(n - SEEN.length)
  })

  test('would separate: the least number whose two quantiles of t fit into the gap', () => {
    const gains = [1, 2, -1, 0.5, 0.2]
    const needed = (n: number) =>
      (criticalT(0.99, n - 1) + studentQuantile(0.8, n - 1)) * Math.sqrt(variance(gains) / n)
    let n = gains.length
    while (needed(n) > 0.54) n++
    expect(moreToSeparate(gains, 0.99)).toBe(n - gains.length)
  })

  test('none, where it is narrow or apart already', () => {
    expect([moreToNarrow(SEEN, 0.5, 0.95), moreToSeparate([3, 3.1, 2.9], 0.95)]).toEqual([0, 0])
    expect(moreToNarrow([5, 5], 0, 0.95)).toBe(0)
  })

  test('of differences all alike, so many that their signs are no chance', () => {
    // 2^(1 - 6) is the first below 0.05.
    expect(moreToSeparate([2, 2], 0.95)).toBe(4)
    expect(moreToSeparate([2, 2, 2, 2, 2, 2], 0.95)).toBe(0)
  })

  test('no number would do for a mean of 0, and a single value says nothing', () => {
    expect([moreToNarrow([-1, 1], 0.05, 0.95), moreToSeparate([-1, 1], 0.95)]).toEqual([Infinity, Infinity])
    expect(moreToSeparate([0, 0], 0.95)).toBe(Infinity)
    expect([moreToNarrow([1], 0.05, 0.95), moreToSeparate([1], 0.95)]).toEqual([Number.NaN, Number.NaN])
  })

  test('so many do separate in four of five cases where the truth is as seen', () => {
    const seen = [0.5 - Math.SQRT2, 0.5, 0.5 + Math.SQRT2, 0.5]
    const n = seen.length + moreToSeparate(seen, 0.95)
    const rows = normalRows('power', 600, n, 0.5, Math.sqrt(variance(seen)))
    const separated = share(rows, row => meanInterval(row, 0.95).low > 0)
    expect(separated).toBeGreaterThan(0.75)
    expect(separated).toBeLessThan(0.85)
  })
})
