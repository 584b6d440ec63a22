import { describe, expect, test } from 'vitest'
import { solver } from '../../../src/core/linear-program.ts'
import { stream } from '../../../src/core/random.ts'
import type { Programme } from '../../../src/planning/fleets/programme.ts'
import { modelOf } from '../../../src/planning/fleets/programme-model.ts'
import { planned } from '../../../src/planning/fleets/programme-optimum.ts'
import { conflictsOf, shortfallError } from '../../../src/planning/fleets/shortfall.ts'
import { naiveOptimum } from './naive-optimum.ts'
import { choice, demand, drawn, programme } from './programmes.ts'

const START = 'plan: no fleet serves all requests within the limits: '

async function messageOf(given: Programme): Promise<string> {
  const error = await planned(given).then(
    () => undefined,
    (error: Error) => error,
  )
  expect(error?.name).toBe('UserError')
  return error!.message
}

describe('says what would have to move, and how far', () => {
  test('a budget', async () => {
    const given = programme([choice('a', { usdPerHour: 2.73 })], { limits: { usdPerHour: 10 } })
    expect(await messageOf(given)).toBe(`${START}budget 10 $/h: the least is 27.3 $/h`)
  })

  test('the power of racks', async () => {
    const given = programme([choice('a', { maxWatts: 6100 })], { limits: { rackKw: 40 } })
    expect(await messageOf(given)).toBe(`${START}rack power 40 kW: the least is 61 kW`)
  })

  test('a number is rounded to where a fleet keeps to it', async () => {
    const given = programme([choice('a', { usdPerHour: 1.23456 })], { limits: { usdPerHour: 10 } })
    expect(await messageOf(given)).toMatch(/the least is 12.35 /)
    expect((await planned({ ...given, limits: { usdPerHour: 12.35 } })).nodes).toEqual([10])
  })

  test('a budget that does not buy one node', async () => {
    const choices = [choice('a', { usdPerHour: 30 }), choice('b', { usdPerHour: 27 })]
    expect(await messageOf(programme(choices, { limits: { usdPerHour: 20 } }))).toBe(
      `${START}budget 20 $/h: the least is 270 $/h (below one node: the cheapest that serves class "chat" is b at 27 $/h)`,
    )
  })

  test('a share of GPUs that none can have', async () => {
    const given = programme([choice('asic', { isGpu: false })], { limits: { gpuShare: 0.5 } })
    expect(await messageOf(given)).toBe(`${START}GPU share 0.5: the most is 0`)
  })

  test('nodes that cannot be had', async () => {
    expect(await messageOf(programme([choice('h100', { most: 4 })]))).toBe(
      `${START}h100 to be had 4: the least is 10`,
    )
  })

  test('limits that contradict one another, while others do not matter', async () => {
    const gpu = choice('gpu', { maxWatts: 5000 })
    const asic = choice('asic', { isGpu: false, maxWatts: 1000 })
    const limits = { rackKw: 20, gpuShare: 0.5, usdPerHour: 1000, nodes: 50 }
    expect(await messageOf(programme([gpu, asic], { limits }))).toBe(
      `${START}rack power 20 kW and GPU share 0.5 contradict one another; if one alone moves, ` +
        'rack power: the least is 30 kW, or GPU share: the most is 0.2',
    )
  })

  test('limits of which each is too tight by itself', async () => {
    const limits = { usdPerHour: 5, rackKw: 0.5 }
    expect(await messageOf(programme([choice('a')], { limits }))).toBe(
      `${START}budget 5 $/h: the least is 10 $/h; moreover rack power 0.5 kW: the least is 1 kW`,
    )
  })
})

test('limits that a fleet does keep to, but for what the solver cannot tell, are called so', async () => {
  const model = modelOf(programme([choice('a')], { limits: { nodes: 10 } }))
  expect(shortfallError(await solver(), model).message).toBe(
    `${START}they are too tight by less than a millionth`,
  )
})

describe('a class that nothing serves', () => {
  test('is named', async () => {
    const demands = [demand('chat', 1), demand('long', 1), demand('nobody', 0)]
    expect(await messageOf(programme([choice('a')], { demands }))).toBe(
      'plan: class "long": no choice meets its SLO',
    )
  })

  test('since what would serve it is left out', async () => {
    const priceless = choice('h100', { usdPerHour: Number.NaN })
    expect(await messageOf(programme([priceless]))).toBe(
      'plan: class "chat": no choice meets its SLO; left out: h100, its price an hour is not known',
    )
  })
})

/** Too tight for most of what is drawn. */
const LIMITS = { usdPerHour: 8, capexUsd: 2e5, rackKw: 1, rackUnits: 7, nodes: 2, gpuShare: 0.7 }

test('what is said does, and less does not, in programmes drawn', async () => {
  const random = stream('programmes', 'shortfall')
  const highs = await solver()
  let mended = 0
  for (let draw = 0; draw < 60; draw++) {
    const given = drawn(random, 2, 2, LIMITS)
    const model = modelOf(given)
    if (model.classes.some(id => model.used.every(k => given.choices[k].ratings[id] === undefined))) continue
    const conflicts = conflictsOf(highs, model)
    expect(conflicts.length > 0).toBe(naiveOptimum(given, 9) === Number.POSITIVE_INFINITY)
    if (conflicts.length !== 1) continue
    for (const { restriction, bound } of conflicts[0].mends) {
      const { of } = restriction
      if (typeof of !== 'string') continue
      const slack = restriction.relation === '<=' ? 1e-3 : -1e-3
      const at = (share: number) =>
        naiveOptimum({ ...given, limits: { ...given.limits, [of]: bound + share * (bound || 1) } }, 9)
      expect(at(slack)).toBeLessThan(Number.POSITIVE_INFINITY)
      expect(at(-slack)).toBe(Number.POSITIVE_INFINITY)
      mended++
    }
  }
  expect(mended).toBeGreaterThan(20)
})
