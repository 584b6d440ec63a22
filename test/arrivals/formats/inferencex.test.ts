import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { readSource, readTexts, remarksOf } from './inputs.ts'

const HEADER =
  'user_id,request_idx,trace_id,timestamp,request_type,input_tokens,output_tokens_expected,output_tokens_actual,' +
  'cache_hit_blocks,cache_miss_blocks,ttft,ttlt,itl,delay_expected,delay_actual,success,error_message,' +
  'theoretical_cache_hit_blocks,request_start_time,prefill_complete_time,request_complete_time,token_timestamps,' +
  'tokens_per_chunk'

function row(
  user: string,
  index: number,
  startS: number,
  output: number,
  success = true,
  tokens = 2,
): string {
  const times = Array.from({ length: tokens }, (_, i) => startS + i / 64)
  const body = `${user},${index},trace_0263,${startS + 9},streaming,59687,497,${output},920,12,37.6,68.4,0.02,20.0,0`
  const list = JSON.stringify(times)
  return `${body},${success ? 'True' : 'False'},,0,${startS},${startS + 1},${startS + 9},"${list}","[${times.map(() => 1)}]"`
}

const TABLE = [
  HEADER,
  row('User-1', 17, 1003, 1467),
  row('User-2', 3, 1000, 80),
  row('User-1', 16, 1001, 900),
].join('\n')

test('requests arrive when they started, with the output they got; rows come as they ended', async () => {
  const { requests, report } = await readTexts(TABLE)
  expect(report).toMatchObject({ format: 'inferencex', rows: 3, remarks: [] })
  expect(requests).toEqual([
    { arrivalS: 0, inputTokens: 59_687, outputTokens: 80, tenant: 'User-2', session: 0, turn: 4 },
    { arrivalS: 1, inputTokens: 59_687, outputTokens: 900, tenant: 'User-1', session: 1, turn: 17 },
    { arrivalS: 3, inputTokens: 59_687, outputTokens: 1467, tenant: 'User-1', session: 1, turn: 18 },
  ])
})

test('requests that had not ended are kept and counted, with the output that was expected', async () => {
  const read = await readTexts(
    [TABLE, row('User-3', 0, 1005, 0, false), row('User-3', 1, 1006, 7, false)].join('\n'),
  )
  expect(read.requests.map(({ outputTokens }) => outputTokens)).toEqual([80, 900, 1467, 497, 7])
  expect(remarksOf(read)).toEqual({
    'success is not True': 2,
    'output_tokens_actual is 0; takes output_tokens_expected': 1,
  })
})

test('cells of more than 100 kB are passed over', async () => {
  const long = row('User-9', 0, 1004, 5, true, 9000)
  expect(long.length).toBeGreaterThan(100_000)
  const { requests } = await readTexts([TABLE, long].join('\r\n'), {}, 'auto', 1000)
  expect(requests).toHaveLength(4)
})

test('runs in folders are read by their tables alone', async () => {
  const folder = {
    'run-a/benchmark_command.txt': 'vllm serve',
    'run-a/trace_replay/detailed_results.csv': TABLE,
    'run-b/config.yaml': 'tp: 8',
    'run-b/trace_replay/detailed_results.csv': TABLE,
  }
  const read = await readTexts(folder)
  expect(read.requests).toHaveLength(6)
  expect(new Set(read.requests.map(({ session }) => session)).size).toBe(4)
  expect(new Set(read.requests.map(({ tenant }) => tenant)).size).toBe(2)
  expect(remarksOf(read)).toEqual({ 'a run after the first, at its own time on the same clock': 1 })
})

const REAL = '../shared/data/traces/inferencex_agentic_dsr1_b200_2runs.tar.gz'
if (!existsSync(REAL)) console.warn(`SKIPPED: ${REAL} is absent, so no real InferenceX runs are read`)

test.skipIf(!existsSync(REAL))('two real runs have all their rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-inferencex-'))
  try {
    execFileSync('tar', ['xzf', REAL, '-C', folder])
    const read = await readSource(opened(traceInput(folder)))
    expect(read.requests).toHaveLength(34 + 65)
    expect(remarksOf(read)['success is not True']).toBe(65 - 53)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
