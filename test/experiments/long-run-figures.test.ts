import jStat from 'jstat'
import { describe, expect, it } from 'vitest'
import { exponential, stream } from '../../src/core/random.ts'
import { runMean, runQuantile, runShare } from '../../src/experiments/long-run-figures.ts'
import { quantileInterval } from '../../src/statistics/quantile.ts'
import { autoregressive } from '../statistics/draws.ts'

const CONFIDENCE = 0.95

/** Mean ± t s / √k over k batches, one value after another. */
function naiveBatchMeans(values: readonly number[], batches: number): readonly [mean: number, half: number] {
  const size = Math.floor(values.length / batches)
  const kept = values.slice(values.length - batches * size)
  const means: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    let total = 0
    for (let i = 0; i < size; i++) total += kept[batch * size + i]
    means.push(total / size)
  }
  const centre = means.reduce((total, each) => total + each, 0) / batches
  let squares = 0
  for (const each of means) squares += (each - centre) ** 2
  const half = jStat.studentt.inv(0.975, batches - 1) * Math.sqrt(squares / (batches - 1) / batches)
  return [values.reduce((total, each) => total + each, 0) / values.length, half]
}

function independent(name: string, length: number): Float64Array {
  const random = stream(1, name)
  return Float64Array.from({ length }, () => exponential(random, 1))
}

describe('the mean of a run', () => {
  it('is that of all values, give or take what naive batches say', () => {
    const values = autoregressive('a long run', 64_007, 0.9, 0)
    const { interval, longer } = runMean(values, CONFIDENCE)
    const [mean, half] = naiveBatchMeans([...values], interval.n)
    expect(longer).toBe(1)
    expect(interval.estimate).toBeCloseTo(mean, 10)
    expect(interval.halfWidth).toBeCloseTo(half, 7)
    expect(interval.low).toBeCloseTo(mean - half, 7)
  })

  it.each([0.99, 0.999])(
    'is told only by a run of many memories, and asks for some 80 to 320 parts of 1.6 (%f)',
    memory => {
      const memoryValues = -1 / Math.log(memory)
      const part = 1.585 * memoryValues
      const length = Math.round(64 * memoryValues)
      const asked = ['a', 'b', 'c', 'd', 'e'].map(
        name => length * runMean(autoregressive(name, length, memory, 0), CONFIDENCE).longer,
      )
      const [least, , middle, , most] = asked.sort((a, b) => a - b)
      expect(least).toBeGreaterThan(length)
      expect(middle).toBeGreaterThan(80 * part * 0.8)
      expect(most).toBeLessThan(320 * part * 1.5)
      const long = autoregressive('long', Math.round(4 * 320 * part), memory, 0)
      expect(runMean(long, CONFIDENCE).longer).toBe(1)
    },
  )

  it('needs 320 values, whatever they are', () => {
    expect(runMean(new Float64Array(319).fill(1), CONFIDENCE).longer).toBeCloseTo(320 / 319, 12)
    expect(runMean(new Float64Array(320).fill(1), CONFIDENCE).longer).toBe(1)
    expect(Number.isFinite(runMean(new Float64Array(0), CONFIDENCE).longer)).toBe(true)
  })
})

describe('the p99 of a run', () => {
  it('has at least the interval of independent values, and hardly a wider one where they are', () => {
    const values = independent('independent', 20_000)
    const { interval, longer } = runQuantile(values, 0.99, CONFIDENCE)
    const sharp = quantileInterval(values.slice().sort(), 0.99, CONFIDENCE)
    expect(longer).toBe(1)
    expect(interval.estimate).toBe(sharp.estimate)
    expect(interval.low).toBeLessThanOrEqual(sharp.low)
    expect(interval.high).toBeGreaterThanOrEqual(sharp.high)
    expect(interval.halfWidth / sharp.halfWidth).toBeLessThan(1.6)
  })

  it('is as unsure as if there were so many fewer values as each is repeated', () => {
    const times = 20
    const widenings = ['a', 'b', 'c', 'd', 'e'].map(name => {
      const once = independent(name, 10_000)
      const values = Float64Array.from({ length: times * once.length }, (_, i) => once[Math.floor(i / times)])
      const sharp = quantileInterval(once.slice().sort(), 0.99, CONFIDENCE)
      return runQuantile(values, 0.99, CONFIDENCE).interval.halfWidth / sharp.halfWidth
    })
    const middle = widenings.sort((a, b) => a - b)[2]
    expect(middle).toBeGreaterThan(0.85)
    expect(middle).toBeLessThan(1.35)
  })

  it('needs ten values beyond it, and as many as bound it from above', () => {
    expect(runQuantile(independent('few', 500), 0.99, CONFIDENCE).longer).toBeGreaterThanOrEqual(2)
    const { interval } = runQuantile(independent('few', 330), 0.99, CONFIDENCE)
    expect(interval.high).toBe(Number.POSITIVE_INFINITY)
  })

  it('is a point where all values are alike', () => {
    const { interval, longer } = runQuantile(new Float64Array(2000).fill(3), 0.99, CONFIDENCE)
    expect([interval.low, interval.estimate, interval.high, longer]).toEqual([3, 3, 3, 1])
  })
})

describe('a share of a run', () => {
  it('is not beyond doubt where all flags are 1: none of n leaves z² / (n + z²) open', () => {
    const { interval } = runShare(new Float64Array(5000).fill(1), CONFIDENCE)
    const z2 = jStat.normal.inv(0.975, 0, 1) ** 2
    expect([interval.estimate, interval.high]).toEqual([1, 1])
    expect(interval.low).toBeCloseTo(1 - z2 / (5000 + z2), 10)
  })

  it('is some √20 times as unsure where flags come twenty at a time', () => {
    const random = stream(1, 'flags')
    const once = Float64Array.from({ length: 2000 }, () => (random() < 0.9 ? 1 : 0))
    const together = Float64Array.from({ length: 40_000 }, (_, i) => once[Math.floor(i / 20)])
    const apart = Float64Array.from({ length: 40_000 }, () => (random() < 0.9 ? 1 : 0))
    const wider =
      runShare(together, CONFIDENCE).interval.halfWidth / runShare(apart, CONFIDENCE).interval.halfWidth
    expect(wider).toBeGreaterThan(0.7 * Math.sqrt(20))
    expect(wider).toBeLessThan(1.5 * Math.sqrt(20))
  })

  it('stays between 0 and 1', () => {
    const flags = Float64Array.from({ length: 640 }, (_, i) => (i % 320 < 2 ? 0 : 1))
    const { low, high } = runShare(flags, CONFIDENCE).interval
    expect(low).toBeGreaterThan(0)
    expect(high).toBeLessThan(1)
  })
})
