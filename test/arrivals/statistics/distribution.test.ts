import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  deviation,
  exactDistribution,
  mean,
  quantiles,
  summaryOf,
  zerosOf,
} from '../../../src/arrivals/statistics/distribution.ts'
import { fewValues, Reals } from '../../../src/arrivals/statistics/reals.ts'
import { WholeNumbers } from '../../../src/arrivals/statistics/whole-numbers.ts'
import * as naive from './naive.ts'

const numbers = fc.array(fc.oneof(fc.nat(9), fc.double({ min: 0, max: 1e6, noNaN: true })), { minLength: 1 })
const SHARES = [0, 0.01, 0.3, 0.5, 0.77, 1]

function ofReals(values: readonly number[], most?: number) {
  const reals = new Reals(most)
  for (const value of values) reals.add(value)
  return reals.distribution()
}

test('mean, deviation and quantiles are those of the plain list', () => {
  fc.assert(
    fc.property(numbers, values => {
      const of = ofReals(values)
      expect(mean(of)).toBeCloseTo(naive.mean(values), 6)
      expect(deviation(of)).toBeCloseTo(Math.sqrt(naive.variance(values)), 5)
      for (const share of SHARES) {
        expect(quantiles(of, [share])[0]).toBeCloseTo(naive.quantile(values, share), 6)
      }
      expect(quantiles(of, SHARES)).toEqual(SHARES.flatMap(share => quantiles(of, [share])))
      expect(zerosOf(of)).toBe(values.filter(value => value === 0).length)
    }),
  )
})

test('whole numbers are counted as reals are, small and large', () => {
  const values = fc.array(fc.oneof(fc.nat(20), fc.nat(2 ** 31 - 1), fc.nat(2 ** 22 + 2)), { minLength: 1 })
  fc.assert(
    fc.property(values, list => {
      const whole = new WholeNumbers()
      for (const value of list) whole.add(value)
      const { values, counts, count } = whole.distribution()
      const exact = exactDistribution(Float64Array.from(list))
      expect([...values]).toEqual([...exact.values])
      expect([...counts]).toEqual([...exact.counts])
      expect(count).toBe(list.length)
    }),
  )
})

test('a summary of nothing has no numbers', () => {
  const { count, mean, quantiles } = summaryOf(ofReals([]))
  expect(count).toBe(0)
  expect([mean, ...quantiles].every(Number.isNaN)).toBe(true)
})

describe('more values than are kept one by one', () => {
  const values = Array.from({ length: 5000 }, (_, i) => (i % 10 === 0 ? 0 : 1e-5 * Math.exp(i / 300)))
  const exact = ofReals(values)
  const binned = ofReals(values, 1000)

  test('are read from bins a thousandth wide', () => {
    expect(binned.binWidth).toBeLessThan(0.001)
    expect(binned.binWidth).toBeGreaterThan(0)
    expect(exact.binWidth).toBe(0)
    for (const share of [0.2, 0.5, 0.9, 0.99, 1]) {
      const [wanted, found] = [quantiles(exact, [share])[0], quantiles(binned, [share])[0]]
      expect(Math.abs(found / wanted - 1)).toBeLessThan(binned.binWidth)
    }
  })

  test('keep count, mean and zeros exactly', () => {
    expect(binned.count).toBe(5000)
    expect(mean(binned)).toBeCloseTo(mean(exact), 9)
    expect(zerosOf(binned)).toBe(500)
  })

  test('are few enough to try laws on', () => {
    const many = exactDistribution(Float64Array.from({ length: 100_000 }, (_, i) => 1 + i / 1e5))
    const few = fewValues(many)
    expect(few.values.length).toBeLessThan(1100)
    expect(few.count).toBe(100_000)
    expect(mean(few)).toBeCloseTo(mean(many), 9)
    expect(fewValues(exact)).toBe(exact)
  })
})
