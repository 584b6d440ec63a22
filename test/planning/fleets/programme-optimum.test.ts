import { describe, expect, test } from 'vitest'
import { stream } from '../../../src/core/random.ts'
import { AIMS, IN_WORDS } from '../../../src/planning/fleets/limits.ts'
import type { PlannedFleet, Programme } from '../../../src/planning/fleets/programme.ts'
import { planned } from '../../../src/planning/fleets/programme-optimum.ts'
import { naiveOptimum, takenOf } from './naive-optimum.ts'
import { choice, demand, drawn, programme, rating } from './programmes.ts'

describe('by hand', () => {
  const large = choice('large', { usdPerHour: 10, ratings: [rating(8)] })
  const small = choice('small', { usdPerHour: 2, ratings: [rating(1)] })

  test('one large and two small are cheaper than two large, and than small ones alone', async () => {
    const fleet = await planned(programme([large, small]))
    expect(fleet.nodes).toEqual([1, 2])
    expect(fleet.objective).toBe(14)
  })

  test('of many nodes, all are of the kind that is cheaper for the work', async () => {
    const fleet = await planned(programme([large, small], { demands: [demand('chat', 8000)] }))
    expect(fleet.nodes).toEqual([1000, 0])
    expect(fleet.usdPerHour).toBe(10_000)
  })

  test('a kind that does all better takes all', async () => {
    const better = choice('better', { usdPerHour: 0.9, ratings: [rating(1.1)] })
    expect((await planned(programme([choice('worse'), better]))).nodes).toEqual([0, 10])
  })

  test('of alike kinds the first is taken', async () => {
    expect((await planned(programme([choice('a'), choice('b')]))).nodes).toEqual([10, 0])
  })

  test('headroom is left free', async () => {
    expect((await planned(programme([choice('a')], { headroom: 0.8 }))).nodes).toEqual([13])
  })

  test('a budget that binds buys as many frugal nodes as it can', async () => {
    const frugal = choice('frugal', { usdPerHour: 10, idleWatts: 100, ratings: [rating(1, 100)] })
    const hungry = choice('hungry', { usdPerHour: 4, idleWatts: 300, ratings: [rating(1, 300)] })
    const given = programme([frugal, hungry], { aim: 'joules' })
    expect((await planned(given)).nodes).toEqual([10, 0])
    const fleet = await planned({ ...given, limits: { usdPerHour: 70 } })
    expect(fleet.nodes).toEqual([5, 5])
    expect(fleet.objective).toBeCloseTo(2000 * 3600, 3)
  })

  test('GPUs serve the share that they must', async () => {
    const gpu = choice('gpu', { usdPerHour: 5 })
    const asic = choice('asic', { isGpu: false })
    const fleet = await planned(programme([gpu, asic], { limits: { gpuShare: 0.3 } }))
    expect(fleet.nodes).toEqual([3, 7])
    expect(fleet.flow[0][0]).toBeCloseTo(3, 6)
  })

  test('the share of GPUs is of all requests, whatever their class', async () => {
    const gpu = choice('gpu', { usdPerHour: 5, ratings: [rating(1), undefined] })
    const asic = choice('asic', { isGpu: false, ratings: [rating(1), rating(1)] })
    const demands = [demand('chat', 4), demand('code', 4)]
    const fleet = await planned(programme([gpu, asic], { demands, limits: { gpuShare: 0.5 } }))
    expect(fleet.nodes).toEqual([4, 4])
  })

  test('no more nodes are taken than can be had, in whichever way they are used', async () => {
    const fast = choice('h100 tp8', { node: 'h100', most: 3, ratings: [rating(1), undefined] })
    const other = choice('h100 tp4', { node: 'h100', most: 3, ratings: [undefined, rating(1)] })
    const dear = choice('dear', { usdPerHour: 3, ratings: [rating(1), rating(1)] })
    const demands = [demand('chat', 2), demand('code', 2)]
    const fleet = await planned(programme([fast, other, dear], { demands }))
    expect(fleet.nodes[0] + fleet.nodes[1]).toBe(3)
    expect(fleet.nodes[2]).toBe(1)
  })

  test('nodes in stock need no capital and count against no supply', async () => {
    const owned = choice('owned', { capexUsd: 500, most: 1, usdPerHour: 2 })
    const fresh = choice('fresh', { capexUsd: 100, usdPerHour: 3 })
    const given = programme([owned, fresh], { stock: [4, 0] })
    const fleet = await planned(given)
    expect(fleet.nodes).toEqual([5, 5])
    expect(fleet.capexUsd).toBe(500 + 5 * 100)
    const tight = await planned({ ...given, limits: { capexUsd: 600 } })
    expect(tight.nodes).toEqual([4, 6])
    expect(tight.capexUsd).toBe(600)
  })

  test('stock is left where other nodes are cheaper to run', async () => {
    const old = choice('old', { usdPerHour: 5 })
    expect((await planned(programme([old, choice('new')], { stock: [10, 0] }))).nodes).toEqual([0, 10])
  })

  test('energy is that of idle nodes and, for the time that they are busy, what work adds', async () => {
    const node = choice('a', {
      idleWatts: 200,
      usdPerKwh: 0.5,
      gramsPerKwh: 400,
      embodiedGramsPerHour: 7,
      ratings: [rating(4, 1000)],
    })
    const fleet = await planned(programme([node], { demands: [demand('chat', 6)] }))
    expect(fleet.nodes).toEqual([2])
    expect(fleet.watts).toBeCloseTo(1.5 * 1000 + 0.5 * 200, 6)
    expect(fleet.usdPerHour).toBeCloseTo(2 + 1.6 * 0.5, 9)
    expect(fleet.gramsPerHour).toBeCloseTo(14 + 1.6 * 400, 6)
  })

  test('where dollars do not tell how to share requests out, energy does', async () => {
    const hungry = choice('hungry', { most: 1, ratings: [rating(10, 900)] })
    const frugal = choice('frugal', { most: 1, ratings: [rating(10, 200)], usdPerHour: 2 })
    const demands = [demand('chat', 12)]
    for (const choices of [
      [hungry, frugal],
      [frugal, hungry],
    ]) {
      const { flow } = await planned(programme(choices, { demands }))
      expect(flow[choices.indexOf(frugal)][0]).toBeCloseTo(10, 6)
    }
  })

  test('the power that racks must supply is that of all nodes at most', async () => {
    const flat = choice('flat', { maxWatts: 300, usdPerHour: 9 })
    const peaky = choice('peaky', { maxWatts: 900 })
    const fleet = await planned(programme([peaky, flat], { aim: 'watts' }))
    expect(fleet).toMatchObject({ nodes: [0, 10], objective: 3000 })
  })

  test('nobody comes, nothing is needed', async () => {
    const fleet = await planned(programme([choice('a')], { demands: [demand('chat', 0)] }))
    expect(fleet).toMatchObject({ nodes: [0], flow: [[0]], objective: 0 })
  })
})

describe('what is not known', () => {
  test.each(['usd', 'joules', 'grams', 'watts'] as const)(
    'is said in words where %s are least',
    async aim => {
      const needs = AIMS[aim].needs
      const secrets = needs.map(key => choice(key, { usdPerKwh: 1, gramsPerKwh: 1, [key]: Number.NaN }))
      const { leftOut } = await planned(programme([choice('known'), ...secrets], { aim }))
      expect(leftOut.map(({ name }) => name)).toEqual(needs)
      for (const { name, why } of leftOut)
        expect(why).toBe(`its ${IN_WORDS[name as keyof typeof IN_WORDS]} is not known`)
    },
  )

  const priceless = choice('priceless', { usdPerHour: Number.NaN, ratings: [rating(5)] })

  test('a choice without a price is left out of a plan for dollars, by name', async () => {
    const fleet = await planned(programme([priceless, choice('a')]))
    expect(fleet.nodes).toEqual([0, 10])
    expect(fleet.leftOut).toEqual([{ name: 'priceless', why: 'its price an hour is not known' }])
  })

  test('and of one with a budget, but not where dollars do not count', async () => {
    const given = programme([priceless, choice('a')], { aim: 'joules' })
    const fleet = await planned(given)
    expect(fleet).toMatchObject({ nodes: [2, 0], leftOut: [], usdPerHour: Number.NaN })
    expect((await planned({ ...given, limits: { usdPerHour: 99 } })).nodes).toEqual([0, 10])
  })

  test('power counts where energy is paid for by itself, that of busy nodes too', async () => {
    const choices = [
      choice('free', { idleWatts: Number.NaN }),
      choice('metered', { idleWatts: Number.NaN, usdPerKwh: 1 }),
      choice('secret', { usdPerKwh: 1, ratings: [rating(1, Number.NaN)] }),
    ]
    expect((await planned(programme(choices))).leftOut).toEqual([
      { name: 'metered', why: 'its idle power is not known' },
      { name: 'secret', why: 'its busy power is not known' },
    ])
  })

  test('nodes of unknown capital cost can be used but not bought where capital is limited', async () => {
    const owned = choice('owned', { capexUsd: Number.NaN })
    const dear = choice('dear', { usdPerHour: 2 })
    const given = programme([owned, dear], { stock: [4, 0], limits: { capexUsd: 1e6 } })
    expect(await planned(given)).toMatchObject({ nodes: [4, 6], capexUsd: 6000 })
    const { nodes, leftOut } = await planned({ ...given, stock: [0, 0] })
    expect(nodes).toEqual([0, 10])
    expect(leftOut).toEqual([{ name: 'owned', why: 'its price to buy is not known' }])
  })

  test('a choice without a height is left out where height is limited', async () => {
    const choices = [choice('flat', { rackUnits: 1, usdPerHour: 5 }), choice('a')]
    expect((await planned(programme(choices, { limits: { rackUnits: 10 } }))).nodes).toEqual([10, 0])
  })

  test('a choice that meets the SLO of no class is named', async () => {
    const { leftOut } = await planned(programme([choice('slow', { ratings: [undefined] }), choice('a')]))
    expect(leftOut).toEqual([{ name: 'slow', why: 'it meets the SLO of no class' }])
  })
})

/** About what the drawn programmes come to. */
const LIMITS = { usdPerHour: 16, capexUsd: 4e5, rackKw: 2, rackUnits: 14, nodes: 4, gpuShare: 0.5 }

describe('against every fleet of a few nodes', () => {
  test.each([
    [2, 2, 9],
    [3, 1, 6],
  ])('%i choices and %i classes', async (choices, classes, most) => {
    const random = stream('programmes', `${choices} ${classes}`)
    let feasible = 0
    for (let draw = 0; draw < 120; draw++) {
      const given = drawn(random, choices, classes, LIMITS)
      const least = naiveOptimum(given, most)
      const fleet = await orNone(given)
      expectClose(
        fleet?.objective ?? Number.POSITIVE_INFINITY,
        least,
        1e-6,
        JSON.stringify({ given, fleet, least }),
      )
      if (fleet !== undefined) expectKept(given, fleet)
      feasible += fleet === undefined ? 0 : 1
    }
    expect(feasible).toBeGreaterThan(30)
    expect(feasible).toBeLessThan(110)
  })
})

test('thousands of nodes come within a thousandth of what divisible ones would', async () => {
  const random = stream('programmes', 'large')
  const choices = Array.from({ length: 36 }, (_, k) =>
    choice(`n${k % 12} w${k}`, {
      node: `n${k % 12}`,
      usdPerHour: 1 + (k % 12),
      ratings: Array.from({ length: 8 }, () => rating((1 + (k % 12)) * (0.5 + random()))),
    }),
  )
  const demands = Array.from({ length: 8 }, (_, c) => demand(`c${c}`, 2000 * (1 + random())))
  const fleet = await planned(programme(choices, { demands, headroom: 0.8 }))
  const divisible = demands.map(
    ({ ratePerS }, c) =>
      Math.min(...choices.map(({ usdPerHour, ratings }) => usdPerHour / ratings[c]!.ratePerS)) *
      (ratePerS / 0.8),
  )
  const least = divisible.reduce((sum, usd) => sum + usd, 0)
  expect(fleet.objective).toBeGreaterThanOrEqual(least)
  expect(fleet.objective).toBeLessThan(least * 1.001)
  expect(fleet.gap).toBeLessThan(1e-3)
  expect(await planned(programme(choices, { demands, headroom: 0.8 }))).toEqual(fleet)
})

describe('numbers out of bounds', () => {
  test.each<[Partial<Programme>, RegExp]>([
    [{ headroom: 0 }, /headroom is 0; it must be above 0 and at most 1/],
    [{ headroom: 1.2 }, /headroom is 1.2/],
    [{ limits: { gpuShare: 1.5 } }, /limits.gpuShare is 1.5; it must be from 0 to 1/],
    [{ limits: { rackKw: Number.NaN } }, /limits.rackKw is NaN; it must be at least 0/],
    [{ demands: [demand('chat', -1)] }, /class "chat" comes at -1 requests\/s/],
  ])('%o', async (given, message) => {
    await expect(planned(programme([choice('a')], given))).rejects.toThrow(message)
  })
})

async function orNone(given: Programme): Promise<PlannedFleet | undefined> {
  try {
    return await planned(given)
  } catch (error) {
    expect((error as Error).name).toBe('UserError')
    return undefined
  }
}

/** All are served, nodes are not overworked, and sums are what they are said to be. */
function expectKept(given: Programme, { nodes, flow, ...sums }: PlannedFleet): void {
  const { choices, demands, headroom, limits, aim } = given
  const shares = flow.map(rates => rates.map((rate, c) => rate / demands[c].ratePerS))
  demands.forEach(({ ratePerS }, c) => {
    expectClose(
      flow.reduce((sum, rates) => sum + rates[c], 0),
      ratePerS,
      1e-9,
    )
  })
  choices.forEach(({ ratings }, k) => {
    const busy = flow[k].reduce((sum, rate, c) => sum + (rate === 0 ? 0 : rate / ratings[c]!.ratePerS), 0)
    expect(busy).toBeLessThanOrEqual(headroom * nodes[k] + 1e-5)
  })
  for (const [name, limit] of Object.entries(limits)) {
    const taken = takenOf(given, name, nodes, shares)
    if (name === 'gpuShare') expect(taken).toBeGreaterThan(limit - 1e-6)
    else expect(taken).toBeLessThan(limit * (1 + 1e-6))
  }
  expectClose(sums.objective, takenOf(given, aim, nodes, shares), 1e-9)
  expectClose(sums.usdPerHour, takenOf(given, 'usd', nodes, shares), 1e-9)
  expectClose(sums.watts, takenOf(given, 'joules', nodes, shares) / 3600, 1e-9)
  expectClose(sums.gramsPerHour, takenOf(given, 'grams', nodes, shares), 1e-9)
  expectClose(sums.capexUsd, takenOf(given, 'capexUsd', nodes, shares), 1e-9)
}

function expectClose(value: number, expected: number, share: number, message?: string): void {
  if (value === expected) return
  expect(Math.abs(value - expected), message ?? `${value} is not ${expected}`).toBeLessThanOrEqual(
    share * Math.abs(expected),
  )
}
