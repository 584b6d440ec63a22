import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { readSource, readTexts, remarksOf } from './inputs.ts'

const BLOCKS = { blockTokens: 512 }

function line(timestamp: number, inputLength: number, ids: readonly number[], outputLength = 5): string {
  return JSON.stringify({ timestamp, input_length: inputLength, output_length: outputLength, hash_ids: ids })
}

test('times are milliseconds and every id is a block of 512 prompt tokens', async () => {
  const { requests, report } = await readTexts(`${line(0, 1025, [0, 1, 2])}\n${line(3001, 512, [0])}`)
  expect(report.format).toBe('mooncake')
  expect(requests).toEqual([
    { arrivalS: 0, inputTokens: 1025, outputTokens: 5, ...BLOCKS, blocks: [0, 1, 2] },
    { arrivalS: 3.001, inputTokens: 512, outputTokens: 5, ...BLOCKS, blocks: [0] },
  ])
  expect(report.remarks).toEqual([])
})

test('rows of 3-second batches keep their stamps, and a remark counts them', async () => {
  const batch = [0, 0, 0, 3000, 3000, 6000].map((ms, i) => line(ms, 10, [i]))
  const read = await readTexts(batch.join('\n'))
  expect(read.requests.map(({ arrivalS }) => arrivalS)).toEqual([0, 0, 0, 3, 3, 6])
  expect(read.report.remarks).toEqual([
    {
      what: 'comes at the very time of the request before it, as most do: times are those of batches; spread them before judging queueing',
      count: 3,
      first: 'trace:2',
    },
  ])
  const spread = await readTexts([0, 0, 1000, 2000].map((ms, i) => line(ms, 10, [i])).join('\n'))
  expect(spread.report.remarks).toEqual([])
})

test('ids that are not one for each 512 tokens are read as they are and counted', async () => {
  const read = await readTexts(`${line(0, 1024, [0, 1, 2])}\n${line(9, 1024, [0, 1])}`)
  expect(read.requests[0].blocks).toEqual([0, 1, 2])
  expect(remarksOf(read)).toEqual({
    'hash_ids are not one for each 512 tokens of input_length, rounded up': 1,
  })
})

test('a request without output is a bad row unless the options say otherwise', async () => {
  const text = `${line(0, 10, [0])}\n${line(5, 10, [0], 0)}\n${line(7, 10, [0])}`
  await expect(readTexts(text)).rejects.toThrow('trace:2: output tokens is 0; must be a whole number >= 1')
  expect((await readTexts(text, { zeroOutput: 'one' })).requests[1].outputTokens).toBe(1)
  const dropped = await readTexts(text, { zeroOutput: 'drop' })
  expect(dropped.requests).toHaveLength(2)
  expect(dropped.report.rows).toBe(3)
})

test('turns that have a delay come after the turn before them, by think time', async () => {
  const rows = [
    { session_id: 'a', timestamp: 1000, input_length: 100, output_length: 10, hash_ids: [1] },
    { session_id: 'b', timestamp: 2000, input_length: 50, output_length: 5, hash_ids: [2] },
    { session_id: 'a', delay: 1500, input_length: 120, output_length: 10, hash_ids: [1] },
    { session_id: 'b', timestamp: 9000, input_length: 60, output_length: 5, hash_ids: [2] },
  ]
  const { requests } = await readTexts(rows.map(row => JSON.stringify(row)).join('\n'))
  const blocks = { ...BLOCKS, blocks: [1] }
  const others = { ...BLOCKS, blocks: [2] }
  expect(requests).toEqual([
    { arrivalS: 0, inputTokens: 100, outputTokens: 10, session: 0, turn: 1, ...blocks },
    { arrivalS: 0, inputTokens: 120, outputTokens: 10, session: 0, turn: 2, thinkS: 1.5, ...blocks },
    { arrivalS: 1, inputTokens: 50, outputTokens: 5, session: 1, turn: 1, ...others },
    { arrivalS: 8, inputTokens: 60, outputTokens: 5, session: 1, turn: 2, ...others },
  ])
})

test('sessions without any time come by the rate that is given, one gap from one to the next', async () => {
  const rows = ['a', 'a', 'b'].map((id, i) => ({
    session_id: id,
    input_length: 5,
    output_length: 1,
    delay: 10 * i,
  }))
  const text = rows.map(row => JSON.stringify(row)).join('\n')
  const { requests } = await readTexts(text, { gaps: { kind: 'even', ratePerS: 0.5 } })
  expect(requests.map(({ arrivalS, thinkS }) => [arrivalS, thinkS])).toEqual([
    [0, undefined],
    [0, 0.01],
    [2, undefined],
  ])
  await expect(readTexts(text)).rejects.toThrow(
    'trace:1: mooncake does not say here when requests come; give their rate',
  )
})

test('lengths go by other names too, and a text has one token for every four characters', async () => {
  const rows = [
    { timestamp: 5, input_tokens: 7, output_tokens: 3, hash_ids: [0] },
    { timestamp: 6, text_input: 'nine char', output_length: 4, hash_ids: [0] },
  ]
  const text = rows.map(row => JSON.stringify(row)).join('\n')
  const read = await readTexts(text)
  expect(read.requests.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
    [7, 3],
    [3, 4],
  ])
  expect(remarksOf(read)).toEqual({ 'tokens of a text are estimated: one for every 4 characters': 1 })
  expect((await readTexts(text, { charactersPerToken: 3 })).requests[1].inputTokens).toBe(3)
})

const plain = (...stamps: (number | string)[]) =>
  stamps.map(stamp => `{"timestamp": ${stamp}, "input_length": 8, "output_length": 2}`).join('\n')

test('without ids, whole numbers are milliseconds, as a remark says, and fractions are not', async () => {
  const read = await readTexts(plain(0, 27482))
  expect(read.report.format).toBe('mooncake')
  expect(read.requests[1].arrivalS).toBe(27.482)
  expect(remarksOf(read)).toEqual({
    'no hash_ids; timestamp counts as milliseconds (--format guidellm reads seconds)': 2,
  })
  expect((await readTexts(plain('0.0', '27482.0'))).report.format).toBe('guidellm')
})

test('without ids, small whole numbers are told only by whoever knows the file', async () => {
  await expect(readTexts(plain(0, 1, 2))).rejects.toThrow(
    'trace: timestamps are small whole numbers and there are no hash_ids, so they may be seconds or ' +
      'milliseconds; --format mooncake reads milliseconds, --format guidellm seconds',
  )
  expect((await readTexts(plain(0, 1), {}, 'mooncake')).requests[1].arrivalS).toBe(0.001)
  expect((await readTexts(plain(0, 1), {}, 'guidellm')).requests[1].arrivalS).toBe(1)
})

test.each([
  ['[1]', 'is not a JSON object'],
  ['{"timestamp": 9', 'is not JSON'],
  ['{"timestamp": 9, "input_length": 8}', 'output tokens is NaN'],
  ['{"input_length": 8, "output_length": 2}', 'its time is NaN'],
  ['{"timestamp": 9, "input_length": "8", "output_length": 2}', 'input tokens is NaN'],
  [line(9, 10, [-1]), 'a prefix block is -1'],
  [line(9, 10, [2 ** 31]), 'a prefix block is 2147483648'],
  [line(9, -4, [1]), 'input tokens is -4'],
])('%s is a bad row', async (row, what) => {
  const text = `${line(0, 5, [0])}\n${row}\n${line(9, 5, [0])}`
  await expect(readTexts(text)).rejects.toThrow(`trace:2: ${what}`)
  const { requests, report } = await readTexts(text, { onBadRow: 'skip' })
  expect([requests.length, report.rows]).toEqual([2, 3])
  const leftOut = report.remarks.filter(remark => remark.what.startsWith('left out: '))
  expect(leftOut).toMatchObject([{ count: 1, first: 'trace:2' }])
})

const REAL = '../shared/data/traces/mooncake_conversation.jsonl'
if (!existsSync(REAL)) console.warn(`SKIPPED: ${REAL} is absent, so the real Mooncake trace is not read`)

test.skipIf(!existsSync(REAL))('the real conversation trace has its published totals', async () => {
  const { requests, report } = await readSource(opened(traceInput(REAL)))
  const sum = (of: (request: (typeof requests)[number]) => number) =>
    requests.reduce((total, request) => total + of(request), 0)
  expect(requests).toHaveLength(12_031)
  expect(requests.at(-1)!.arrivalS).toBeCloseTo(3537, 1)
  expect(sum(({ inputTokens }) => inputTokens) / 12_031).toBeCloseTo(12_035.06, 2)
  expect(sum(({ outputTokens }) => outputTokens) / 12_031).toBeCloseTo(342.62, 2)
  expect(sum(({ blocks }) => blocks!.length)).toBe(288_500)
  expect(new Set(requests.flatMap(({ blocks }) => blocks!)).size).toBe(182_790)
  expect(report.remarks.map(({ count }) => count)).toEqual([10_851])
})
