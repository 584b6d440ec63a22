import { describe, expect, test } from 'vitest'
import { below, exponential, normal, type Random, stream, uniformAt } from '../../src/core/random.ts'

function draws(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random())
}

/** Chi-square of values in [0, 1) over `bins` equal bins, as standard deviations from its mean. */
function unevenness(values: readonly number[], bins: number): number {
  const counts = new Array<number>(bins).fill(0)
  for (const value of values) counts[Math.floor(value * bins)]++
  const expected = values.length / bins
  const square = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  return (square - (bins - 1)) / Math.sqrt(2 * (bins - 1))
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const products = a.map((value, i) => (value - 0.5) * (b[i] - 0.5))
  return (12 * products.reduce((sum, product) => sum + product, 0)) / a.length
}

describe('a stream of chance', () => {
  test('is the same for the same seed and name, whatever else is drawn', () => {
    const first = draws(stream(1, 'arrivals'), 100)
    const other = stream(1, 'policy')
    const again = stream(1, 'arrivals')
    const mixed = Array.from({ length: 100 }, () => {
      other()
      return again()
    })
    expect(mixed).toEqual(first)
  })

  test('has nothing to do with the stream of another name or seed', () => {
    const values = draws(stream(1, 'arrivals'), 20_000)
    for (const other of [stream(1, 'policy'), stream(2, 'arrivals'), stream('1/a', 'rrivals')]) {
      expect(Math.abs(correlation(values, draws(other, 20_000)))).toBeLessThan(4 / Math.sqrt(20_000))
    }
  })

  test('is even over [0, 1)', () => {
    const values = draws(stream('even', 'test'), 100_000)
    expect(values.every(value => value >= 0 && value < 1)).toBe(true)
    expect(Math.abs(unevenness(values, 100))).toBeLessThan(4)
  })
})

describe('a uniform draw by place', () => {
  const KEYS = [0, 1, -1, 0x7fffffff, 123456789]

  test('lies in [0, 1) and is even, along any run of places', () => {
    for (const key of KEYS) {
      for (const from of [0, 2 ** 32 - 1000, 7 * 2 ** 32, 2 ** 52]) {
        const values = Array.from({ length: 20_000 }, (_, i) => uniformAt(key, from + i))
        expect(values.every(value => value >= 0 && value < 1)).toBe(true)
        expect(Math.abs(unevenness(values, 64)), `key ${key} from ${from}`).toBeLessThan(4.5)
        expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(
          4.5 / Math.sqrt(20_000),
        )
      }
    }
  })

  test('differs with the key and with every bit of the place below 2^32', () => {
    const places = [0, ...Array.from({ length: 32 }, (_, bit) => 2 ** bit)]
    const values = KEYS.flatMap(key => places.map(place => uniformAt(key, place)))
    expect(new Set(values).size).toBe(values.length)
  })

  test('does not depend on what was drawn before', () => {
    const first = uniformAt(5, 77)
    uniformAt(6, 78)
    expect(uniformAt(5, 77)).toBe(first)
  })
})

/** A stream that gives the middles of `count` equal slices, then starts again. */
function evenly(count: number): Random {
  let next = 0
  return () => ((next++ % count) + 0.5) / count
}

test('an exponential draw has its mean, its spread, and none below 0', () => {
  const random = evenly(100_000)
  const values = Array.from({ length: 100_000 }, () => exponential(random, 3))
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  expect(mean).toBeCloseTo(3, 3)
  expect(values.filter(value => value > 3).length / values.length).toBeCloseTo(Math.exp(-1), 4)
  expect(exponential(() => 0, 3)).toBeCloseTo(0, 15)
})

test('a normal draw has mean 0, variance 1 and the tails of the bell', () => {
  const random = stream('normal', 'test')
  const values = Array.from({ length: 100_000 }, () => normal(random))
  const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length
  expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(1e5))
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / 1e5))
  expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / 1e5))
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / 1e5))
})

test('whole numbers below a count come up alike', () => {
  const random = stream('below', 'test')
  const values = Array.from({ length: 70_000 }, () => below(random, 7))
  expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
  expect(
    Math.abs(
      unevenness(
        values.map(value => (value + 0.5) / 7),
        7,
      ),
    ),
  ).toBeLessThan(4)
})
