import { describe, expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../../src/arrivals/contract.ts'
import { fromMemory, fromRows } from '../../../src/arrivals/memory.ts'
import { figuresOf } from '../../../src/arrivals/statistics/figures.ts'
import { gathered } from '../../../src/arrivals/statistics/gather.ts'
import { statisticsOf, traceStatistics } from '../../../src/arrivals/statistics/statistics.ts'

/** Three sessions of 1, 2 and 3 turns, of tenants a, b, b; the third drops context at its last turn. */
function sessions(): ArrivalSource {
  const rows = [
    { t: 0, session: 7, tenant: 0, input: 100, output: 10 },
    { t: 5, session: 8, tenant: 1, input: 50, output: 20 },
    { t: 6, session: 9, tenant: 1, input: 10, output: 5 },
    { t: 9, session: 8, tenant: 1, input: 90, output: 20, think: 2 },
    { t: 10, session: 9, tenant: 1, input: 15, output: 5, think: 1 },
    { t: 30, session: 9, tenant: 1, input: 12, output: 5 },
  ]
  let isRead = false
  return {
    classes: ['chat'],
    tenants: ['a', 'b'],
    close() {},
    fill(block) {
      block.length = 0
      if (isRead) return
      isRead = true
      const details = block.detailed()
      for (const { t, session, tenant, input, output, think } of rows) {
        details.begin(block.length)
        details.sessionId[block.length] = session
        details.tenantId[block.length] = tenant
        if (think !== undefined) details.thinkS[block.length] = think
        block.push(t, input, output, 0, 0)
      }
    },
  }
}

test('sessions are followed turn by turn', async () => {
  const { sessions: of, groups, prefixes } = await traceStatistics(sessions())
  expect(of).toMatchObject({ sessions: 3, requests: 6, growing: 2 / 3 })
  expect(of!.singleTurn).toBeCloseTo(1 / 3, 12)
  expect(of!.inSeveralTurns).toBeCloseTo(5 / 6, 12)
  expect(of!.turns.mean).toBe(2)
  expect(of!.firstInputTokens.mean).toBeCloseTo(160 / 3, 12)
  expect(of!.newInputTokens).toMatchObject({ count: 2, mean: 10 })
  expect(of!.turnGapS).toMatchObject({ count: 3, mean: 28 / 3 })
  expect(of!.thinkS).toMatchObject({ count: 2, mean: 1.5 })
  expect(groups.tenant.map(({ name, requests }) => [name, requests])).toEqual([
    ['b', 5],
    ['a', 1],
  ])
  expect(prefixes).toBeUndefined()
})

test('starts are those of sessions, arrivals those of all turns', async () => {
  const { arrivals, starts } = await gathered(sessions())
  expect(arrivals).toMatchObject({ count: 6, spanS: 30 })
  expect(starts).toMatchObject({ count: 3, spanS: 6 })
})

test('a trace is closed when it is read, and when it fails', async () => {
  let closed = 0
  const failing: ArrivalSource = {
    classes: ['all'],
    fill() {
      throw new Error('broken')
    },
    close: () => closed++,
  }
  await expect(traceStatistics(failing)).rejects.toThrow('broken')
  expect(closed).toBe(1)
})

describe('statistics do not depend on', () => {
  const rows = Array.from({ length: 500 }, (_, i) => ({
    arrivalS: i * 0.7 + (i % 5) * 0.1,
    inputTokens: 1 + ((i * 37) % 211),
    outputTokens: 1 + ((i * 13) % 97),
    classId: i % 3,
  }))
  const arrivals = fromRows(rows, ['x', 'y', 'z'])

  test('how rows are cut into blocks', async () => {
    const source = fromMemory(arrivals)
    const small: ArrivalSource = {
      ...source,
      fill(block) {
        const inner = new ArrivalBlock(7)
        source.fill(inner)
        block.length = 0
        for (let row = 0; row < inner.length; row++) block.take(inner, row, inner.classId[row])
      },
    }
    const figures = figuresOf(await traceStatistics(small))
    expect(figures).toEqual(figuresOf(await traceStatistics(fromMemory(arrivals))))
  })

  test('when requests come, where lengths alone are known', async () => {
    const of = statisticsOf(await gathered(fromMemory(arrivals)), false)
    expect(of.arrivals).toBeUndefined()
    expect(of.notes).toHaveLength(1)
    expect(figuresOf(of).some(({ section }) => section.startsWith('gap'))).toBe(false)
  })
})

test('one request and none have no rates, and break nothing', async () => {
  for (const rows of [[], [{ arrivalS: 0, inputTokens: 5, outputTokens: 1 }]]) {
    const of = await traceStatistics(fromMemory(fromRows(rows)))
    expect(of.requests).toBe(rows.length)
    expect(of.arrivals!.meanRatePerS).toBeNaN()
    expect(of.arrivals!.fits).toEqual([])
  }
})

test('every figure has a name of its own', async () => {
  const names = figuresOf(await traceStatistics(sessions())).map(({ section, name }) => `${section}/${name}`)
  expect(new Set(names).size).toBe(names.length)
})
