import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  binomialQuantile,
  expectedBeyond,
  fewestFor,
  quantileInterval,
  quantileOf,
  restsOnFew,
} from '../../src/statistics/quantile.ts'

/** Chances of a binomial law by adding the trials one after another: slow, and with nothing to get wrong. */
function binomialChances(trials: number, share: number): number[] {
  let chances = [1]
  for (let trial = 0; trial < trials; trial++) {
    const before = chances
    chances = Array.from(
      { length: before.length + 1 },
      (_, k) => (before[k] ?? 0) * (1 - share) + (before[k - 1] ?? 0) * share,
    )
  }
  return chances
}

function naiveBinomialQuantile(p: number, chances: readonly number[]): number {
  let total = 0
  let count = -1
  while (total < p) total += chances[++count]
  return count
}

describe('a quantile', () => {
  test('is linear between neighbours in order of size', () => {
    const rising = [10, 20, 40, 80]
    expect([0, 0.5, 0.9, 1].map(q => quantileOf(rising, q))).toEqual([10, 30, expect.closeTo(68, 12), 80])
    expect([quantileOf([7], 0.99), quantileOf([], 0.5)]).toEqual([7, Number.NaN])
  })

  test('rests on those beyond it: a p99 on ten of a thousand', () => {
    expect([restsOnFew(999, 0.99), restsOnFew(1000, 0.99)]).toEqual([true, false])
    expect([restsOnFew(19, 0.5), restsOnFew(20, 0.5), restsOnFew(9999, 0.999)]).toEqual([true, false, true])
    expect(expectedBeyond(500, 0.99)).toBeCloseTo(5, 12)
    for (const q of [0.01, 0.5, 0.9, 0.95, 0.99, 0.999]) {
      expect(restsOnFew(fewestFor(q), q), `${q}`).toBe(false)
      expect(restsOnFew(fewestFor(q) - 1, q), `${q}`).toBe(true)
    }
  })
})

describe('a binomial quantile', () => {
  test('is what adding up the trials gives', () => {
    const shares = fc.constantFrom(0.01, 0.3, 0.5, 0.9, 0.99)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        shares,
        fc.constantFrom(0.025, 0.4, 0.975),
        (n, share, p) => {
          expect(binomialQuantile(p, n, share)).toBe(naiveBinomialQuantile(p, binomialChances(n, share)))
        },
      ),
      { numRuns: 60 },
    )
  })

  test.each([
    [1100, 0.5],
    [2800, 0.9],
    [2800, 0.1],
  ])('of %d trials at %d within one, where it is taken as nearly normal', (trials, share) => {
    const chances = binomialChances(trials, share)
    for (const p of [0.005, 0.025, 0.975]) {
      const off = binomialQuantile(p, trials, share) - naiveBinomialQuantile(p, chances)
      expect(Math.abs(off)).toBeLessThanOrEqual(1)
    }
  })
})

describe('the interval of a quantile by order statistics', () => {
  test('of the median of ten is from the second to the ninth (97.9 % sure)', () => {
    const rising = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    expect(quantileInterval(rising, 0.5, 0.95)).toMatchObject({ estimate: 5.5, low: 2, high: 9, n: 10 })
  })

  test('holds the true quantile with at least its confidence, whatever the law', () => {
    const chances = binomialChances(150, 0.9)
    const ranks = Array.from({ length: 150 }, (_, i) => i + 1)
    const { low, high } = quantileInterval(ranks, 0.9, 0.95)
    const holds = chances.slice(low, high).reduce((sum, chance) => sum + chance, 0)
    expect(holds).toBeGreaterThanOrEqual(0.95)
    expect(holds).toBeLessThan(0.975)
  })

  test('has no upper end where nothing lies far enough out', () => {
    const { low, high, halfWidth } = quantileInterval(
      Array.from({ length: 200 }, (_, i) => i),
      0.99,
      0.95,
    )
    expect([low, high, halfWidth]).toEqual([expect.any(Number), Infinity, Infinity])
    expect(low).toBeGreaterThan(190)
  })

  test('of nothing is of nothing', () => {
    expect(quantileInterval([], 0.5, 0.95)).toMatchObject({
      estimate: Number.NaN,
      low: -Infinity,
      high: Infinity,
    })
  })
})
