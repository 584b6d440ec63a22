import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import { readSource, readTexts, remarksOf } from './inputs.ts'

function line(ns: number, context: number): string {
  const body = { ContextTokens: context, GeneratedTokens: 67, SynthesizedBody: 'a, "b"', RequestID: 'ff' }
  return JSON.stringify({ ...body, TotalTokens: context + 67, StartTimeOffset: ns })
}

const TEXT = `${line(500_000_000, 156)}\n${line(2_500_000_000, 115)}\n`
const EXPECTED = [
  { arrivalS: 0, inputTokens: 156, outputTokens: 67 },
  { arrivalS: 2, inputTokens: 115, outputTokens: 67 },
]

test('times are nanoseconds; one prompt may come twice', async () => {
  const { requests, report } = await readTexts(TEXT)
  expect(requests).toEqual(EXPECTED)
  expect(report.format).toBe('apex')
})

test('its columns may also come as CSV, in any order', async () => {
  const text =
    'ContextTokens,RequestID,StartTimeOffset,GeneratedTokens\n156,ff,500000000,67\n115,fe,2500000000,67'
  expect((await readTexts(text)).requests).toEqual(EXPECTED)
})

test('shards of a trace are left aside', async () => {
  const folder = { 'lmsys_05.jsonl': TEXT, 'lmsys_05_2DP4TP_0.jsonl': TEXT, 'lmsys_05_2DP4TP_1.jsonl': TEXT }
  const read = await readTexts(folder)
  expect(read.requests).toEqual(EXPECTED)
  expect(remarksOf(read)).toEqual({ 'left aside: a shard (..DP..TP..) of the trace': 2 })
  expect((await readTexts({ 'lmsys_05_2DP4TP_0.jsonl': TEXT })).requests).toEqual(EXPECTED)
})

test('of two whole traces one has to be given', async () => {
  await expect(readTexts({ 'a.jsonl': TEXT, 'b.jsonl': TEXT })).rejects.toThrow(
    'trace: has 2 files (a.jsonl, b.jsonl, ...); apex is one file: give that',
  )
})

const REAL = '../shared/data/traces/derived/apex_lmsys_05_lengths.csv'
if (!existsSync(REAL)) console.warn(`SKIPPED: ${REAL} is absent, so no real APEX lengths are read`)

test.skipIf(!existsSync(REAL))('the lengths of a real trace come at half a request per second', async () => {
  const { requests } = await readSource(opened(traceInput(REAL)))
  expect(requests).toHaveLength(1024)
  expect(1023 / requests.at(-1)!.arrivalS).toBeCloseTo(0.5, 1)
})
