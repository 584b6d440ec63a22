import { randomGamma, randomNormal } from 'd3-random'
import { describe, expect, test } from 'vitest'
import { gammaDraws, normalQuantile } from '../../src/arrivals/draws.ts'
import { stream } from '../../src/core/random.ts'
import { cvOf, distance, draws, farthest, meanOf } from './laws.ts'

const COUNT = 40_000

describe('the normal quantile', () => {
  test.each([
    [1e-12, -7.034483825301131],
    [1e-9, -5.9978070150076865],
    [0.001, -3.090232306167813],
    [0.025, -1.959963984540054],
    [0.3, -0.5244005127080407],
    [0.5, 0],
    [0.6, 0.2533471031357997],
    [0.95, 1.6448536269514722],
    [0.999999, 4.753424308822899],
  ])('at %d is %d', (share, z) => {
    expect(Math.abs(normalQuantile(share) - z)).toBeLessThanOrEqual(2e-11 * Math.abs(z))
  })

  test('is finite at 0 and 1 and rises from end to end', () => {
    expect(normalQuantile(0)).toBeCloseTo(-8.2095, 3)
    expect(normalQuantile(1)).toBeCloseTo(8.2095, 3)
    let last = Number.NEGATIVE_INFINITY
    for (let i = 0; i <= 100_000; i++) {
      const z = normalQuantile(i / 100_000)
      expect(z > last).toBe(true)
      last = z
    }
  })

  test('of uniform draws has the law of d3-random', () => {
    const random = stream(1, 'ours')
    const ours = draws(COUNT, () => normalQuantile(random()))
    const theirs = draws(COUNT, randomNormal.source(stream(1, 'theirs'))(0, 1))
    expect(distance(ours, theirs)).toBeLessThan(farthest(COUNT, COUNT))
  })
})

describe.each([0.2, 0.5, 1, 1.0727, 2, 5, 13])('gamma draws of CV %d', cv => {
  test('have the law of d3-random', () => {
    const shape = 1 / (cv * cv)
    const ours = draws(COUNT, gammaDraws(stream(1, 'ours'), 2, cv))
    const theirs = draws(COUNT, randomGamma.source(stream(1, 'theirs'))(shape, 2 / shape))
    expect(distance(ours, theirs)).toBeLessThan(farthest(COUNT, COUNT))
  })

  test('have the mean asked for, within five standard errors', () => {
    const count = 400_000
    const mean = meanOf(draws(count, gammaDraws(stream(2, 'ours'), 2, cv)))
    expect(Math.abs(mean - 2)).toBeLessThan((5 * 2 * cv) / Math.sqrt(count))
  })
})

test('gamma draws of CV 1 are exponential', () => {
  const values = draws(COUNT, gammaDraws(stream(3, 'ours'), 1, 1))
  const exponential = draws(COUNT, () => 0).map((_, i) => -Math.log(1 - (i + 0.5) / COUNT))
  expect(distance(values, exponential)).toBeLessThan(farthest(COUNT, 1e12))
  expect(cvOf(values)).toBeCloseTo(1, 1)
})
