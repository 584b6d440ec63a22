import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { latinHypercube } from '../../src/statistics/latin-hypercube.ts'
import { mean, variance } from '../../src/statistics/moments.ts'
import { correlation } from '../../src/statistics/rank-correlation.ts'

test('every stratum of every dimension has one point', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.nat(),
      (count, dimensions, seed) => {
        const points = latinHypercube(count, dimensions, stream(seed, 'cube'))
        for (let dimension = 0; dimension < dimensions; dimension++) {
          const strata = points.map(point => Math.floor(point[dimension] * count)).sort((a, b) => a - b)
          expect(strata).toEqual([...strata.keys()])
        }
      },
    ),
  )
})

test('every order of the strata is as likely', () => {
  const random = stream(1, 'orders')
  const seen: Record<string, number> = {}
  for (let draw = 0; draw < 3000; draw++) {
    const order = latinHypercube(3, 1, random)
      .map(([x]) => Math.floor(3 * x))
      .join('')
    seen[order] = (seen[order] ?? 0) + 1
  }
  expect(Object.keys(seen).length).toBe(6)
  for (const count of Object.values(seen)) expect(Math.abs(count - 500)).toBeLessThan(100)
})

test('dimensions know nothing of each other', () => {
  const points = latinHypercube(2000, 2, stream(1, 'cube'))
  const [x, y] = [0, 1].map(dimension => points.map(point => point[dimension]))
  expect(Math.abs(correlation(x, y))).toBeLessThan(0.06)
})

test('a sum over the dimensions is averaged far more evenly than by independent draws', () => {
  const random = stream(1, 'cube')
  const means = Array.from({ length: 200 }, () =>
    mean(latinHypercube(20, 3, random).map(point => point[0] + point[1] + point[2])),
  )
  expect(variance(means)).toBeLessThan(3 / 12 / 20 / 50)
  expect(mean(means)).toBeCloseTo(1.5, 2)
})

test('no coordinate is 1, whatever is drawn', () => {
  const points = latinHypercube(3, 1, () => 1 - 2 ** -53)
  expect(Math.max(...points.map(([x]) => x))).toBeLessThan(1)
})
