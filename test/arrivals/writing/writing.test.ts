import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { csvCell } from '../../../src/arrivals/writing/csv-cell.ts'
import { type WriterName, writers } from '../../../src/arrivals/writing/registry.ts'
import { writeTrace } from '../../../src/arrivals/writing/write.ts'
import { textInput } from '../formats/inputs.ts'
import { randomRows, rowsWith, sourceOf, type WholeRow, wholeRowsOf } from './made.ts'

async function written(rows: readonly WholeRow[], to: WriterName) {
  let text = ''
  let attempts = 0
  const begin = () => {
    attempts++
    text = ''
    return {
      write(more: string) {
        text += more
      },
    }
  }
  const { losses, requests, spanS } = await writeTrace(() => sourceOf(rows), writers[to], begin)
  return {
    text,
    attempts,
    requests,
    spanS,
    losses: Object.fromEntries(losses.map(({ what, count }) => [what, count])),
  }
}

function readBack(text: string, format: string = 'auto'): Promise<WholeRow[]> {
  return wholeRowsOf(opened(textInput(text), format))
}

describe.each(['regatta-csv', 'regatta-jsonl'] as const)('%s', to => {
  test.each([1, 2, 3])('gives every bit of every column back: %i', async seed => {
    const rows = randomRows(3000, seed)
    const { text, losses } = await written(rows, to)
    expect(losses).toEqual({})
    const again = await readBack(text)
    expect(again).toEqual(rows)
    expect(new Float64Array(again.map(({ arrivalS }) => arrivalS))).toEqual(
      new Float64Array(rows.map(({ arrivalS }) => arrivalS)),
    )
  })

  test('is the same text when what was read is written again', async () => {
    const { text } = await written(randomRows(500, 4), to)
    expect((await written(await readBack(text), to)).text).toBe(text)
  })
})

describe('columns of the CSV form', () => {
  const header = async (rows: readonly WholeRow[]) => (await written(rows, 'regatta-csv')).text.split('\n')[0]

  test('are those that the trace has', async () => {
    const base = 'arrival_s,input_tokens,output_tokens'
    expect(await header(rowsWith({}, {}))).toBe(base)
    expect(await header(rowsWith({ class: 'chat' }))).toBe(`${base},class`)
    expect(await header(rowsWith({ blockTokens: 16 }))).toBe(`${base},block_tokens,blocks`)
    expect(await header(rowsWith({ hitTokens: 1 }, { deadlineS: 0 }))).toBe(`${base},deadline_s,hit_tokens`)
  })

  test('may show late: the file is then written anew', async () => {
    const plain = Array.from({ length: 10_000 }, (_, i) => ({ arrivalS: i }))
    const rows = rowsWith(...plain, { arrivalS: 10_000, turn: 3 }, { arrivalS: 10_001, class: 'b' })
    const { text, attempts, requests, spanS } = await written(rows, 'regatta-csv')
    expect(attempts).toBe(2)
    expect([requests, spanS]).toEqual([10_002, 10_001])
    expect(text.split('\n')[0]).toBe('arrival_s,input_tokens,output_tokens,class,turn')
    expect(await readBack(text)).toEqual(rows)
  })
})

test('cells are quoted as csv-stringify quotes them', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r', ';', '😀') }), text => {
      expect(`${csvCell(text)},x\n`).toBe(stringify([[text, 'x']]))
    }),
  )
})

describe('what a format cannot say is counted', () => {
  const rows = rowsWith(
    { class: 'chat', tenant: 't', blockTokens: 512, blocks: [3, 4] },
    { arrivalS: 0.5, sessionId: 4, turn: 1, blockTokens: 512, blocks: [3] },
    { arrivalS: 0.75, sessionId: 4, turn: 2, thinkS: 0.25, inputTokens: 70, outputTokens: 7 },
    { arrivalS: 1 / 3, deadlineS: 1, modality: 1, items: 2, hitTokens: 1, model: 'm', turns: 3 },
  ).sort((a, b) => a.arrivalS - b.arrivalS)
  const shared = {
    'a tenant': 1,
    'a deadline': 1,
    'a modality other than text': 1,
    'images or other items': 1,
    'prefix hits': 1,
    'a number of turns': 1,
  }
  const sessions = { 'a session': 2, 'a turn': 2, 'a think time': 1 }

  test.each([
    [
      'azure',
      {
        ...shared,
        ...sessions,
        ...{ 'a class': 1, 'a model': 1, 'prefix blocks': 2 },
        'a time finer than 100 ns, which is rounded': 1,
      },
    ],
    ['vidur', { ...shared, ...sessions, 'a class': 1, 'a model': 1, 'prefix blocks': 2 }],
    ['splitwise-sim', { ...shared, ...sessions, 'a class': 1, 'a model': 1, 'prefix blocks': 2 }],
    [
      'llmservingsim',
      {
        ...shared,
        ...sessions,
        ...{ 'a class': 1, 'a model': 1, 'prefix blocks': 2 },
        'a time finer than 1 ns, which is rounded': 1,
      },
    ],
    ['burstgpt', { ...shared, 'a turn': 2, 'a think time': 1, 'prefix blocks': 2 }],
    ['mooncake', { ...shared, 'a class': 1, 'a model': 1, 'a time finer than 1 ms, which is rounded': 1 }],
  ] as const)('by %s', async (to, losses) => {
    expect((await written(rows, to)).losses).toEqual(losses)
  })

  test('and the rest is read back', async () => {
    for (const to of ['azure', 'vidur', 'splitwise-sim', 'llmservingsim', 'burstgpt', 'mooncake'] as const) {
      const again = await readBack((await written(rows, to)).text, to)
      expect(again.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual(
        rows.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]),
      )
      const worstS = Math.max(...again.map(({ arrivalS }, i) => Math.abs(arrivalS - rows[i].arrivalS)))
      expect(worstS).toBeLessThanOrEqual(
        { mooncake: 5e-4, azure: 5e-8, llmservingsim: 5e-10 }[to as string] ?? 0,
      )
    }
  })

  test('down to the names: sessions, turns and thinking of Mooncake, classes and models of BurstGPT', async () => {
    const mooncake = await readBack((await written(rows, 'mooncake')).text)
    expect(mooncake.map(({ turn, thinkS, blocks }) => [turn, thinkS, blocks])).toEqual(
      rows.map(({ turn, thinkS, blocks }) => [turn, thinkS, blocks]),
    )
    const burstgpt = await readBack((await written(rows, 'burstgpt')).text)
    expect(burstgpt.map(row => row.class)).toEqual(rows.map(row => row.class))
    expect(burstgpt.map(({ model }) => model)).toEqual(['ChatGPT', 'm', 'ChatGPT', 'ChatGPT'])
  })

  test('and a line break in a name', async () => {
    const { text, losses } = await written(rowsWith({ tenant: 'two\r\nlines' }), 'regatta-csv')
    expect(losses).toEqual({ 'a name with a line break, which becomes a space': 1 })
    expect((await readBack(text))[0].tenant).toBe('two lines')
  })
})

test('Mooncake blocks are made of smaller ones where those fill them', async () => {
  const blocks = Array.from({ length: 70 }, (_, i) => 1000 + i)
  const rows = rowsWith(
    { inputTokens: 1110, blockTokens: 16, blocks },
    { arrivalS: 1, inputTokens: 1024, blockTokens: 16, blocks: blocks.slice(0, 64) },
    { arrivalS: 2, inputTokens: 100, blockTokens: 48, blocks: [1, 2] },
  )
  const { text, losses } = await written(rows, 'mooncake')
  expect((await readBack(text)).map(row => row.blocks)).toEqual([[1031, 1063, 1069], [1031, 1063], []])
  expect(losses).toEqual({ 'prefix blocks of 48 tokens, which do not fill blocks of 512': 1 })
})

test('Azure stamps cross midnight, and whole ticks come back as the same numbers', async () => {
  const rows = rowsWith({}, { arrivalS: 86_399.9999999 }, { arrivalS: 86_400 }, { arrivalS: 604_799.1234567 })
  const { text, losses } = await written(rows, 'azure')
  expect(text).toContain('\n2024-05-12 23:59:59.9999999,1,1\n2024-05-13 00:00:00.0000000,1,1\n')
  expect(losses).toEqual({})
  expect((await readBack(text)).map(({ arrivalS }) => arrivalS)).toEqual(rows.map(({ arrivalS }) => arrivalS))
})

test('a source is closed once read, or once it fails', async () => {
  const source = sourceOf(rowsWith({}))
  await writeTrace(
    () => source,
    writers.vidur,
    () => ({ write() {} }),
  )
  expect(source.closed).toBe(true)
  const other = sourceOf(rowsWith({}))
  const full = () => {
    throw new Error('full')
  }
  await expect(
    writeTrace(
      () => other,
      writers.vidur,
      () => ({ write: full }),
    ),
  ).rejects.toThrow('full')
  expect(other.closed).toBe(true)
  await expect(
    writeTrace(
      () => sourceOf([]),
      writers.vidur,
      () => ({ write() {} }),
    ),
  ).rejects.toThrow('nothing is written: there are no requests')
})
