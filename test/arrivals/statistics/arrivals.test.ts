import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JointMoments, rankCorrelation } from '../../../src/arrivals/statistics/correlation.ts'
import { Hours } from '../../../src/arrivals/statistics/hours.ts'
import { LengthPairs } from '../../../src/arrivals/statistics/pairs.ts'
import { RateSteps, widened } from '../../../src/arrivals/statistics/rate-curve.ts'
import { Windows } from '../../../src/arrivals/statistics/windows.ts'
import * as naive from './naive.ts'

describe('windows', () => {
  const times = fc
    .array(fc.oneof(fc.constant(0), fc.nat(4), fc.double({ min: 0, max: 30, noNaN: true })), {
      maxLength: 60,
    })
    .map(gaps => {
      let timeS = 0
      return [0, ...gaps.map(gap => (timeS += gap))]
    })

  test('count as a list does, the last, cut short, left out', () => {
    fc.assert(
      fc.property(times, fc.constantFrom(1, 7, 60), (list, widthS) => {
        const windows = new Windows(widthS)
        for (const timeS of list) windows.add(timeS)
        const counts = naive.windowCounts(list, widthS)
        const found = windows.counts()
        expect(found.windows).toBe(counts.length)
        if (counts.length < 2) return
        expect(found.mean).toBeCloseTo(naive.mean(counts), 9)
        expect([found.most, found.least]).toEqual([Math.max(...counts), Math.min(...counts)])
        if (counts.length < 5) expect(found.fano).toBeNaN()
        else expect(found.fano).toBeCloseTo(naive.variance(counts) / naive.mean(counts), 6)
      }),
    )
  })

  test('take an arrival at an edge into the window that it begins', () => {
    const windows = new Windows(10)
    for (const timeS of [0, 10, 10, 20, 30, 40, 50]) windows.add(timeS)
    expect(windows.counts()).toMatchObject({ windows: 5, most: 2, least: 1, mean: 6 / 5 })
  })
})

test('the curve of the rate keeps every arrival while its steps double', () => {
  const steps = new RateSteps()
  for (let i = 0; i < 10_000; i++) steps.add(i * 3.3)
  const { stepS, counts } = steps.curve()
  expect(stepS).toBe(32)
  expect(counts.length).toBe(Math.floor((9999 * 3.3) / 32) + 1)
  expect(counts.reduce((a, b) => a + b, 0)).toBe(10_000)
  expect(counts[100]).toBe(
    naive.windowCounts(
      Array.from({ length: 2000 }, (_, i) => i * 3.3),
      32,
    )[100],
  )
  const wide = widened({ stepS, counts }, 10)
  expect(wide.counts.length).toBeLessThanOrEqual(10)
  expect(wide.counts.reduce((a, b) => a + b, 0)).toBe(10_000)
})

describe('hours', () => {
  /** A request on every second, and more of them in the third hour of each day; four tokens each. */
  function threeDays(): Hours {
    const hours = new Hours()
    for (let second = 0; second <= 3 * 86_400; second += 4) {
      const times = Math.floor(second / 3600) % 24 === 2 ? 3 : 1
      for (let i = 0; i < times; i++) hours.add(second, 4)
    }
    return hours
  }

  test('fold into the hour of the day', () => {
    const {
      hourOfDay,
      peakOverMean,
      peakOverTrough,
      dailyAutocorrelation,
      tokenCorrelation,
      days,
      dayOfWeek,
    } = threeDays().shape()!
    const mean = 26 / 24
    expect(hourOfDay[2]).toBeCloseTo(3 / mean, 9)
    expect(hourOfDay[3]).toBeCloseTo(1 / mean, 9)
    expect(peakOverMean).toBeCloseTo(3 / mean, 9)
    expect(peakOverTrough).toBeCloseTo(3, 9)
    expect(days.map(day => Number(day.toFixed(9)))).toEqual([1, 1, 1])
    expect(dayOfWeek).toEqual([])
    expect(dailyAutocorrelation).toBeCloseTo(2 / 3, 9)
    expect(tokenCorrelation).toBeCloseTo(1, 9)
  })

  test('need a day', () => {
    const hours = new Hours()
    for (let second = 0; second < 80_000; second += 50) hours.add(second, 1)
    expect(hours.shape()).toBeUndefined()
    hours.add(86_399, 1)
    expect(hours.shape()?.counts.length).toBe(24)
  })

  test('of an absurd span are none', () => {
    const hours = new Hours()
    for (const timeS of [0, 1, 1e15]) hours.add(timeS, 1)
    expect(hours.shape()).toBeUndefined()
  })
})

describe('correlations', () => {
  const pairs = fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { minLength: 3, maxLength: 50 })

  test('are those of the plain lists, ranks of equal values shared', () => {
    fc.assert(
      fc.property(pairs, list => {
        const [xs, ys] = [list.map(pair => pair[0]), list.map(pair => pair[1])]
        fc.pre(naive.variance(xs) > 0 && naive.variance(ys) > 0)
        const moments = new JointMoments()
        for (const [x, y] of list) moments.add(x, y)
        expect(moments.correlation()).toBeCloseTo(naive.pearson(xs, ys), 9)
        const spearman = naive.pearson(naive.ranks(xs), naive.ranks(ys))
        expect(rankCorrelation(Int32Array.from(xs), Int32Array.from(ys))).toBeCloseTo(spearman, 9)
      }),
    )
  })

  test('do not cancel around large means', () => {
    const moments = new JointMoments()
    for (const [x, y] of [
      [1, 2],
      [2, 1],
      [3, 5],
      [4, 3],
    ])
      moments.add(1e9 + x, 1e9 + y)
    expect(moments.correlation()).toBeCloseTo(naive.pearson([1, 2, 3, 4], [2, 1, 5, 3]), 7)
  })

  test('of one value are unknown', () => {
    expect(rankCorrelation(Int32Array.of(1, 1), Int32Array.of(1, 2))).toBeNaN()
  })

  test('of long traces are of requests an even stride apart', () => {
    const sampled = new LengthPairs(8)
    const every = new LengthPairs()
    for (let i = 0; i < 100; i++) sampled.add(1 + ((7 * i) % 50), 1 + ((11 * i) % 30))
    for (let i = 0; i < 100; i += 16) every.add(1 + ((7 * i) % 50), 1 + ((11 * i) % 30))
    expect(sampled.correlation().sampled).toBe(7)
    expect(sampled.correlation().spearman).toBe(every.correlation().spearman)
  })
})
