import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frontOf } from '../../../src/planning/fleets/pareto.ts'

const KEYS = ['usd', 'grams', 'watts'] as const

/** Few values, so that points are often alike in some keys. */
const value = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(Number.NaN))
const points = fc.array(fc.record({ usd: value, grams: value, watts: value }), { maxLength: 30 })
type Point = Readonly<Record<(typeof KEYS)[number], number>>

/** Whether `a` is nowhere worse and somewhere better. */
function beats(a: Point, b: Point): boolean {
  let isBetter = false
  for (const key of KEYS) {
    const mine = Number.isNaN(a[key]) ? 1e9 : a[key]
    const theirs = Number.isNaN(b[key]) ? 1e9 : b[key]
    if (mine > theirs) return false
    if (mine < theirs) isBetter = true
  }
  return isBetter
}

test('the front is of the points that no other beats, in their order', () => {
  fc.assert(
    fc.property(points, all => {
      const front = all.filter(point => !all.some(other => beats(other, point)))
      const found = frontOf(all, KEYS)
      expect(found.length).toBe(front.length)
      found.forEach((point, i) => {
        expect(point).toBe(front[i])
      })
    }),
  )
})

test('what is not known is worst', () => {
  const known = { usd: 9, grams: 9 }
  const unknown = { usd: 9, grams: Number.NaN }
  expect(frontOf([unknown, known], ['usd', 'grams'])).toEqual([known])
  expect(frontOf([unknown, { usd: 10, grams: 9 }], ['usd', 'grams'])).toHaveLength(2)
})

test('points that are alike all stay', () => {
  expect(frontOf([{ usd: 1 }, { usd: 2 }, { usd: 1 }], ['usd'])).toEqual([{ usd: 1 }, { usd: 1 }])
})

test('of no points there is no front', () => {
  expect(frontOf([], ['usd'])).toEqual([])
})
