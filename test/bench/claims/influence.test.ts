import { expect, test } from 'vitest'
import { strongestOf } from '../../../bench/claims/influence.ts'
import { stream } from '../../../src/core/random.ts'

const DRAWS = 40
const places = new Map(
  ['first', 'second', 'third'].map(name => {
    const random = stream(1, name)
    return [name, Array.from({ length: DRAWS }, random)] as const
  }),
)
const names = [...places.keys()]
const placeOf = (name: string, draw: number) => places.get(name)![draw]
const ratiosOf = (of: (draw: number) => number, draws = DRAWS) =>
  Array.from({ length: draws }, (_, i) => of(i))

test('finds the unknown that a ratio falls with beside one that matters less', () => {
  const ratios = ratiosOf(draw => Math.exp(-3 * placeOf('second', draw)) + 0.3 * placeOf('third', draw))
  const strongest = strongestOf(names, placeOf, ratios)
  expect(strongest?.unknown).toBe('second')
  expect(strongest?.correlation).toBeLessThan(-0.9)
})

test('names none where the ratio goes with nothing, or does not vary', () => {
  const random = stream(2, 'noise')
  expect(strongestOf(names, placeOf, ratiosOf(random))).toBeUndefined()
  expect(
    strongestOf(
      names,
      placeOf,
      ratiosOf(() => 1),
    ),
  ).toBeUndefined()
})

test('names none of a handful of draws, in which something always goes along', () => {
  expect(
    strongestOf(
      names,
      placeOf,
      ratiosOf(draw => placeOf('first', draw), 9),
    ),
  ).toBeUndefined()
})

test('leaves out draws without a ratio', () => {
  const ratios = ratiosOf(draw => (draw % 4 === 0 ? Number.NaN : placeOf('third', draw)))
  expect(strongestOf(names, placeOf, ratios)?.unknown).toBe('third')
})
