import { describe, expect, test } from 'vitest'
import { batchMeans, serialCorrelation } from '../../src/statistics/batch-means.ts'
import { meanInterval } from '../../src/statistics/interval.ts'
import { mean } from '../../src/statistics/moments.ts'
import { autoregressive, normalRows, share } from './draws.ts'

const MEMORY = 0.95

describe('one long run', () => {
  const long = autoregressive('one long run', 64_003, MEMORY, 0)

  test('is divided into 32 batches that know nothing of each other, what is left over cut from the front', () => {
    const { interval, batchSize, isIndependent } = batchMeans(long, 0.95)
    expect([interval.n, batchSize, isIndependent]).toEqual([32, 2000, true])
    expect(interval.estimate).toBeCloseTo(mean(long.subarray(3)), 10)
  })

  test('is as unsure as its memory makes it: some 39 times the variance of as many independent values', () => {
    const asIndependent = meanInterval(long, 0.95).halfWidth
    const widening = batchMeans(long, 0.95).interval.halfWidth / asIndependent
    const expected = Math.sqrt((1 + MEMORY) / (1 - MEMORY))
    expect(widening / expected).toBeGreaterThan(0.7)
    expect(widening / expected).toBeLessThan(1.4)
  })
})

describe('a run that is too short for its memory', () => {
  test('gets longer batches, and says so where even those go together', () => {
    const drifting = Array.from({ length: 320 }, (_, i) => i)
    expect(batchMeans(drifting, 0.95)).toMatchObject({
      batchSize: 40,
      isIndependent: false,
      interval: { n: 8 },
    })
  })

  test('is divided into fewer where fewer are independent', () => {
    const paired = Float64Array.from(
      { length: 320 },
      (_, i) => [3, 1, 2, 2, 1, 3, 1, 2, 3, 1, 3, 2, 2, 1, 3, 1][(i / 20) | 0],
    )
    expect(batchMeans(paired, 0.95)).toMatchObject({
      batchSize: 20,
      isIndependent: true,
      interval: { n: 16 },
    })
  })

  test('of fewer than eight values has an endless interval', () => {
    expect(batchMeans([1, 2, 3], 0.95)).toMatchObject({
      interval: { estimate: 2, halfWidth: Infinity, n: 0 },
      batchSize: 0,
      isIndependent: false,
    })
  })
})

test('von Neumann’s ratio by hand: rising values go together, alternating ones apart, equal ones neither', () => {
  expect(serialCorrelation([1, 2, 3, 4])).toBeCloseTo(1 - 3 / 10, 12)
  expect(serialCorrelation([1, -1, 1, -1])).toBeCloseTo(1 - 12 / 8, 12)
  expect(serialCorrelation([4, 4, 4])).toBe(0)
})

test('independent values keep their 32 batches nine times in ten', () => {
  const kept = share(normalRows('white', 1000, 64), row => batchMeans(row, 0.95).interval.n === 32)
  expect(Math.abs(kept - 0.9)).toBeLessThan(0.03)
})

test('a NaN is not taken for independence', () => {
  expect(batchMeans(new Float64Array(64).fill(Number.NaN), 0.95).isIndependent).toBe(false)
})
