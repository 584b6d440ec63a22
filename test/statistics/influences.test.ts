import { expect, test } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { influencesOn } from '../../src/statistics/influences.ts'

const DRAWS = 60
const random = stream(1, 'influences')
const drawn = () => Array.from({ length: DRAWS }, random)
const [strong, weak, none] = [drawn(), drawn(), drawn()]
const output = strong.map((value, draw) => Math.exp(3 * value) - 0.5 * weak[draw])
const unknowns = [
  { name: 'none', values: none },
  { name: 'weak', values: weak },
  { name: 'strong', values: strong },
]

test('what moves the output most comes first, with its sign, and what does not is not told from chance', () => {
  const found = influencesOn(output, unknowns)
  expect(found.map(({ unknown }) => unknown)).toEqual(['strong', 'weak', 'none'])
  expect(found[0].correlation).toBeGreaterThan(0.9)
  expect(found[0].adjustedP).toBeLessThan(1e-6)
  expect(found[1].correlation).toBeLessThan(0)
  expect(found[2].adjustedP).toBeGreaterThan(0.05)
})

test('what is the same in all draws changes nothing of the others', () => {
  const constant = { name: 'constant', values: new Float64Array(DRAWS).fill(0.3) }
  expect(influencesOn(output, [constant, ...unknowns])).toEqual(influencesOn(output, unknowns))
})

test('others are taken out only where draws are enough for that', () => {
  const methodOf = (draws: number) =>
    influencesOn(
      output.slice(0, draws),
      unknowns.map(({ name, values }) => ({ name, values: values.slice(0, draws) })),
    )[0].method
  expect(methodOf(9)).toBe('partial rank correlation')
  expect(methodOf(8)).toBe('rank correlation')
})

test('an output that does not vary, or is not known in a draw, has none', () => {
  expect(influencesOn(new Float64Array(DRAWS), unknowns)).toEqual([])
  expect(influencesOn([Number.NaN, ...output.slice(1)], unknowns)).toEqual([])
})
