import { expect, test } from 'vitest'
import { monthsBetween } from '../../../bench/claims/price-paths.ts'
import { marginOf } from '../../../bench/claims/price-trial.ts'

test('months are counted over the turn of a year, ends included', () => {
  expect(monthsBetween('2024-11', '2025-02')).toEqual(['2024-11', '2024-12', '2025-01', '2025-02'])
  expect(monthsBetween('2026', '2026-02')).toEqual(['2026-01', '2026-02'])
  expect(monthsBetween('2026-05', '2026-05')).toEqual(['2026-05'])
})

test('the margin is 1 or more just where prices come to lie on both sides of a level', () => {
  for (const prices of [
    [1, 2, 3],
    [3, 1],
    [2, 2],
    [5, 4, 8],
  ]) {
    for (const level of [0.5, 1.5, 2.5, 4.5, 6, 9]) {
      const crosses = prices.some(usd => usd > level) && prices.some(usd => usd < level)
      expect(marginOf(Float64Array.from(prices), level) > 1).toBe(crosses)
    }
  }
})
