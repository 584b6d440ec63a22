import { expect, test } from 'vitest'
import { readTexts, remarksOf } from './inputs.ts'

/** A request as 0.2 and 0.3 write it. */
function old(start: number, promptTokens: number, outputTokens: number): object {
  const times = { start_time: start, end_time: start + 1, first_token_time: start + 0.1 }
  return {
    type_: 'generative_text_response',
    prompt_tokens: promptTokens,
    output_tokens: outputTokens,
    ...times,
  }
}

/** A request as versions since then write it. */
function recent(start: number, conversation: string, turnIndex: number, input: object): object {
  return {
    type_: 'generative_request_stats',
    info: { conversation_id: conversation, turn_index: turnIndex, timings: { request_start: start } },
    input_metrics: input,
    output_metrics: { text_tokens: 40 },
  }
}

function report(...requests: readonly object[]): string {
  return JSON.stringify(
    { args: {}, metadata: { version: 1 }, benchmarks: requests.map(groups => ({ requests: groups })) },
    undefined,
    2,
  )
}

test('requests that were successful are read, others are left out and counted', async () => {
  const text = report({
    successful: [old(105, 20, 7), old(100, 10, 5)],
    incomplete: [old(1, 1, 1)],
    errored: [{}, {}],
    total: null,
  })
  const read = await readTexts(text)
  expect(read.report).toMatchObject({ format: 'guidellm', rows: 5 })
  expect(read.requests).toEqual([
    { arrivalS: 0, inputTokens: 10, outputTokens: 5 },
    { arrivalS: 5, inputTokens: 20, outputTokens: 7 },
  ])
  expect(remarksOf(read)).toEqual({
    'left out: a request that guidellm lists as incomplete': 1,
    'left out: a request that guidellm lists as errored': 2,
  })
})

test('newer reports have metrics and timings within, images, and turns of conversations', async () => {
  const text = report({
    successful: [
      recent(10, 'a', 0, { text_tokens: 30, total_tokens: 30 }),
      recent(11, 'b', 0, { text_tokens: 5, image_tokens: 95, image_count: 2, total_tokens: 100 }),
      recent(12, 'a', 1, { text_tokens: 60 }),
    ],
  })
  expect((await readTexts(text)).requests).toEqual([
    { arrivalS: 0, inputTokens: 30, outputTokens: 40, session: 0, turn: 1 },
    { arrivalS: 1, inputTokens: 100, outputTokens: 40, modality: 'image', items: 2 },
    { arrivalS: 2, inputTokens: 60, outputTokens: 40, session: 0, turn: 2 },
  ])
})

test('several benchmarks of a report make one trace', async () => {
  const read = await readTexts(report({ successful: [old(1, 10, 5)] }, { successful: [old(61, 20, 7)] }))
  expect(read.requests.map(({ arrivalS }) => arrivalS)).toEqual([0, 60])
  expect(remarksOf(read)).toEqual({ 'a benchmark after the first, on the same clock': 1 })
})

test('a report without requests is refused', async () => {
  await expect(readTexts(JSON.stringify({ benchmarks: [{ metrics: {} }] }))).rejects.toThrow(
    'trace:1: lists no requests (benchmarks[].requests.successful)',
  )
})

test('the lines of a synthetic trace count seconds', async () => {
  const text =
    '{"timestamp": 0.0, "input_length": 256, "output_length": 128}\n{"timestamp": 1.2, "input_length": 9, "output_length": 3}'
  const { requests, report: read } = await readTexts(text)
  expect(read.format).toBe('guidellm')
  expect(requests).toEqual([
    { arrivalS: 0, inputTokens: 256, outputTokens: 128 },
    { arrivalS: 1.2, inputTokens: 9, outputTokens: 3 },
  ])
})
