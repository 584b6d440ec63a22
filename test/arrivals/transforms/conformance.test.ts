import { describe, expect, test } from 'vitest'
import type { ArrivalSource } from '../../../src/arrivals/contract.ts'
import { type TransformName, transforms } from '../../../src/arrivals/transforms/registry.ts'
import { type TransformItem, transformedBy } from '../../../src/scenario/transform-schema.ts'
import { type FullRow, fullRows, type Made, manyRows, sourceOf } from './sources.ts'

const by = 'session' as const
const CASES: Record<TransformName, TransformItem[]> = {
  slice: [{ slice: { from_s: 0, to_s: 9000 } }, { slice: { from_s: 3000.5, to_s: 20_000 } }],
  head: [{ head: 567 }],
  thin: [{ thin: { share: 0.3, by } }, { thin: { share: 0.3, by: 'request' } }],
  rate: [{ rate: { factor: 3 } }, { rate: { per_s: 7 } }],
  stretch: [{ stretch: { factor: 0.5, think_times: false } }, { stretch: { factor: 2, think_times: true } }],
  shift: [{ shift: { by_s: 7200, period_s: 28_800 } }, { shift: { by_s: -30_000, period_s: 30_000 } }],
  spread: [{ spread: { how: 'even' } }, { spread: { how: 'uniform', most_s: 3 } }],
  superpose: [{ superpose: { copies: 3, shift_s: 500 } }, { superpose: { copies: 2, period_s: 28_800 } }],
  loop: [{ loop: { duration_s: 70_000 } }, { loop: { requests: 2700, period_s: 43_200 } }],
  bootstrap: [
    { bootstrap: { block_s: 3600 } },
    { bootstrap: { block_s: 900, blocks: 40 } },
    { bootstrap: { block_s: 1800, period_s: 7200 } },
  ],
  cap: [{ cap: { input_tokens: 300, total_tokens: 400, keep: 'start', total_from: 'output' } }],
  tag: [{ tag: { tenant: 'x', class: 'batch', share: 0.2, by } }, { tag: { deadline_s: 2, share: 1, by } }],
  sessions: [{ sessions: 'open' }, { sessions: 'closed' }],
}

const LIST = Object.values(CASES).flatMap(items => items.map(item => [JSON.stringify(item), item] as const))
const ROWS = manyRows(1200)

function over(item: TransformItem, seed = 1, made: Made[] = []): ArrivalSource {
  const open = () => {
    const source = sourceOf(ROWS)
    made.push(source)
    return source
  }
  return transformedBy(open, [item], seed, 'test')
}

test('every transform of the registry is here', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(transforms).sort())
})

describe.each(LIST)('%s', (_, item) => {
  test('begins at 0 s and never goes back in time', async () => {
    const rows = await fullRows(over(item))
    expect(rows.length).toBeGreaterThan(100)
    expect(rows[0].arrivalS).toBe(0)
    expect(rows.findIndex((row, i) => i > 0 && !(row.arrivalS >= rows[i - 1].arrivalS))).toBe(-1)
  })

  test.each([1, 7, 10_000])('gives the same rows by blocks of %i', async capacity => {
    expect(await fullRows(over(item), capacity)).toEqual(await fullRows(over(item)))
  })

  test('stays over once it is over', async () => {
    const source = over(item)
    await fullRows(source)
    expect(await fullRows(source)).toEqual([])
  })

  test('carries what rows say of themselves', async () => {
    const rows = await fullRows(over(item))
    const before = new Map(ROWS.map(row => [body(row as FullRow), row]))
    const isCap = 'cap' in item
    const said = new Set(['tenant', 'model', 'deadlineS', 'blocks'])
    for (const row of rows) {
      const was = before.get(body(row))
      if (was === undefined && !isCap) expect.fail(`no row was ${body(row)}`)
      if (row.tenant !== undefined) said.delete('tenant')
      if (row.model !== undefined) said.delete('model')
      if (row.deadlineS > 0) said.delete('deadlineS')
      if (row.blocks.length > 0) said.delete('blocks')
      if (row.blockTokens > 0 !== row.blocks.length > 0) expect.fail(`${row.blockTokens} ${row.blocks}`)
      if (row.turn === 1 && row.thinkS >= 0) expect.fail(`think time of ${row.thinkS} s before a first turn`)
    }
    expect([...said]).toEqual([])
  })

  test('keeps the turns of a session apart and in order', async () => {
    const turns = new Map<number, number>()
    for (const row of await fullRows(over(item))) {
      if (row.session < 0) continue
      const before = turns.get(row.session) ?? 0
      if (row.turn <= before) expect.fail(`turn ${row.turn} of session ${row.session} behind turn ${before}`)
      turns.set(row.session, row.turn)
    }
    expect(turns.size).toBeGreaterThan(20)
  })

  test('names every name once, and as many as its rows use', async () => {
    const source = over(item)
    await fullRows(source)
    for (const names of [source.classes, source.tenants!, source.models!]) {
      expect(new Set(names).size).toBe(names.length)
    }
  })

  test('closes what it has opened, and reports what its source does', async () => {
    const made: Made[] = []
    const source = over(item, 1, made)
    await fullRows(source, 500)
    expect(source.report!()!.remarks[0].what).toBe('left out: a bad row')
    source.close()
    source.close()
    expect(made.filter(({ closed }) => closed === 0)).toEqual([])
  })

  test('opens nothing that it cannot close before it is read', () => {
    const made: Made[] = []
    over(item, 1, made).close()
    expect(made.filter(({ closed }) => closed === 0)).toEqual([])
  })
})

/** What no transform but a cap changes, and no two rows have in common. */
function body({ inputTokens, outputTokens, hitTokens, modality, items, blocks }: FullRow): string {
  return [inputTokens, outputTokens, hitTokens, modality, items, blocks?.length ?? 0].join(' ')
}

const DRAWN = LIST.filter(([, item]) =>
  /"thin"|uniform|superpose|bootstrap|"share":0/.test(JSON.stringify(item)),
)

test.each(DRAWN)('%s is drawn by the seed', async (_, item) => {
  expect(await fullRows(over(item, 2))).toEqual(await fullRows(over(item, 2)))
  expect(await fullRows(over(item, 2))).not.toEqual(await fullRows(over(item)))
})

test('two of one kind in a list draw by themselves', async () => {
  const half: TransformItem = { thin: { share: 0.5, by: 'request' } }
  const once = await fullRows(over(half))
  const twice = await fullRows(transformedBy(() => sourceOf(ROWS), [half, half], 1, 'test'))
  expect(twice.length / once.length).toBeGreaterThan(0.4)
  expect(twice.length / once.length).toBeLessThan(0.6)
})

test('a list reads as one thing after the other', async () => {
  const list: TransformItem[] = [{ slice: { from_s: 100 } }, { head: 50 }, { rate: { factor: 2 } }]
  const rows = await fullRows(transformedBy(() => sourceOf(ROWS), list, 1, 'test'))
  const expected = ROWS.filter(row => row.arrivalS! >= 100).slice(0, 50)
  expect(rows.map(row => row.arrivalS)).toEqual(
    expected.map(row => (row.arrivalS! - expected[0].arrivalS!) / 2),
  )
})
