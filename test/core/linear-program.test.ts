import type { Highs } from 'highs'
import { expect, test } from 'vitest'
import { type LinearProgram, solve, solved, solver } from '../../src/core/linear-program.ts'

/** The most of x + y with x + 2y at most 4 and x at most `most`. */
function program(most: number): LinearProgram {
  const rows = [
    {
      terms: [
        [0, 1],
        [1, 2],
      ],
      relation: '<=',
      bound: 4,
    },
    { terms: [[0, 1]], relation: '<=', bound: most },
  ] as const
  return {
    goal: 'Maximize',
    objective: [
      [0, 1],
      [1, 1],
    ],
    rows,
  }
}

/** A solver that does not know at first, so many times. */
async function slowWitted(times: number): Promise<Pick<Highs, 'solve'>> {
  const highs = await solver()
  let asked = 0
  return {
    solve: (text, options) =>
      asked++ < times ? { ...highs.solve(text), Status: 'Unknown' } : highs.solve(text, options),
  } as Pick<Highs, 'solve'>
}

test('the optimum and where it lies', async () => {
  const solution = solved(await solver(), program(2))
  expect(solution.objective).toBeCloseTo(3, 9)
  expect([0, 1, 7].map(variable => solution.valueOf(variable))).toEqual([2, 1, 0])
})

test('rows that contradict one another are told from what cannot be decided', async () => {
  expect(solve(await solver(), program(-1))).toBe('infeasible')
  expect(solve(await slowWitted(1000), program(2))).toBe('undecided')
})

test('a program that must have an optimum and is said to have none is an error of ours', async () => {
  const highs = await solver()
  expect(() => solved(highs, program(-1))).toThrow(/the solver says infeasible/)
})

test.each([1, 2])('a solver that does not know is asked in another way (%i times)', async times => {
  expect(solved(await slowWitted(times), program(2)).objective).toBeCloseTo(3, 6)
})
