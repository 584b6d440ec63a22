import { expect, it } from 'vitest'
import type { Choice } from '../../../src/planning/fleets/programme.ts'
import { planned } from '../../../src/planning/fleets/programme-optimum.ts'
import { dispatched, heldFirst } from '../../../src/planning/transitions/dispatch.ts'
import { choice, rating } from '../fleets/programmes.ts'

const thirsty = choice('thirsty', { ratings: [rating(10, 20_000)] })
const frugal = choice('frugal', { ratings: [rating(10, 10_000)] })
const [heldThirsty, heldFrugal] = [thirsty, frugal].map(
  (of): Choice => ({ ...of, name: `${of.name} held`, node: `${of.node} held`, usdPerHour: 0, most: 10 }),
)

function programmeOf(choices: readonly Choice[], aim: 'usd' | 'joules' = 'usd') {
  return { choices, demands: [{ name: 's', ratePerS: 50 }], aim, limits: {}, headroom: 1 }
}

const CHOICES = [thirsty, frugal, heldThirsty, heldFrugal]
const AS_IT_CAME = { nodes: [0, 0, 10, 0], flow: [[0], [0], [50], [0]] }

it('of nodes that are there and cost the same, those work that take the least energy', async () => {
  const { flow, operation } = await dispatched(programmeOf(CHOICES), 2, AS_IT_CAME, planned)
  expect(flow.map(([ratePerS]) => Math.round(ratePerS))).toEqual([0, 0, 0, 50])
  expect(operation.nodes.map(Math.abs)).toEqual([0, 0, 0, 5])
  expect(operation.watts).toBeCloseTo(5 * 10_000, 6)
})

it('none are added for it, not even where they are free, and no more is paid for energy', async () => {
  const free = { ...frugal, usdPerHour: 0 }
  const left = { ...heldFrugal, most: 0 }
  const none = await dispatched(programmeOf([thirsty, free, heldThirsty, left]), 2, AS_IT_CAME, planned)
  expect(none.operation.nodes.map(Math.abs)).toEqual([0, 0, 5, 0])
  const paid = [thirsty, frugal, heldThirsty, { ...heldFrugal, usdPerKwh: 0.1 }]
  const dearer = await dispatched(programmeOf(paid), 2, AS_IT_CAME, planned)
  expect(dearer.operation.nodes.map(Math.abs)).toEqual([0, 0, 5, 0])
})

it('nodes that are left take over from those of their kind that would be bought', () => {
  const plan = { nodes: [4, 1, 3, 0], flow: [[40], [10], [30], [0]] }
  expect(heldFirst(plan, [{ ...heldThirsty, most: 5 }, heldFrugal])).toEqual({
    nodes: [2, 0, 5, 1],
    flow: [[20], [0], [50], [10]],
  })
})
