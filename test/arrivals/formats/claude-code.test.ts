import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { readSource, readTexts, remarksOf } from './inputs.ts'

const GAPS = { kind: 'even', ratePerS: 0.001 } as const

function trace(...requests: readonly object[]): string {
  return JSON.stringify({
    id: 'trace_0017',
    models: ['m1'],
    block_size: 64,
    hash_id_scope: 'local',
    requests,
  })
}

const FIRST = { t: 0, type: 'n', in: 130, out: 20, hash_ids: [1, 2], api_time: 5, think_time: 0 }
const SECOND = { t: 12, type: 's', model: 'm2', in: 200, out: 30, hash_ids: [1, 2, 3], think_time: 7 }
const AGENT = {
  ...{ t: 10.5, type: 'subagent', agent_id: 'agent_001' },
  requests: [
    { t: 0, type: 'n', in: 70, out: 5, hash_ids: [18] },
    { t: 2, type: 'n', in: 100, out: 6, hash_ids: [18], think_time: 1 },
  ],
}

const TURNS = { blockTokens: 64, turns: 2 }

test('a trace is a session at its own times, beside which its sub-agents are sessions of their own', async () => {
  const { requests, report } = await readTexts(trace(FIRST, AGENT, SECOND), { gaps: GAPS })
  expect(report.format).toBe('claude-code')
  expect(requests).toEqual([
    {
      arrivalS: 0,
      inputTokens: 130,
      outputTokens: 20,
      model: 'm1',
      session: 0,
      turn: 1,
      ...TURNS,
      blocks: [1, 2],
    },
    {
      arrivalS: 10.5,
      inputTokens: 70,
      outputTokens: 5,
      model: 'm1',
      session: 1,
      turn: 1,
      ...TURNS,
      blocks: [18],
    },
    {
      ...{ arrivalS: 12, inputTokens: 200, outputTokens: 30, model: 'm2', session: 0, turn: 2, thinkS: 7 },
      ...{ ...TURNS, blocks: [1, 2, 3] },
    },
    {
      ...{ arrivalS: 12.5, inputTokens: 100, outputTokens: 6, model: 'm1', session: 1, turn: 2, thinkS: 1 },
      ...{ ...TURNS, blocks: [18] },
    },
  ])
})

test('traces begin one gap after another, and none shares a block with another', async () => {
  const folder = { 'traces/a.json': trace(FIRST, AGENT), 'traces/b.json': trace(FIRST, AGENT, SECOND) }
  const { requests } = await readTexts(folder, { gaps: GAPS })
  expect(requests.map(({ arrivalS, session, blocks }) => [arrivalS, session, blocks])).toEqual([
    [0, 0, [1, 2]],
    [10.5, 1, [18]],
    [12.5, 1, [18]],
    [1000, 2, [20, 21]],
    [1010.5, 3, [37]],
    [1012, 2, [20, 21, 22]],
    [1012.5, 3, [37]],
  ])
})

test('what else lies in the folder is left aside and counted', async () => {
  const read = await readTexts({ 'a.json': trace(FIRST), 'notes.md': '# Notes' }, { gaps: GAPS })
  expect(read.requests).toHaveLength(1)
  expect(remarksOf(read)).toEqual({ 'left aside: a file that is no .json': 1 })
})

test('traces have no common clock, so a rate of traces has to be given', async () => {
  await expect(readTexts(trace(FIRST))).rejects.toThrow(
    'claude-code does not say here when requests come; give their rate',
  )
})

test('a request without output is given one token, so that its session goes on', async () => {
  const read = await readTexts(trace({ ...FIRST, out: 0 }, SECOND), { gaps: GAPS })
  expect(read.requests.map(({ outputTokens }) => outputTokens)).toEqual([1, 30])
  expect(remarksOf(read)).toEqual({ 'given one output token, having none': 1 })
})

test.each([
  [trace({ ...FIRST, in: -1 }), ':1, request 1: input tokens is -1'],
  [trace(FIRST, { ...AGENT, requests: [{ t: 0 }] }), ':1, request 2, request 1: output tokens is NaN'],
  [trace(FIRST, { ...SECOND, t: undefined }), ':1, request 2: its time is NaN'],
  [trace({ ...FIRST, hash_ids: ['1'] }), ':1, request 1: a prefix block is NaN'],
  [trace(FIRST, { ...SECOND, hash_ids: [-1] }), ':1, request 2: a prefix block is -1'],
  [trace({ ...FIRST, hash_ids: [3e9] }), ':1, request 1: a prefix block is 3000000000'],
  // Modulo 2^32 it is 705032704.
  [trace({ ...FIRST, hash_ids: [1, 5e9] }), ':1, request 1: a prefix block is 5000000000'],
  ['{"hash_id_scope": "local"}', ':1: has no list of requests'],
])('%s is refused with its place', async (text, what) => {
  await expect(readTexts(text, { gaps: GAPS })).rejects.toThrow(`trace${what}`)
})

const REAL = '../shared/data/traces/claudecode_agentic_traces_50.tar.gz'
if (!existsSync(REAL)) console.warn(`SKIPPED: ${REAL} is absent, so no real agentic traces are read`)

test.skipIf(!existsSync(REAL))('fifty real traces have their published totals', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-claude-'))
  try {
    execFileSync('tar', ['xzf', REAL, '-C', folder])
    const { requests } = await readSource(opened(traceInput(folder), 'auto', { gaps: GAPS }))
    expect(requests).toHaveLength(3195)
    const mean = (of: 'inputTokens' | 'outputTokens') =>
      requests.reduce((sum, request) => sum + request[of], 0) / requests.length
    expect(Math.round(mean('inputTokens'))).toBe(141_572)
    expect(Math.round(mean('outputTokens'))).toBe(427)
    // 50 traces and 6 sub-agents.
    expect(new Set(requests.map(({ session }) => session)).size).toBe(56)
    for (const { inputTokens, blocks } of requests)
      expect(blocks ?? []).toHaveLength(Math.floor(inputTokens / 64))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
