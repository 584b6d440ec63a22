import { expect, test } from 'vitest'
import { readTexts, remarksOf } from './inputs.ts'

const TOTALS = {
  date: '20261122-120000',
  backend: 'vllm',
  model_id: 'm',
  num_prompts: 3,
  request_rate: 'inf',
  duration: 3.5,
  completed: 2,
  request_throughput: 0.57,
}
const ARRAYS = {
  input_lens: [100, 200, 300],
  output_lens: [10, 0, 30],
  ttfts: [0.1, 0, 0.3],
  itls: [[0.1, 0.2], [], [0.3]],
  errors: ['', 'timed out', ''],
}
const STARTS = { start_times: [7000.5, 7001, 7002] }
const GAPS = { kind: 'even', ratePerS: 2 } as const

test('a detailed result gives times in seconds; failed requests are left out and counted', async () => {
  const read = await readTexts(JSON.stringify({ ...TOTALS, ...ARRAYS, ...STARTS }))
  expect(read.report).toMatchObject({ format: 'vllm-bench', rows: 3 })
  expect(read.requests).toEqual([
    { arrivalS: 0, inputTokens: 100, outputTokens: 10 },
    { arrivalS: 1.5, inputTokens: 300, outputTokens: 30 },
  ])
  expect(remarksOf(read)).toEqual({ 'left out: a failed request': 1 })
})

test('a result of an older version, without start times, needs a rate', async () => {
  const text = JSON.stringify({ ...TOTALS, 'request_goodput:': null, ...ARRAYS })
  await expect(readTexts(text)).rejects.toThrow(
    'trace:1, request 1: vllm-bench does not say here when requests come; give their rate',
  )
  const { requests } = await readTexts(text, { gaps: GAPS })
  expect(requests.map(({ arrivalS }) => arrivalS)).toEqual([0, 0.5])
})

test('requests are put into order of time', async () => {
  const text = JSON.stringify({
    ...TOTALS,
    ...ARRAYS,
    errors: [],
    output_lens: [1, 2, 3],
    start_times: [5, 4, 6],
  })
  const { requests } = await readTexts(text)
  expect(requests.map(({ inputTokens }) => inputTokens)).toEqual([200, 100, 300])
})

test('totals alone are refused with the option that lists requests', async () => {
  await expect(readTexts(JSON.stringify(TOTALS))).rejects.toThrow(
    'trace:1: has only totals; requests are listed (input_lens, output_lens) by vllm bench serve --save-detailed',
  )
})

test('lists of unequal lengths are refused', async () => {
  await expect(readTexts(JSON.stringify({ ...TOTALS, ...ARRAYS, start_times: [1] }))).rejects.toThrow(
    'trace:1: start_times has 1 numbers; must have 3, as input_lens has',
  )
})

test('a data set of prompts is read if it says how long outputs are', async () => {
  const text =
    '{"prompt": "What is the capital of India?", "output_tokens": 12}\n{"prompt": "Why?", "output_tokens": 3}\n'
  const read = await readTexts(text, { gaps: GAPS })
  expect(read.requests).toEqual([
    { arrivalS: 0, inputTokens: 8, outputTokens: 12 },
    { arrivalS: 0.5, inputTokens: 1, outputTokens: 3 },
  ])
  expect(remarksOf(read)).toEqual({ 'tokens of a text are estimated: one for every 4 characters': 2 })
  const lacking = `${text}{"prompt": "What is the capital of India?"}\n`
  const skipped = await readTexts(lacking, { gaps: GAPS, onBadRow: 'skip' })
  expect(skipped.requests).toEqual(read.requests)
  expect(remarksOf(skipped)).toMatchObject({
    'left out: has a prompt but not how long its output is': 1,
  })
  await expect(readTexts('{"prompt": "What is the capital of India?"}\n', { gaps: GAPS })).rejects.toThrow(
    'trace:1: has a prompt but not how long its output is; give a result of vllm bench serve --save-detailed',
  )
})

test('a result that cannot be used is skipped and counted, and those behind it are read', async () => {
  const good = JSON.stringify({ ...TOTALS, ...ARRAYS, ...STARTS })
  const text = [JSON.stringify(TOTALS), JSON.stringify({ ...TOTALS, ...ARRAYS, start_times: [1] }), good]
  const read = await readTexts(text.join('\n'), { onBadRow: 'skip' })
  expect(read.requests).toHaveLength(2)
  expect(remarksOf(read)).toMatchObject({ 'left out: a result does not list its requests as it must': 2 })
})
