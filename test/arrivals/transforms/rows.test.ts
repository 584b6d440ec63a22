import { describe, expect, test } from 'vitest'
import type { ArrivalSource } from '../../../src/arrivals/contract.ts'
import { generated } from '../../../src/arrivals/generate.ts'
import { capped } from '../../../src/arrivals/transforms/cap.ts'
import { paced } from '../../../src/arrivals/transforms/sessions.ts'
import { tagged } from '../../../src/arrivals/transforms/tag.ts'
import { at, CHANCE, fullRows, inSession, sourceOf, turn } from './sources.ts'

describe('capping', () => {
  const rows = [
    { inputTokens: 100, outputTokens: 50, hitTokens: 90, blockTokens: 16, blocks: [0, 1, 2, 3, 4, 5, 6] },
    { inputTokens: 40, outputTokens: 50, hitTokens: 10, blockTokens: 16, blocks: [0, 8, 9] },
    { inputTokens: 10, outputTokens: 500 },
    { inputTokens: 48, outputTokens: 1, blockTokens: 16, blocks: [0, 7] },
  ]
  const cut = async (spec: Parameters<typeof capped>[1]) =>
    (await fullRows(capped(sourceOf(rows), spec))).map(row => [
      row.inputTokens,
      row.outputTokens,
      row.hitTokens,
      row.blocks.join(' '),
    ])

  test('of prompts keeps the full blocks and hits of their start', async () => {
    expect(await cut({ inputTokens: 40 })).toEqual([
      [40, 50, 40, '0 1'],
      [40, 50, 10, '0 8 9'],
      [10, 500, 0, ''],
      [40, 1, 0, '0 7'],
    ])
  })

  test('of prompts that keep their end keeps none', async () => {
    expect(await cut({ inputTokens: 45, keep: 'end' })).toEqual([
      [45, 50, 0, ''],
      [40, 50, 10, '0 8 9'],
      [10, 500, 0, ''],
      [45, 1, 0, ''],
    ])
  })

  test('of totals takes from the output first, or from the prompt', async () => {
    const sizes = async (totalFrom: 'input' | 'output') =>
      (await cut({ totalTokens: 60, totalFrom })).map(row => row.slice(0, 2))
    expect(await sizes('output')).toEqual([
      [59, 1],
      [40, 20],
      [10, 50],
      [48, 1],
    ])
    expect(await sizes('input')).toEqual([
      [10, 50],
      [10, 50],
      [1, 59],
      [48, 1],
    ])
  })

  test('is counted in the report, behind what the source says', async () => {
    const source = capped(sourceOf(rows), { inputTokens: 45, outputTokens: 20 })
    await fullRows(source)
    expect(source.report!()!.remarks.slice(1)).toEqual([
      { what: 'input tokens cut to 45', count: 2, first: 'request 1' },
      { what: 'output tokens cut to 20', count: 3, first: 'request 1' },
    ])
  })

  test.each([
    [{}, 'cap has none of input_tokens, output_tokens and total_tokens; must have one'],
    [{ inputTokens: 0 }, 'input_tokens is 0; must be a whole number >= 1'],
    [{ totalTokens: 1 }, 'total_tokens is 1; must be a whole number >= 2'],
  ])('by %j is a mistake', (spec, message) => {
    expect(() => capped(at([0]), spec)).toThrow(message)
  })
})

describe('tagging', () => {
  test('all gives every row the marks, and no other class a place', async () => {
    const source = tagged(at([0, 1]), { class: 'batch', tenant: 'acme', model: 'm', deadlineS: 9 }, CHANCE)
    const marks = (await fullRows(source)).map(row => [row.class, row.tenant, row.model, row.deadlineS])
    expect(marks).toEqual(Array(2).fill(['batch', 'acme', 'm', 9]))
    expect(source.classes).toEqual(['batch'])
  })

  test('a share leaves the others as they are, in a source that says nothing of tenants', async () => {
    const law = { kind: 'fixed', tokens: 5 } as const
    const spec = { className: 'chat', gaps: { kind: 'even', ratePerS: 1 }, input: law, output: law } as const
    const source = tagged(
      generated({ ...spec, requests: 10_000 }, 1),
      { class: 'batch', tenant: 'acme', deadlineS: 9, share: 0.2 },
      CHANCE,
    )
    const rows = await fullRows(source, 512)
    const hit = rows.filter(row => row.class === 'batch')
    expect(Math.abs(hit.length - 2000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.2 * 0.8))
    for (const row of rows) {
      const expected = row.class === 'batch' ? ['acme', 9] : [undefined, Number.NaN]
      expect([row.tenant, row.deadlineS]).toEqual(expected)
    }
  })

  test('a share of sessions takes all their turns', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => turn(i, i % 100, 1 + Math.floor(i / 100), 4, 1))
    const tags = await fullRows(tagged(sourceOf(rows), { class: 'batch', share: 0.5 }, CHANCE))
    const bySession = new Set(tags.map(row => `${row.session} ${row.class}`))
    expect(bySession.size).toBe(100)
    expect(new Set(tags.map(row => row.class)).size).toBe(2)
  })

  test('with nothing is a mistake', () => {
    expect(() => tagged(at([0]), { share: 0.5 }, CHANCE)).toThrow(
      'tag has none of class, tenant, model and deadline_s; must have one',
    )
  })
})

describe('sessions', () => {
  const rows = [turn(0, 0, 1, 3, 0), turn(1, 0, 2, 3, 7), turn(2, 0, 3, 3, Number.NaN), { arrivalS: 3 }]
  const thinkTimes = async (source: ArrivalSource) => (await fullRows(source)).map(row => row.thinkS)

  test('closed wait for their turn before, at once where no pause is known', async () => {
    expect(await thinkTimes(paced(sourceOf(rows), 'closed'))).toEqual([Number.NaN, 7, 0, Number.NaN])
  })

  test('closed are numbered where they were not', async () => {
    const unnumbered = [0, 1, 2].map(arrivalS => ({ arrivalS, session: 4 }))
    const closed = await fullRows(paced(sourceOf(unnumbered), 'closed'))
    expect(closed.map(inSession)).toEqual([
      [4, 1, 0, Number.NaN],
      [4, 2, 0, 0],
      [4, 3, 0, 0],
    ])
  })

  test('open wait for nobody', async () => {
    expect(await thinkTimes(paced(sourceOf(rows), 'open'))).toEqual(Array(4).fill(Number.NaN))
  })
})
