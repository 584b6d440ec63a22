import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { warmUpOf } from '../../src/statistics/warm-up.ts'
import { autoregressive } from './draws.ts'

/** Every cut tried, each from the beginning. */
function naiveWarmUp(series: readonly number[]): number | undefined {
  const means: number[] = []
  for (let i = 0; i + 5 <= series.length; i += 5)
    means.push(series.slice(i, i + 5).reduce((a, b) => a + b) / 5)
  const scores = means.slice(0, -5).map((_, cut) => {
    const left = means.slice(cut)
    const centre = left.reduce((a, b) => a + b) / left.length
    return left.reduce((squares, value) => squares + (value - centre) ** 2, 0) / left.length ** 2
  })
  const best = scores.indexOf(Math.min(...scores))
  return means.length < 10 || best > means.length / 2 ? undefined : 5 * best
}

test('is the cut that a search through all of them finds', () => {
  const value = fc.integer({ min: 0, max: 2 ** 20 }).map(it => it / 1024)
  fc.assert(
    fc.property(fc.array(value, { minLength: 40, maxLength: 200 }), series => {
      expect(warmUpOf(series)).toBe(naiveWarmUp(series))
    }),
  )
})

describe('a run that begins far from where it settles', () => {
  const fading = Float64Array.from(
    autoregressive('fading', 5000, 0.5, 0),
    (value, i) => value + 40 * 0.99 ** i,
  )

  test('is cut about where the transient has sunk into the noise', () => {
    const cut = warmUpOf(fading)!
    expect(40 * 0.99 ** cut).toBeLessThan(2)
    expect(cut).toBeLessThan(1000)
  })

  test('is cut at the same place in other units', () => {
    expect(warmUpOf(fading.map(value => 8 * value - 512))).toBe(warmUpOf(fading))
  })

  test('is refused while it has not settled', () => {
    expect(warmUpOf(Array.from({ length: 1000 }, (_, i) => i))).toBeUndefined()
  })

  test('is refused too short to tell, and with a hole', () => {
    expect(warmUpOf(new Float64Array(49))).toBeUndefined()
    expect(warmUpOf(fading.with(3000, Number.NaN))).toBeUndefined()
  })
})

test('nothing is cut of a series that never changes', () => {
  expect(warmUpOf(new Float64Array(50).fill(0.1))).toBe(0)
})
