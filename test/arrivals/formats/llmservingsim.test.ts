import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { readSource, readTexts, remarksOf } from './inputs.ts'

function flat(ns: number, ids?: readonly number[], inputToks = ids?.length ?? 10): string {
  return JSON.stringify({
    input_toks: inputToks,
    output_toks: 3,
    arrival_time_ns: ns,
    ...(ids && { input_tok_ids: ids, output_tok_ids: [1, 2, 3] }),
  })
}

function agent(ns: number, ...turns: readonly (readonly [input: number, toolNs: number])[]): string {
  const parts = turns.map(([input, toolNs]) => ({
    input_toks: input,
    output_toks: 7,
    tool_duration_ns: toolNs,
  }))
  return JSON.stringify({ session_id: 'task-0', arrival_time_ns: ns, sub_requests: parts })
}

const upTo = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i)

test('flat and agentic lines may be mixed, and a turn follows the tool that the one before called', async () => {
  const text = [flat(0), agent(5e8, [100, 2e9], [200, 3e9], [300, 0]), flat(1e9)].join('\n')
  const { requests, report } = await readTexts(text)
  expect(report).toMatchObject({ format: 'llmservingsim', rows: 5, remarks: [] })
  const turn = { outputTokens: 7, arrivalS: 0.5, session: 0, turns: 3 }
  expect(requests).toEqual([
    { arrivalS: 0, inputTokens: 10, outputTokens: 3 },
    { ...turn, inputTokens: 100, turn: 1 },
    { ...turn, inputTokens: 200, turn: 2, thinkS: 2 },
    { ...turn, inputTokens: 300, turn: 3, thinkS: 3 },
    { arrivalS: 1, inputTokens: 10, outputTokens: 3 },
  ])
})

test('two lines of one session id are two sessions', async () => {
  const { requests } = await readTexts([agent(0, [1, 0]), agent(5, [1, 0])].join('\n'))
  expect(requests.map(({ session }) => session)).toEqual([0, 1])
})

test('equal tokens behind equal tokens are equal blocks, full ones only', async () => {
  const text = [
    flat(0, upTo(40)),
    flat(1, [...upTo(16), ...upTo(16, 900)]),
    flat(2, [...upTo(16, 900), ...upTo(16, 900)]),
    flat(3, upTo(15)),
  ].join('\n')
  const { requests } = await readTexts(text)
  expect(requests.map(({ blocks }) => blocks)).toEqual([[0, 1], [0, 2], [3, 4], undefined])
  expect(requests[0].blockTokens).toBe(16)
  const wide = await readTexts(text, { blockTokens: 40 })
  expect(wide.requests.map(({ blocks }) => blocks)).toEqual([[0], undefined, undefined, undefined])
})

test('input_toks counts where the ids are more or fewer, and a remark says so', async () => {
  const read = await readTexts([flat(0, upTo(64), 20), flat(1, upTo(16), 99)].join('\n'))
  expect(read.requests.map(({ inputTokens, blocks }) => [inputTokens, blocks])).toEqual([
    [20, [0]],
    [99, [0]],
  ])
  expect(remarksOf(read)).toEqual({ 'input_tok_ids are not as many as input_toks, which counts': 2 })
})

test('a session without requests is a bad row', async () => {
  const text = `${flat(0)}\n${agent(1)}\n${flat(2)}`
  await expect(readTexts(text)).rejects.toThrow('trace:2: sub_requests is empty')
  const skipped = await readTexts(text, { onBadRow: 'skip' })
  expect([skipped.requests.length, skipped.report.rows]).toEqual([2, 3])
})

test('what is no request within a session is a bad row', async () => {
  const text =
    '{"session_id": "a", "arrival_time_ns": 0, "sub_requests": [{"input_toks": 5, "output_toks": 5}, 7]}'
  await expect(readTexts(text)).rejects.toThrow('trace:1: output tokens is NaN')
  await expect(readTexts(text.replace('7', '{"input_toks": 5, "output_toks": 5}'))).rejects.toThrow(
    'trace:1: think time is NaN',
  )
})

const FOLDER = '../shared/data/traces'
if (!existsSync(FOLDER))
  console.warn(`SKIPPED: ${FOLDER} is absent, so real LLMServingSim traces are not read`)

test.skipIf(!existsSync(FOLDER)).each([
  ['sharegpt_llama31_8b_300_sps10', 300, 857.46, 652.51, 15_942, 14_722],
  ['workload_me2_01_mixed', 608, 9217.77, 3021.39, 0, 0],
  ['example_trace', 10, 12, 59.1, 3, 3],
])('the real trace %s has its published totals', async (name, rows, input, output, references, unique) => {
  const { requests } = await readSource(opened(traceInput(`${FOLDER}/llmservingsim_${name}.jsonl`)))
  expect(requests).toHaveLength(rows)
  expect(requests.reduce((sum, { inputTokens }) => sum + inputTokens, 0) / rows).toBeCloseTo(input, 2)
  expect(requests.reduce((sum, { outputTokens }) => sum + outputTokens, 0) / rows).toBeCloseTo(output, 2)
  const blocks = requests.flatMap(request => request.blocks ?? [])
  expect([blocks.length, new Set(blocks).size]).toEqual([references, unique])
})
