import { describe, expect, it } from 'vitest'
import { quarterOf } from '../../../src/planning/transitions/quarters.ts'
import { gainAfter, type Software, speedAt } from '../../../src/planning/transitions/software.ts'

const SOFTWARE: Software = { firstYear: 1.5, settlingYears: 0.5, perYear: 1.12, supportYears: 4 }

/** By powers, year by year, as a table would have it. */
function naiveGain(years: number): number {
  if (years <= 0) return 1
  if (years <= 1) return 1 + 1.5 * (1 - Math.E ** (-2 * years))
  let gain = 1 + 1.5 * (1 - Math.E ** -2)
  for (let year = 1; year + 1 <= years; year++) gain *= 1.12
  return gain * 1.12 ** (years - Math.floor(years))
}

describe('the gain of software', () => {
  it.each([-1, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.75, 3, 3.5, 4, 5, 9])(
    'is the table’s after %s years',
    years => {
      expect(gainAfter(years, SOFTWARE)).toBeCloseTo(naiveGain(years), 12)
    },
  )

  it('comes to 2 to 3 times in the first year', () => {
    expect(gainAfter(1, SOFTWARE)).toBeGreaterThan(2)
    expect(gainAfter(1, SOFTWARE)).toBeLessThan(3)
  })
})

describe('the speed of a part', () => {
  const part = { released: quarterOf('2024-Q1'), measured: quarterOf('2025-Q1'), lagYears: 0 }

  it('is the catalogue’s in the quarter in which that was measured, less before and more after', () => {
    expect(speedAt(quarterOf('2025-Q1'), part, SOFTWARE)).toBe(1)
    expect(speedAt(quarterOf('2024-Q1'), part, SOFTWARE)).toBeCloseTo(1 / naiveGain(1), 12)
    expect(speedAt(quarterOf('2026-Q1'), part, SOFTWARE)).toBeCloseTo(1.12, 12)
  })

  it('is that of its release where nobody says when it was measured, or it was before', () => {
    const { measured: _, ...unsaid } = part
    expect(speedAt(quarterOf('2025-Q1'), unsaid, SOFTWARE)).toBeCloseTo(naiveGain(1), 12)
    const early = { ...part, measured: quarterOf('2020-Q1') }
    expect(speedAt(quarterOf('2025-Q1'), early, SOFTWARE)).toBeCloseTo(naiveGain(1), 12)
  })

  it('comes later by its lag', () => {
    const { measured: _, ...unsaid } = part
    const late = { ...unsaid, lagYears: 0.75 }
    expect(speedAt(quarterOf('2024-Q3'), late, SOFTWARE)).toBe(1)
    expect(speedAt(quarterOf('2025-Q3'), late, SOFTWARE)).toBeCloseTo(naiveGain(0.75), 12)
  })

  it.each([0, 1, 1.5])(
    'stays where support ends, 4 years from release, however late work began: by %s',
    lagYears => {
      const { measured: _, ...unsaid } = part
      const speedIn = (quarter: string) => speedAt(quarterOf(quarter), { ...unsaid, lagYears }, SOFTWARE)
      expect(speedIn('2028-Q1')).toBeCloseTo(naiveGain(4 - lagYears), 12)
      expect(speedIn('2027-Q4')).toBeLessThan(speedIn('2028-Q1'))
      for (const later of ['2028-Q3', '2029-Q1', '2030-Q4']) expect(speedIn(later)).toBe(speedIn('2028-Q1'))
    },
  )
})
