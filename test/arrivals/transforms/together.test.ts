import { describe, expect, test } from 'vitest'
import type { ArrivalSource } from '../../../src/arrivals/contract.ts'
import { measure } from '../../../src/arrivals/measure.ts'
import { bootstrapped } from '../../../src/arrivals/transforms/bootstrap.ts'
import { looped } from '../../../src/arrivals/transforms/loop.ts'
import { merged } from '../../../src/arrivals/transforms/merge.ts'
import { superposed } from '../../../src/arrivals/transforms/superpose.ts'
import { at, CHANCE, fullRows, type Made, placed, sourceOf, times } from './sources.ts'

describe('superposing', () => {
  test('begins the copies within the shift, one as it is', async () => {
    const rows = await placed(superposed(() => at([0, 100]), { copies: 5, shiftS: 10 }, CHANCE))
    const begins = rows.filter(([, prompt]) => prompt === 1).map(([timeS]) => timeS)
    const ends = rows.filter(([, prompt]) => prompt === 2).map(([timeS]) => timeS)
    expect(begins[0]).toBe(0)
    expect(new Set(begins).size).toBe(5)
    expect(Math.max(...begins)).toBeLessThan(10)
    expect(ends.map((timeS, i) => Math.abs(timeS - begins[i] - 100) < 1e-9)).toEqual(Array(5).fill(true))
  })

  test('keeps sessions and prefixes of copies apart, and shares those within a copy', async () => {
    const rows = [0, 1].map(arrivalS => ({
      arrivalS,
      session: 3,
      turn: arrivalS + 1,
      blockTokens: 16,
      blocks: [0, 7],
    }))
    const all = await fullRows(superposed(() => sourceOf(rows), { copies: 2, shiftS: 0.5 }, CHANCE))
    expect(all.map(row => [row.session, ...row.blocks])).toEqual([
      [6, 0, 14],
      [7, 1, 15],
      [6, 0, 14],
      [7, 1, 15],
    ])
  })
})

describe('looping', () => {
  test('goes on after a mean gap, up to a number of requests', async () => {
    expect(await times(looped(() => at([0, 1, 4]), { requests: 7 }))).toEqual([0, 1, 4, 6, 7, 10, 12])
  })

  test('goes on at the period, up to a time', async () => {
    const day = looped(() => at([0, 1, 4]), { durationS: 22, periodS: 10 })
    expect(await times(day)).toEqual([0, 1, 4, 10, 11, 14, 20, 21])
  })

  test('has sessions and prefixes of its own in each lap', async () => {
    const rows = [{ session: 2, turn: 1, blockTokens: 16, blocks: [0, 4] }, { arrivalS: 1 }]
    const laps = await fullRows(looped(() => sourceOf(rows), { requests: 5 }))
    expect(laps.filter(row => row.session >= 0).map(row => [row.session, ...row.blocks])).toEqual([
      [2, 0, 4],
      [5, 5, 9],
      [8, 10, 14],
    ])
  })

  test('of nothing is nothing', async () => {
    expect(await times(looped(() => at([]), { requests: 5 }))).toEqual([])
  })

  test.each([
    [{}, [0, 1], 'loop has neither duration_s nor requests; must have one'],
    [{ requests: 9, periodS: 3 }, [0, 4], 'period_s is 3; must be at least 4, when the last request comes'],
    [{ requests: 9 }, [0, 0], 'the workload has 2 requests, all at one instant'],
  ])('cannot: %j of arrivals %j', async (spec, arrivals, message) => {
    await expect((async () => times(looped(() => at(arrivals), spec)))()).rejects.toThrow(message)
  })
})

describe('the block bootstrap', () => {
  /** Four requests an hour, the n-th hour's of n + 1 tokens. */
  const hours = (count: number) => () =>
    sourceOf(
      Array.from({ length: 4 * count }, (_, i) => ({
        arrivalS: 900 * i,
        inputTokens: 1 + Math.floor(i / 4),
        session: Math.floor(i / 4),
        turn: 1 + (i % 4),
        turns: 4,
        blockTokens: 16,
        blocks: [0, 1 + Math.floor(i / 4)],
      })),
    )

  test('puts whole blocks one behind the other', async () => {
    const rows = await fullRows(bootstrapped(hours(24), { blockS: 3600 }, CHANCE))
    expect(rows.map(row => row.arrivalS)).toEqual(Array.from({ length: 96 }, (_, i) => 900 * i))
    for (let i = 0; i < 96; i += 4) {
      expect(new Set(rows.slice(i, i + 4).map(row => row.inputTokens)).size).toBe(1)
      expect(new Set(rows.slice(i, i + 4).map(row => row.session)).size).toBe(1)
    }
    expect(new Set(rows.map(row => row.session)).size).toBe(24)
    const drawn = new Set(rows.map(row => row.inputTokens)).size
    // 24 draws of 24: 15.4 different ones on average.
    expect(drawn).toBeGreaterThan(9)
    expect(drawn).toBeLessThan(22)
  })

  test('gives a block drawn again prefix blocks of its own', async () => {
    const rows = await fullRows(bootstrapped(hours(6), { blockS: 3600, blocks: 40 }, CHANCE))
    const visits = Array.from({ length: 40 }, (_, i) => rows[4 * i])
    for (const hour of [1, 2, 3, 4, 5, 6]) {
      const own = visits.filter(row => row.inputTokens === hour).map(row => row.blocks[1])
      expect(own).toEqual(own.map((_, i) => hour + 7 * i))
    }
  })

  test('draws from blocks of the same phase of a period', async () => {
    const rows = await fullRows(bootstrapped(hours(24), { blockS: 3600, periodS: 6 * 3600 }, CHANCE))
    expect(rows.map(row => (row.inputTokens - 1) % 6)).toEqual(rows.map((_, i) => Math.floor(i / 4) % 6))
  })

  test('draws every block equally often', async () => {
    const rows = await fullRows(bootstrapped(hours(4), { blockS: 3600, blocks: 2000 }, CHANCE))
    for (const hour of [1, 2, 3, 4]) {
      const share = rows.filter(row => row.inputTokens === hour).length / rows.length
      expect(Math.abs(share - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 2000))
    }
  })

  test('leaves out a last block that is less than half full, and no other', async () => {
    const prompts = async (lastS: number) => {
      const source = () => at([0, 10, 20, lastS])
      return new Set(
        (await placed(bootstrapped(source, { blockS: 10, blocks: 60 }, CHANCE))).map(row => row[1]),
      )
    }
    expect((await prompts(24)).has(4)).toBe(false)
    expect((await prompts(26)).has(4)).toBe(true)
  })

  test('knows the names and the report of the whole workload, whichever blocks are drawn', async () => {
    const thirds = Array.from({ length: 15_000 }, (_, i) => {
      const third = Math.floor(i / 5000)
      return { arrivalS: i, class: `class ${third}`, tenant: `tenant ${third}`, model: `model ${third}` }
    })
    for (let seed = 1; seed <= 5; seed++) {
      const source = bootstrapped(() => counting(sourceOf(thirds)), { blockS: 5000 }, { seed, name: 'test' })
      const { requests, byClass, report } = await measure(source)
      expect([requests, byClass.map(({ name }) => name)]).toEqual([15_000, ['class 0', 'class 1', 'class 2']])
      expect(source.tenants).toEqual(['tenant 0', 'tenant 1', 'tenant 2'])
      expect(source.models).toEqual(['model 0', 'model 1', 'model 2'])
      expect(report!.rows).toBe(15_000)
    }
  })

  test('closes every reader that it opens, read or not', async () => {
    const opened: Made[] = []
    const open = () => {
      const source = sourceOf([{ arrivalS: 0 }, { arrivalS: 10 }, { arrivalS: 20 }])
      opened.push(source)
      return source
    }
    bootstrapped(open, { blockS: 10 }, CHANCE).close()
    const source = bootstrapped(open, { blockS: 10, blocks: 20 }, CHANCE)
    await fullRows(source)
    source.close()
    expect(opened.length).toBeGreaterThan(3)
    expect(opened.filter(({ closed }) => closed === 0)).toEqual([])
  })

  test('needs a period of whole blocks', () => {
    expect(() => bootstrapped(hours(2), { blockS: 3600, periodS: 5000 }, CHANCE)).toThrow(
      'period_s is 5000; must be a whole number of blocks of 3600 s',
    )
  })
})

/** The same source, whose report counts the rows read so far. */
function counting(source: ArrivalSource): ArrivalSource {
  let rows = 0
  return {
    ...source,
    async fill(block) {
      await source.fill(block)
      rows += block.length
    },
    report: () => ({ ...source.report!()!, rows }),
  }
}

describe('merging', () => {
  const row = { blockTokens: 16, blocks: [0, 2], session: 5, turn: 1, thinkS: Number.NaN }

  test('carries all that rows say, names as one, sessions and prefixes apart', async () => {
    const a = [
      { ...row, class: 'chat', tenant: 'x', model: 'm' },
      { ...row, arrivalS: 2, class: 'code', tenant: 'y', turn: 2, thinkS: 1 },
    ]
    const b = [{ ...row, arrivalS: 1, class: 'code', tenant: 'x', deadlineS: 4, modality: 2, items: 3 }]
    const source = merged([sourceOf(a), sourceOf(b)])
    const rows = await fullRows(source, 2)
    const said = rows.map(
      ({ class: name, tenant, model, session, turn, thinkS, deadlineS, items, blocks }) => [
        name,
        tenant,
        model,
        session,
        turn,
        thinkS,
        deadlineS,
        items,
        blocks.join(' '),
      ],
    )
    expect(said).toEqual([
      ['chat', 'x', 'm', 10, 1, Number.NaN, Number.NaN, 0, '0 4'],
      ['code', 'x', undefined, 11, 1, Number.NaN, 4, 3, '1 5'],
      ['code', 'y', undefined, 10, 2, 1, Number.NaN, 0, '0 4'],
    ])
    expect([source.classes, source.tenants, source.models]).toEqual([['chat', 'code'], ['x', 'y'], ['m']])
  })

  test('of a source that says little with one that says much leaves its rows blank', async () => {
    const plain = sourceOf([{ arrivalS: 0 }, { arrivalS: 2 }], false)
    const rows = await fullRows(merged([plain, sourceOf([{ ...row, arrivalS: 1 }])]), 1)
    expect(rows.map(({ session, blocks }) => [session, ...blocks])).toEqual([[-1], [11, 1, 5], [-1]])
  })

  test('adds reports up', () => {
    const report = merged([at([0]), at([0])]).report!()!
    expect([report.name, report.rows, report.late, report.remarks.length]).toEqual(['made.csv', 14, 2, 2])
  })

  test('refuses ids that do not fit', async () => {
    const large = () => sourceOf([{ session: 2 ** 30 }])
    await expect(fullRows(merged([large(), large()]))).rejects.toThrow(
      'id 2147483648 of a session is above 2147483647',
    )
  })
})
