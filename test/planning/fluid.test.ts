import type { Highs } from 'highs'
import { expect, test } from 'vitest'
import { solver } from '../../src/core/linear-program.ts'
import { leastCost, type Shortage } from '../../src/planning/fluid.ts'
import type { Group } from '../../src/planning/groups.ts'

/** So many requests of a second each, that come in the first window and are due at `dueS`. */
function group(count: number, dueS: number, changes: Partial<Group> = {}): Group {
  const bins = [{ count, mostSize: 1 }]
  return { classId: 0, window: 0, dueS, size: count, cost: [1], seconds: [1], bins, ...changes }
}

/** A replica, in windows of 10 s. */
const SUPPLY = { endS: [10, 20, 30], seconds: [[10, 10, 10]] }

test('work waits until it is due, and what is left out costs nothing', async () => {
  const highs = await solver()
  expect(leastCost(highs, [group(18, 20)], SUPPLY, 0)).toBeCloseTo(18, 3)
  expect(leastCost(highs, [group(18, 20)], SUPPLY, 4)).toBeCloseTo(14, 3)
})

test('a fleet that is too small is told by how many times as many replicas would do, and for whom', async () => {
  const highs = await solver()
  const groups = [group(25, 10), group(5, 30, { classId: 1 })]
  const shortage = leastCost(highs, groups, SUPPLY, 0) as Shortage
  expect(shortage.times).toBeCloseTo(2.5, 6)
  expect(shortage.groups.map(({ group: { classId } }) => classId)).toEqual([0])
  expect(shortage.groups[0].share).toBeCloseTo(15 / 25, 6)
  const seconds = SUPPLY.seconds.map(of => of.map(one => 2.5 * one + 1e-6))
  expect(leastCost(highs, groups, { ...SUPPLY, seconds }, 0)).toBeCloseTo(30, 3)
})

test('what is short is told by seconds, not by dollars', async () => {
  // A dollar of the second takes a hundredth of the time.
  const groups = [group(10, 10), group(10, 10, { classId: 1, seconds: [0.01] })]
  const { groups: short } = leastCost(
    await solver(),
    groups,
    { ...SUPPLY, seconds: [[5, 1, 1]] },
    0,
  ) as Shortage
  const missingS = short.reduce(
    (all, { group: { size, seconds }, share }) => all + share * size * seconds[0],
    0,
  )
  expect(missingS).toBeCloseTo(10 + 0.1 - 5, 6)
})

test('a kind of no replicas takes nothing, whoever has no other is short', async () => {
  const highs = await solver()
  const supply = { endS: [10], seconds: [[100], [0]] }
  expect(
    leastCost(highs, [group(5, 10, { cost: [1, Infinity], seconds: [1, Infinity] })], supply, 0),
  ).toBeCloseTo(5, 3)
})

/** A solver that finds no answer to the first program that it is asked, and means it. */
function stuckAt(highs: Highs, Status: string): Pick<Highs, 'solve'> {
  let first: string | undefined
  return {
    solve: (text, options) => {
      first ??= text
      return text === first ? { ...highs.solve(text, options), Status } : highs.solve(text, options)
    },
  } as Pick<Highs, 'solve'>
}

test.each(['Unknown', 'Infeasible'])('where the solver says %s, what is short decides', async status => {
  const highs = await solver()
  const short = leastCost(stuckAt(highs, status), [group(25, 10)], SUPPLY, 0) as Shortage
  expect(short.times).toBeCloseTo(2.5, 6)
  // Nothing is short on the verge: with a little more room the bound holds still.
  const least = leastCost(stuckAt(highs, status), [group(10, 10)], SUPPLY, 0)
  expect(least).toBeCloseTo(10, 3)
})
