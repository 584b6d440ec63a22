import { expect, it } from 'vitest'
import {
  monthOf,
  quarterOf,
  quartersFrom,
  quartersIn,
  quarterText,
  yearsBetween,
} from '../../../src/planning/transitions/quarters.ts'

it('quarters are counted, told and turned into the months in which they end', () => {
  const quarters = quartersFrom(quarterOf('2024-Q3'), quarterOf('2025-Q2'))
  expect(quarters.map(quarterText)).toEqual(['2024-Q3', '2024-Q4', '2025-Q1', '2025-Q2'])
  expect(quarters.map(monthOf)).toEqual(['2024-09', '2024-12', '2025-03', '2025-06'])
  expect(yearsBetween(quarterOf('2026-Q1'), quarterOf('2024-Q3'))).toBe(-1.5)
  expect([0.1, 0.25, 1, 5].map(quartersIn)).toEqual([1, 1, 4, 20])
})
