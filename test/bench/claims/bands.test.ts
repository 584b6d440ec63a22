import { describe, expect, test } from 'vitest'
import { bandOf, caseVerdict, windowVerdict } from '../../../bench/claims/bands.ts'

const INF = Number.POSITIVE_INFINITY

describe('bandOf', () => {
  test('has the quantiles of the draws, whatever their order', () => {
    const ratios = Array.from({ length: 101 }, (_, i) => ((i * 37) % 101) / 10)
    expect(bandOf(ratios, { low: 2 })).toMatchObject({ low: 0.5, median: 5, high: 9.5 })
  })

  test('counts draws from the least claimed on, and apart those within what is claimed', () => {
    const { trueShare, withinShare } = bandOf([1, 2, 3, 5, 8], { low: 2, high: 5 })
    expect([trueShare, withinShare]).toEqual([0.8, 0.6])
  })

  test('draws in which one side alone misses its SLO are 0 or infinite, and never NaN in between', () => {
    const band = bandOf([0, 0, 1, INF, INF], { low: 1 })
    expect(band).toEqual({ low: 0, median: 1, high: INF, trueShare: 0.6, withinShare: 0.6 })
    expect(bandOf([1, INF], { low: 1 }).median).toBe(INF)
  })

  test('leaves out draws in which neither holds, and knows nothing where that is all', () => {
    expect(bandOf([Number.NaN, 3, Number.NaN], { low: 1 })).toMatchObject({ low: 3, high: 3, trueShare: 1 })
    const none = bandOf([Number.NaN], { low: 1 })
    expect([none.low, none.high, none.trueShare]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(caseVerdict(none, { low: 1 }, 1)).toBe('cannot be told')
  })
})

describe('caseVerdict', () => {
  const band = (low: number, high: number) => ({ ...bandOf([], { low: 1 }), low, high })

  test('holds from the least claimed on and beyond the most', () => {
    expect(caseVerdict(band(2, 3), { low: 2, high: 5 }, 1)).toBe('holds')
    expect(caseVerdict(band(7, 9), { low: 2, high: 5 }, 1)).toBe('holds')
    expect(caseVerdict(band(INF, INF), { low: 2, high: 5 }, 3)).toBe('holds')
  })

  test('does not where the whole band is below', () => {
    expect(caseVerdict(band(0, 1.99), { low: 2 }, 1)).toBe('does not')
    expect(caseVerdict(band(0, 0), { low: 2 }, 3)).toBe('does not')
  })

  test('cannot be told of a band with the least claimed inside', () => {
    expect(caseVerdict(band(1.9, 2), { low: 2 }, 1)).toBe('cannot be told')
  })

  test('a model error takes away what is nearer than that, on both sides', () => {
    expect(caseVerdict(band(2.4, 3), { low: 2 }, 1.25)).toBe('cannot be told')
    expect(caseVerdict(band(2.5, 3), { low: 2 }, 1.25)).toBe('holds')
    expect(caseVerdict(band(1, 1.61), { low: 2 }, 1.25)).toBe('cannot be told')
    expect(caseVerdict(band(1, 1.59), { low: 2 }, 1.25)).toBe('does not')
  })
})

describe('windowVerdict', () => {
  const window = { low: 2025, high: 2027.75 }

  test('holds where the whole band lies in the window, its ends included', () => {
    expect(windowVerdict({ low: 2025, high: 2027.75 }, window)).toBe('holds')
  })

  test('does not where none of it does', () => {
    expect(windowVerdict({ low: 2023, high: 2024.75 }, window)).toBe('does not')
    expect(windowVerdict({ low: 2028, high: INF }, window)).toBe('does not')
  })

  test('cannot be told of a band that reaches out, as where it may never come', () => {
    expect(windowVerdict({ low: 2024, high: 2026 }, window)).toBe('cannot be told')
    expect(windowVerdict({ low: 2026, high: INF }, window)).toBe('cannot be told')
  })
})
