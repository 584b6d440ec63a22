import { describe, expect, test } from 'vitest'
import {
  criticalT,
  criticalZ,
  normalQuantile,
  studentQuantile,
  studentTails,
} from '../../src/statistics/quantile-functions.ts'

/** Both tails of Student's law, by Simpson's rule on its density with t = √degrees tan a, which ends at π / 2. */
function tailsBySimpson(t: number, degrees: number): number {
  const slices = 20_000
  const areaFrom = (start: number) => {
    const width = (Math.PI / 2 - start) / slices
    let area = 0
    for (let i = 0; i <= slices; i++) {
      const weight = i === 0 || i === slices ? 1 : i % 2 === 1 ? 4 : 2
      area += weight * Math.cos(start + i * width) ** (degrees - 1)
    }
    return (area * width) / 3
  }
  return areaFrom(Math.atan(t / Math.sqrt(degrees))) / areaFrom(0)
}

describe('quantiles of Student’s law', () => {
  test.each([
    [0.975, 1, 12.706205],
    [0.975, 2, 4.3026527],
    [0.95, 4, 2.1318468],
    [0.995, 9, 3.2498355],
    [0.975, 19, 2.0930241],
    [0.9995, 30, 3.6459586],
    [0.975, 120, 1.97993],
    [0.975, 1e6, 1.9599664],
    [0.975, 1e9, 1.959964],
  ])('the tables have the %d-quantile at %d degrees', (p, degrees, tabled) => {
    expect(studentQuantile(p, degrees)).toBeCloseTo(tabled, 5)
  })

  test('below one half they are mirrored', () => {
    expect(studentQuantile(0.1, 7)).toBeCloseTo(-studentQuantile(0.9, 7), 6)
  })

  test.each([999, 1000, 1001])('at %d degrees they are the integral’s, by whichever way', degrees => {
    for (const p of [0.8, 0.95, 0.999])
      expect(tailsBySimpson(studentQuantile(p, degrees), degrees) / 2).toBeCloseTo(1 - p, 7)
  })

  test('they fall as degrees rise, without a jump where the way to them changes', () => {
    const values = [5, 50, 500, 998, 999, 1000, 1001, 5000, 1e6].map(degrees =>
      studentQuantile(0.975, degrees),
    )
    expect(values).toEqual(values.toSorted((a, b) => b - a))
  })
})

test.each([
  [0.5, 1],
  [2, 4],
  [2.5, 19],
  [6, 19],
  [1.5, 300],
])('the tails beyond %d at %d degrees are the integral of the density', (t, degrees) => {
  expect(studentTails(t, degrees) / tailsBySimpson(t, degrees)).toBeCloseTo(1, 5)
  expect(studentTails(-t, degrees)).toBe(studentTails(t, degrees))
})

test('tails undo quantiles, and are everything at 0', () => {
  for (const degrees of [1, 4, 19, 400, 5000])
    expect(studentTails(criticalT(0.95, degrees), degrees)).toBeCloseTo(0.05, 6)
  expect(studentTails(0, 9)).toBe(1)
  expect(studentTails(Number.NaN, 9)).toBeNaN()
})

test('the normal law’s', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10)
  expect(criticalZ(0.9)).toBeCloseTo(1.6448536269514722, 10)
})

test.each([0, 1, 95, -0.5, Number.NaN])('a confidence of %d is refused', confidence => {
  expect(() => criticalT(confidence, 9)).toThrow(`confidence ${confidence} is not in (0, 1)`)
  expect(() => criticalZ(confidence)).toThrow(RangeError)
})
