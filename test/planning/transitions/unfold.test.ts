import { describe, expect, it } from 'vitest'
import { planned } from '../../../src/planning/fleets/programme-optimum.ts'
import type { Cohort } from '../../../src/planning/transitions/cohorts.ts'
import { overtakes } from '../../../src/planning/transitions/overtaking.ts'
import { quarterOf as q, quarterText } from '../../../src/planning/transitions/quarters.ts'
import { STRATEGY_NAMES } from '../../../src/planning/transitions/strategies.ts'
import { plannedQuarter, unfolded } from '../../../src/planning/transitions/unfold.ts'
import { type HandKind, handMarket } from './market.ts'

const HOURS = 2190

const gpu: HandKind = {
  name: 'gpu',
  isGpu: true,
  termQuarters: 3,
  usdPerHour: () => 10,
  ratesPerS: () => [10],
}
const asic: HandKind = {
  name: 'asic',
  isGpu: false,
  termQuarters: 3,
  available: q('2024-Q3'),
  usdPerHour: () => 6,
  ratesPerS: quarter => [quarter < q('2025-Q1') ? 5 : 9],
}

describe('cohorts', () => {
  it('stay for their term at the price of their day, are replaced in the quarter after, and added to as demand grows', async () => {
    const dearer = { ...gpu, usdPerHour: (quarter: number) => 10 + (quarter - q('2024-Q1')) }
    const market = handMarket(
      [dearer],
      [quarter => 10 + 5 * (quarter - q('2024-Q1'))],
      ['2024-Q1', '2025-Q1'],
    )
    const outcomes = await unfolded(market, 'gpu-only', planned)
    expect(outcomes.map(({ added }) => added)).toEqual([[1], [1], [0], [2], [1]])
    expect(outcomes.map(({ present }) => present)).toEqual([[1], [2], [2], [3], [3]])
    const perHour = [10, 10 + 11, 10 + 11, 11 + 2 * 13, 2 * 13 + 14]
    for (const [i, { usd }] of outcomes.entries()) expect(usd).toBeCloseTo(HOURS * perHour[i], 6)
  })

  it.each(['usd', 'joules', 'grams'] as const)(
    'are used before more are bought where %s are to be least',
    async aim => {
      const market = handMarket(
        [gpu],
        [quarter => (quarter < q('2024-Q3') ? 40 : 60)],
        ['2024-Q1', '2024-Q3'],
        aim,
      )
      const outcomes = await unfolded(market, 'mix', planned)
      expect(outcomes.map(({ added }) => added)).toEqual([[4], [0], [2]])
      expect(outcomes.map(({ used, flow }) => [used, flow.flat().map(Math.round)])).toEqual([
        [[4], [40]],
        [[4], [40]],
        [[6], [60]],
      ])
    },
  )

  it('cost and weigh on carbon where they are left unused too', async () => {
    const market = handMarket(
      [gpu],
      [quarter => (quarter === q('2024-Q1') ? 20 : 10)],
      ['2024-Q1', '2024-Q2'],
    )
    const [, second] = await unfolded(market, 'gpu-only', planned)
    expect([second.present, second.used, second.added]).toEqual([[2], [1], [0]])
    expect(second.usd).toBeCloseTo(HOURS * 20, 6)
    expect(second.embodiedGrams).toBeCloseTo(HOURS * 2, 6)
    // The one that works draws 200 W at its rating, the other is off.
    expect(second.kwh).toBeCloseTo(HOURS * 0.2, 6)
    expect(second.operationalGrams).toBeCloseTo(HOURS * 0.2 * 400, 4)
  })
})

describe('strategies', () => {
  const demand = () => 90
  const market = handMarket([gpu, asic], [demand], ['2024-Q1', '2025-Q4'])

  it('with ratings by hand the mix overtakes in the quarter by hand', async () => {
    // 9 GPUs are 90 $/h. ASICs at 5 req/s would be 18 x 6 = 108 $/h: dearer. From 2025-Q1 on at 9 req/s 10 x 6 = 60 $/h,
    // but the GPUs of 2024-Q4 stay to 2025-Q2.
    const [gpus, mix] = [await unfolded(market, 'gpu-only', planned), await unfolded(market, 'mix', planned)]
    expect(gpus.map(({ usd }) => Math.round(usd / HOURS))).toEqual(Array(8).fill(90))
    expect(mix.map(({ usd }) => Math.round(usd / HOURS))).toEqual([90, 90, 90, 90, 90, 90, 60, 60])
    const place = overtakes(
      mix.map(({ usd }) => usd),
      gpus.map(({ usd }) => usd),
    )
    expect(quarterText(market.quarters[place!])).toBe('2025-Q3')
  })

  it('ASICs are taken where they run, whatever they cost, once nodes that are there do not do', async () => {
    const outcomes = await unfolded(market, 'asic-where-it-runs', planned)
    expect(outcomes.map(({ present }) => present)).toEqual([
      [9, 0],
      [9, 0],
      [9, 0],
      ...Array(3).fill([0, 18]),
      ...Array(2).fill([0, 10]),
    ])
  })

  it.each([
    ['usd', 1],
    ['usd', 2],
    ['joules', 3],
    ['grams', 4],
  ] as const)(
    'the mix never has more of %s than others that begin a quarter with the same nodes (%i)',
    async (aim, seed) => {
      const random = (i: number) => ((seed * 7919 + i * 104729) % 97) / 97
      const kinds = [0, 1, 2, 3].map(
        (i): HandKind => ({
          name: `k${i}`,
          isGpu: i < 2,
          termQuarters: 2 + i,
          usdPerHour: () => 5 + 20 * random(i),
          ratesPerS: () => [3 + 10 * random(10 + i), i === 3 ? undefined : 2 + 10 * random(20 + i)],
        }),
      )
      const drawn = handMarket(kinds, [() => 61, () => 37], ['2024-Q1', '2024-Q2'], aim)
      const quarter = q('2024-Q1')
      const before: Cohort[] = [0, 2].map(kind => ({
        ...{ kind, nodes: 2, since: quarter - 1, until: quarter + 2, usdPerHour: 7, embodiedGramsPerHour: 1 },
      }))
      const aims = { usd: 'usd', joules: 'kwh', grams: 'operationalGrams' } as const
      const found = new Map<string, number>()
      for (const strategy of STRATEGY_NAMES) {
        const { outcome } = await plannedQuarter(drawn, strategy, quarter, before, planned)
        const embodied = aim === 'grams' ? outcome.embodiedGrams : 0
        found.set(strategy, outcome[aims[aim]] + embodied)
      }
      for (const strategy of STRATEGY_NAMES) {
        expect(found.get('mix')!).toBeLessThanOrEqual(found.get(strategy)! * (1 + 1e-3))
      }
    },
  )

  it('a service that nobody serves is named with the quarter, the strategy and every reason', async () => {
    const late = handMarket([asic], [demand], ['2024-Q1', '2024-Q4'])
    await expect(unfolded(late, 'mix', planned)).rejects.toThrow(
      'transition: no node serves "s0" in 2024-Q1 under mix: asic: by hand',
    )
    const barred = handMarket([{ ...asic, available: 0 }], [demand], ['2024-Q1', '2024-Q4'])
    await expect(unfolded(barred, 'gpu-only', planned)).rejects.toThrow('asic: gpu-only does not take it')
  })
})
