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

test('integers take whole numbers only', async () => {
  const terms = [
    [0, 2],
    [1, 2],
  ] as const
  const halves: LinearProgram = {
    goal: 'Maximize',
    objective: terms,
    rows: [{ terms, relation: '<=', bound: 5 }],
  }
  expect(solved(await solver(), halves).objective).toBeCloseTo(5, 9)
  expect(solved(await solver(), { ...halves, integers: [0, 1] }).objective).toBeCloseTo(4, 9)
  expect(solved(await solver(), { ...halves, integers: [1] }).objective).toBeCloseTo(5, 9)
})

test('rows of equality hold from both sides', async () => {
  const rows = [{ terms: [[0, 2]], relation: '=', bound: 3 }] as const
  for (const goal of ['Minimize', 'Maximize'] as const)
    expect(solved(await solver(), { goal, objective: [[0, 1]], rows }).objective).toBeCloseTo(1.5, 9)
})

test('sums of nothing are 0', async () => {
  const rows = [{ terms: [[0, 1]], relation: '<=', bound: 3 }] as const
  const nothing: LinearProgram = { goal: 'Maximize', objective: [], rows }
  expect(solved(await solver(), nothing).objective).toBe(0)
  const more = { terms: [], relation: '>=', bound: 1 } as const
  expect(solve(await solver(), { ...nothing, rows: [...rows, more] })).toBe('infeasible')
})

test('how far an integer program may miss its optimum is told to the solver, and else left to it', async () => {
  const highs = await solver()
  const asked: unknown[] = []
  const listening = {
    solve: (...given: Parameters<Highs['solve']>) => {
      asked.push(given[1])
      return highs.solve(...given)
    },
  } as Pick<Highs, 'solve'>
  solve(listening, program(2), { gap: 0.01 })
  solve(listening, program(2))
  expect(asked).toEqual([{ output_flag: false, mip_rel_gap: 0.01, mip_abs_gap: 0 }, { output_flag: false }])
})
