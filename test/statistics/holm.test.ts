import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holm } from '../../src/statistics/holm.ts'

const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 })

/** Holm's own words: go through them from the smallest, and stop at the first above level / those left. */
function rejected(pValues: readonly number[], level: number): number {
  const rising = pValues.toSorted((a, b) => a - b)
  const stop = rising.findIndex((p, place) => p * (rising.length - place) > level)
  return stop < 0 ? rising.length : stop
}

test('adjusts a family of four', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005])
  expect(adjusted).toEqual([0.03, 0.06, 0.06, 0.02].map(p => expect.closeTo(p, 12)))
})

describe('over any family', () => {
  test('calls different exactly those that stepping down does', () => {
    fc.assert(
      fc.property(family, fc.constantFrom(0.01, 0.05, 0.5), (pValues, level) => {
        expect(holm(pValues).filter(p => p <= level).length).toBe(rejected(pValues, level))
      }),
    )
  })

  test('keeps their order, lowers none and is at most Bonferroni’s', () => {
    fc.assert(
      fc.property(family, pValues => {
        const adjusted = holm(pValues)
        for (const [i, p] of pValues.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p)
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p * pValues.length) + 1e-15)
          for (const [j, other] of pValues.entries())
            if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j])
        }
      }),
    )
  })
})

test('what is unknown counts as a member and stays unknown', () => {
  expect(holm([0.02, Number.NaN])).toEqual([0.04, Number.NaN])
  expect(holm([])).toEqual([])
})
