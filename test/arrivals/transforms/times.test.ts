import { describe, expect, test } from 'vitest'
import type { ArrivalSource } from '../../../src/arrivals/contract.ts'
import { atRate } from '../../../src/arrivals/transforms/scale.ts'
import { shifted } from '../../../src/arrivals/transforms/shift.ts'
import { sliced } from '../../../src/arrivals/transforms/slice.ts'
import { spread } from '../../../src/arrivals/transforms/spread.ts'
import { stretched } from '../../../src/arrivals/transforms/stretch.ts'
import { thinned } from '../../../src/arrivals/transforms/thin.ts'
import { at, CHANCE, fullRows, inSession, placed, sourceOf, times, turn } from './sources.ts'

describe('a slice', () => {
  test('has its first second and not its last', async () => {
    const slice = sliced(at([0, 1, 2.5, 2.5, 4, 5]), { fromS: 1, toS: 4 })
    expect(await placed(slice)).toEqual([
      [0, 2],
      [1.5, 3],
      [1.5, 4],
    ])
  })

  test('numbers the turns of a session that began before from 1, without a pause before the first', async () => {
    const rows = [turn(0, 0, 1, 4, 0), turn(5, 0, 2, 4, 3), turn(6, 1, 1, 2, 0), turn(9, 0, 3, 4, 2)]
    const slice = await fullRows(sliced(sourceOf(rows), { fromS: 2 }))
    expect(slice.map(inSession)).toEqual([
      [0, 1, 3, Number.NaN],
      [1, 1, 2, Number.NaN],
      [0, 2, 3, 2],
    ])
  })

  test('of no length is a mistake', () => {
    expect(() => sliced(at([0]), { fromS: 4, toS: 4 })).toThrow('to_s is 4; must be a number above from_s, 4')
  })

  test('reads no further than its end', async () => {
    let fills = 0
    const endless: ArrivalSource = {
      classes: ['all'],
      fill(block) {
        block.length = 0
        while (block.length < block.capacity) block.push(fills + block.length / 4096, 1, 1, 0, 0)
        fills++
      },
      close() {},
    }
    expect((await fullRows(sliced(endless, { toS: 1.5 }))).length).toBe(6144)
    expect(fills).toBe(2)
  })
})

describe('thinning', () => {
  const sessions = Array.from({ length: 2000 }, (_, i) =>
    [1, 2, 3].map(number => turn(i, i, number, 3, number)),
  ).flat()

  test('keeps the share, by session all turns or none', async () => {
    const rows = await fullRows(thinned(sourceOf(sessions), { share: 0.25 }, CHANCE))
    expect(rows.length % 3).toBe(0)
    // Five standard deviations of a binomial.
    expect(Math.abs(rows.length / 3 - 500)).toBeLessThan(5 * Math.sqrt(2000 * 0.25 * 0.75))
    expect(rows.map(inSession)).toEqual(rows.map((row, i) => inSession({ ...row, turn: 1 + (i % 3) })))
  })

  test('by request leaves each row that is left to wait for the one before it that is', async () => {
    const rows = await fullRows(thinned(sourceOf(sessions), { share: 0.5, by: 'request' }, CHANCE))
    const counts = new Map<number, number>()
    for (const row of rows) {
      const number = (counts.get(row.session) ?? 0) + 1
      counts.set(row.session, number)
      expect([row.turn, row.turns, Number.isNaN(row.thinkS)]).toEqual([number, 0, number === 1])
    }
    expect([...counts.values()].filter(count => count < 3).length).toBeGreaterThan(100)
  })
})

describe('rate and time', () => {
  test('a mean rate counts gaps, not requests', async () => {
    expect(await times(atRate(() => at([0, 1, 4]), { perS: 4 }))).toEqual([0, 0.125, 0.5])
    expect(await times(atRate(() => at([0, 1, 4]), { factor: 2 }))).toEqual([0, 0.5, 2])
  })

  test('a workload of one instant has no rate', async () => {
    await expect(times(atRate(() => at([0, 0]), { perS: 4 }))).rejects.toThrow(
      'the workload has 2 requests, all at one instant; must have two to have a rate',
    )
  })

  test('stretching leaves pauses alone unless asked, and deadlines always', async () => {
    const rows = [
      { ...turn(0, 0, 1, 2, 0), deadlineS: 3 },
      { ...turn(2, 0, 2, 2, 5), deadlineS: 3 },
    ]
    const [, later] = await fullRows(stretched(sourceOf(rows), { factor: 10 }))
    expect([later.arrivalS, later.thinkS, later.deadlineS]).toEqual([20, 5, 3])
    const [, all] = await fullRows(stretched(sourceOf(rows), { factor: 10, thinkTimes: true }))
    expect([all.arrivalS, all.thinkS, all.deadlineS]).toEqual([20, 50, 3])
  })
})

describe('shifting', () => {
  test('turns a period around', async () => {
    const day = () => at([0, 10, 20])
    expect(await placed(shifted(day, { byS: 5, periodS: 24 }))).toEqual(
      [
        [0, 3],
        [4, 1],
        [14, 2],
      ]
        .map(([timeS, prompt]) => [timeS, prompt])
        .sort((a, b) => a[0] - b[0]),
    )
  })

  test('by less than the idle end of the period, or by whole periods, changes nothing', async () => {
    const day = () => at([0, 10, 20])
    for (const byS of [3, 24, -48, 0]) {
      expect(await times(shifted(day, { byS, periodS: 24 }))).toEqual([0, 10, 20])
    }
    expect(await placed(shifted(day, { byS: -1, periodS: 24 }))).toEqual([
      [0, 2],
      [10, 3],
      [14, 1],
    ])
  })

  test('makes two of a session across the seam', async () => {
    const rows = [turn(0, 0, 1, 3, 0), turn(10, 0, 2, 3, 4), turn(20, 0, 3, 3, 4)]
    const moved = await fullRows(shifted(() => sourceOf(rows), { byS: -5, periodS: 24 }))
    expect(moved.map(inSession)).toEqual([
      [0, 1, 2, Number.NaN],
      [0, 2, 2, 4],
      [1, 1, 3, Number.NaN],
    ])
  })

  test('needs a period that holds the workload', async () => {
    await expect(times(shifted(() => at([0, 10, 20]), { byS: 1, periodS: 15 }))).rejects.toThrow(
      'period_s is 15; must be at least 20, when a request comes',
    )
  })
})

describe('spreading', () => {
  test('places the requests of an instant evenly up to the next, the last as the one before', async () => {
    const batches = at([0, 0, 0, 3, 7, 7, 7, 7])
    expect(await times(spread(batches, {}, CHANCE))).toEqual([0, 1, 2, 3, 7, 8, 9, 10])
  })

  test('goes no further than told', async () => {
    expect(await times(spread(at([0, 0, 3600, 3600]), { mostS: 3 }, CHANCE))).toEqual([0, 1.5, 3600, 3601.5])
  })

  test('by chance keeps each request in its gap, in order', async () => {
    const rows = await times(
      spread(at(Array.from({ length: 4000 }, (_, i) => 3 * Math.floor(i / 10))), { how: 'uniform' }, CHANCE),
    )
    // The first request is at 0 s wherever it was drawn, at most 3 s after the batch.
    const inGap = rows.filter(
      (timeS, i) => timeS >= 3 * Math.floor(i / 10) - 3 && timeS < 3 * Math.floor(i / 10) + 3,
    )
    expect(inGap.length).toBe(4000)
    expect(new Set(rows).size).toBe(4000)
    const mean = rows.reduce((sum, timeS, i) => sum + timeS - 3 * Math.floor(i / 10), 0) / 4000
    expect(mean).toBeGreaterThan(1)
    expect(mean).toBeLessThan(1.6)
  })

  test('keeps the turns of a session together', async () => {
    const rows = [turn(0, 0, 1, 2, 1), turn(0, 0, 2, 2, 1), turn(0, 1, 1, 1, 1), turn(4, 2, 1, 1, 1)]
    expect(await times(spread(sourceOf(rows), {}, CHANCE))).toEqual([0, 0, 2, 4])
  })

  test('holds instants longer than a block', async () => {
    const rows = await times(spread(at([...Array(9999).fill(0), 9999]), {}, CHANCE))
    expect(rows.findIndex((timeS, i) => Math.abs(timeS - i) > 1e-9)).toBe(-1)
  })
})
