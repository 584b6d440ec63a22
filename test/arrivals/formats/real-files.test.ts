import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../../src/arrivals/contract.ts'
import { traceInput } from '../../../src/arrivals/file.ts'
import type { ReadingOptions } from '../../../src/arrivals/formats/contract.ts'
import { formatOf, opened } from '../../../src/arrivals/formats/detect.ts'
import type { FormatName } from '../../../src/arrivals/formats/registry.ts'

const TRACES = fileURLToPath(new URL('../../../../shared/data/traces', import.meta.url))
const isThere = existsSync(TRACES)
if (!isThere) console.warn('SKIPPED: ../shared/data/traces is not there')
const RATE: ReadingOptions = { gaps: { kind: 'poisson', ratePerS: 10 } }

interface Real {
  readonly file: string
  readonly format: FormatName
  /** Rows as the data's README counts them. */
  readonly rows: number
  /** Of those, the requests. */
  readonly requests?: number
  readonly options?: ReadingOptions
}

const FILES: readonly Real[] = [
  { file: 'azure2023_code.csv', format: 'azure', rows: 8819 },
  { file: 'azure2023_conv_first_half.csv', format: 'azure', rows: 9739 },
  { file: 'azure2024_head_rows.csv', format: 'azure', rows: 5 },
  { file: 'azure2025_multimodal_head_rows.csv', format: 'azure-multimodal', rows: 5 },
  { file: 'burstgpt_1_head42.csv', format: 'burstgpt', rows: 42, requests: 38 },
  { file: 'mooncake_conversation.jsonl', format: 'mooncake', rows: 12_031 },
  { file: 'llmservingsim_sharegpt_llama31_8b_300_sps10.jsonl', format: 'llmservingsim', rows: 300 },
  { file: 'llmservingsim_example_trace.jsonl', format: 'llmservingsim', rows: 10 },
  { file: 'llmservingsim_workload_me2_01_mixed.jsonl', format: 'llmservingsim', rows: 608 },
  { file: 'vidur_splitwise_code.csv', format: 'vidur', rows: 8819 },
  { file: 'vidur_arxiv_summarization.csv', format: 'vidur', rows: 28_257, options: RATE },
  { file: 'sarathi_sharegpt_8k.csv', format: 'vidur', rows: 30_731, options: RATE },
  { file: 'splitwise_sim_test_trace.csv', format: 'splitwise-sim', rows: 3 },
  { file: 'inference_perf_trace.csv', format: 'azure', rows: 20 },
  { file: 'alibaba_gentd26_lora_request_trace.csv', format: 'alibaba-genai', rows: 26_823, requests: 26_392 },
  { file: 'derived/apex_lmsys_05_lengths.csv', format: 'apex', rows: 1024 },
]

const folder = mkdtempSync(join(tmpdir(), 'regatta-real-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function requestsOf(source: ArrivalSource): Promise<number> {
  const block = new ArrivalBlock()
  let requests = 0
  for (await source.fill(block); block.length > 0; await source.fill(block)) requests += block.length
  return requests
}

describe.runIf(isThere)('the public trace', () => {
  test.each(FILES)('$file is read whole', async ({ file, format, rows, requests = rows, options = {} }) => {
    const input = traceInput(join(TRACES, file))
    expect(await formatOf(input)).toBe(format)
    const source = opened(input, 'auto', options)
    const read = await requestsOf(source)
    expect([source.report!()!.rows, read]).toEqual([rows, requests])
  })

  test.each([
    ['claudecode_agentic_traces_50.tar.gz', 'claude-code', 3195],
    ['inferencex_agentic_dsr1_b200_2runs.tar.gz', 'inferencex', 99],
  ] as const)('%s is read whole once unpacked, and refused before', async (archive, format, requests) => {
    await expect(formatOf(traceInput(join(TRACES, archive)))).rejects.toThrow(
      'is a tar archive; unpack it and give the folder',
    )
    const place = mkdtempSync(join(folder, 'unpacked-'))
    execFileSync('tar', ['-xzf', join(TRACES, archive), '-C', place])
    const input = traceInput(place)
    expect(await formatOf(input)).toBe(format)
    expect(await requestsOf(opened(input, 'auto', format === 'claude-code' ? RATE : {}))).toBe(requests)
  })
})
