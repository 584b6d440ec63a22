import { expect, test } from 'vitest'
import { beyondOf, type Cut, mostBeyond } from '../../src/planning/lumps.ts'

const LUMPS = [10, 60]
const NOTHING: Cut = 'nothing'
const ONE: Cut = { besides: 0 }

test('a prompt goes beyond a length by what is left of it', () => {
  expect(beyondOf(LUMPS, 50)).toEqual([40, 0])
  expect(beyondOf(LUMPS, 100)).toEqual([90, 40])
})

test('a step that cuts nothing goes furthest with the longest prompts', () => {
  expect(mostBeyond(LUMPS, 50, 100, NOTHING)).toEqual([40, 0])
  expect(mostBeyond(LUMPS, 100, 100, NOTHING)).toEqual([90, 40])
  expect(mostBeyond(LUMPS, 230, 100, NOTHING)).toEqual([200, 80])
})

test('one that cuts a prompt has the better part of it to count', () => {
  expect(mostBeyond(LUMPS, 50, 100, ONE)).toEqual([50, 40])
  expect(mostBeyond(LUMPS, 200, 100, ONE)).toEqual([180, 80])
  expect(mostBeyond(LUMPS, 230, 100, ONE)).toEqual([210, 110])
  expect(mostBeyond(LUMPS, 230, 100, { besides: 5 })).toEqual([215, 115])
  expect(mostBeyond(LUMPS, 5, 100, { besides: 50 })).toEqual([5, 5])
})

/** However prompts are cut, the pieces of each count what the whole of it does, and no step more than it may. */
test.each([1, 7, 64, 100, 130, 333])('pieces of prompts under a budget of %i add up', budget => {
  const prompts = Array.from({ length: 200 }, (_, i) => 1 + ((i * 37) % 100))
  const counted = LUMPS.map(() => 0)
  let i = 0
  let rest = prompts[0]
  while (i < prompts.length) {
    const step = LUMPS.map(() => 0)
    let left = budget
    while (left > 0 && i < prompts.length) {
      const tokens = Math.min(rest, left)
      const [before, after] = [beyondOf(LUMPS, rest), beyondOf(LUMPS, rest - tokens)]
      before.forEach((of, lump) => {
        step[lump] += of - after[lump]
      })
      left -= tokens
      rest -= tokens
      if (rest === 0) rest = prompts[++i]
    }
    const most = mostBeyond(LUMPS, budget - left, 100, rest > 0 ? ONE : NOTHING)
    step.forEach((of, lump) => {
      expect(of).toBeLessThanOrEqual(most[lump])
      counted[lump] += of
    })
  }
  const whole = prompts.map(tokens => beyondOf(LUMPS, tokens))
  expect(counted).toEqual(LUMPS.map((_, lump) => whole.reduce((sum, of) => sum + of[lump], 0)))
})
