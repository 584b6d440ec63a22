import { describe, expect, it } from 'vitest'
import type { Observation } from '../../src/calibration/contract.ts'
import type { Limits } from '../../src/calibration/formats/contract.ts'
import { draftsIn } from '../../src/calibration/formats/registry.ts'
import { LIMITS, SETUP } from './made.ts'

function read(text: string, name = 'mine', limits: Limits = LIMITS): Observation[] {
  return draftsIn({ name, text }).map(draft => draft.observe(SETUP, limits))
}

function measuredIn(text: string): Record<string, number>[] {
  return read(text).map(({ quantities }) =>
    Object.fromEntries(quantities.map(({ metric, measured }) => [metric, Number(measured.toPrecision(6))])),
  )
}

/** As `vllm bench serve --save-result` writes it. */
const VLLM = {
  date: '20260101-120000',
  endpoint_type: 'vllm',
  backend: 'vllm',
  label: null,
  model_id: 'meta-llama/Llama-3.1-8B-Instruct',
  tokenizer_id: 'meta-llama/Llama-3.1-8B-Instruct',
  num_prompts: 4,
  request_rate: 'inf',
  burstiness: 1.0,
  max_concurrency: 2,
  duration: 9.5,
  completed: 4,
  total_input_tokens: 4000,
  total_output_tokens: 400,
  request_throughput: 0.42,
  mean_ttft_ms: 80,
  median_ttft_ms: 75,
  std_ttft_ms: 4,
  p99_ttft_ms: 99,
  mean_tpot_ms: 12.5,
  median_tpot_ms: 12.4,
  p99_tpot_ms: 14,
}

const DETAILS = {
  input_lens: [1000, 900, 1100, 1000],
  output_lens: [100, 3, 197, 0],
  ttfts: [0.07, 0.08, 0.09, 0],
  itls: [Array(99).fill(0.012), [0.01, 0.02], Array(196).fill(0.013), []],
  start_times: [5000.5, 5001.25, 5002.75, 5003],
  errors: ['', '', '', 'timed out'],
}

const SGLANG = {
  backend: 'sglang',
  dataset_name: 'random',
  request_rate: 'INF',
  max_concurrency: 8,
  random_input_len: 1024,
  random_output_len: 512,
  random_range_ratio: 0.5,
  duration: 30,
  completed: 80,
  total_input_tokens: 61440,
  total_output_tokens: 30720,
  mean_e2e_latency_ms: 4000,
  mean_ttft_ms: 60,
  median_ttft_ms: 55,
  mean_tpot_ms: 10,
  accept_length: null,
}

describe('the output of `vllm bench serve`', () => {
  it('is a closed loop of its clients where requests are sent at once', () => {
    const [run] = read(JSON.stringify(VLLM))
    expect(run.quantities[0].conditions).toMatchObject({ concurrency: '2', 'pair of lengths': '1000/100' })
    const [measured] = measuredIn(JSON.stringify(VLLM))
    expect(measured).toEqual({
      ttft_mean: 0.08,
      ttft_p50: 0.075,
      ttft_p99: 0.099,
      tpot_mean: 0.0125,
      tpot_p50: 0.0124,
      tpot_p99: 0.014,
    })
    const fitted = run.quantities.filter(({ isFitted }) => isFitted).map(({ metric }) => metric)
    expect(fitted).toEqual(['ttft_mean', 'tpot_mean'])
  })

  it('is a request log where it says when each was sent, without those that failed', () => {
    const [log] = measuredIn(JSON.stringify({ ...VLLM, ...DETAILS, request_rate: 2, max_concurrency: null }))
    expect(log.ttft_mean).toBeCloseTo(0.08, 9)
    expect(log.ttft_p50).toBeCloseTo(0.08, 9)
    expect(log.tpot_mean).toBeCloseTo((0.012 + 0.015 + 0.013) / 3, 6)
    expect(log.e2e_p99).toBeGreaterThan(2.5)
  })

  it('is left out where every request failed', () => {
    const errors = DETAILS.start_times.map(() => 'timed out')
    const run = { ...VLLM, ...DETAILS, errors, request_rate: 2, max_concurrency: null }
    expect(() => read(JSON.stringify(run))).toThrow('without a request that succeeded')
  })

  it('does not take a rate in quotes for no rate', () => {
    expect(() => read(JSON.stringify({ ...VLLM, request_rate: '5' }), 'a.json')).toThrow(
      /^a\.json: request_rate: must be a number/,
    )
  })

  it('may begin with a byte-order mark', () => {
    expect(read(`\uFEFF${JSON.stringify(VLLM)}`)).toHaveLength(1)
  })

  it('may hold several runs, one a line', () => {
    const lines = [VLLM, { ...VLLM, max_concurrency: 4 }].map(run => JSON.stringify(run))
    const runs = read(`${lines.join('\n')}\n`, 'runs.json')
    expect(runs.map(({ place }) => place)).toEqual(['runs.json:1', 'runs.json:2'])
  })

  it('without details cannot be both at a rate and of bounded concurrency', () => {
    const both = JSON.stringify({ ...VLLM, request_rate: 2 })
    expect(() => read(both)).toThrow(/request_rate and a max_concurrency.*--save-detailed/)
  })

  it('is refused with the place and the key of what does not fit', () => {
    expect(() => read(JSON.stringify({ ...VLLM, completed: 'four' }), 'a.json')).toThrow(
      /^a\.json: completed: /,
    )
    expect(() => read('{"model_id": "x",', 'a.json')).toThrow(/^a\.json:1: .* cut short/)
    expect(() => read('{"model_id": "x"}', 'a.json')).toThrow(/^a\.json:1: is JSON, and neither/)
  })
})

describe('the output of `sglang.bench_serving`', () => {
  it('is a closed loop with lengths as they were drawn', () => {
    const [run] = read(`${JSON.stringify(SGLANG)}\n`)
    expect(run.quantities[0].conditions).toMatchObject({ concurrency: '8', 'pair of lengths': '768/384' })
    expect(run.quantities.filter(({ isFitted }) => isFitted)).toHaveLength(2)
  })

  it('may have the infinities of Python', () => {
    const text = JSON.stringify(SGLANG)
      .replace('"INF"', 'Infinity')
      .replace('"accept_length":null', '"accept_length":NaN')
    expect(read(text)[0].quantities[0].conditions.concurrency).toBe('8')
  })

  it('with drafts verified is left out', () => {
    expect(() => read(JSON.stringify({ ...SGLANG, accept_length: 2.3 }))).toThrow(/speculative/)
  })
})

describe('CSV files', () => {
  it('may give milliseconds in columns that say so', () => {
    const seconds =
      'concurrency,input_tokens_mean,output_tokens_mean,ttft_mean_s,tpot_mean_s\n4,500,100,0.05,0.011\n'
    const milliseconds =
      'concurrency,input_tokens_mean,output_tokens_mean,ttft_mean_ms,tpot_mean_ms\n4,500,100,50,11\n'
    expect(measuredIn(milliseconds)).toEqual(measuredIn(seconds))
  })

  it('of steps count the tokens of a prefill together and of a context each', () => {
    const text =
      'phase,batch_size,prefill_tokens,context_tokens_per_seq,time_s\nprefill,4,2048,,0.1\ndecode,8,,700,0.02\n'
    const [prefill, decode] = read(text)
    expect(prefill.quantities[0].conditions).toMatchObject({
      'prompt length': '512',
      'number of sequences': '4',
    })
    expect(decode.quantities[0].conditions).toMatchObject({ context: '700', 'number of sequences': '8' })
  })

  it('of requests give the time per token from the time to the last, too', () => {
    const head = 'arrival_s,input_tokens,output_tokens,ttft_s'
    const byTpot = `${head},tpot_s\n0,100,11,0.1,0.02\n1,100,1,0.1,\n`
    const byE2e = `${head},e2e_s\n0,100,11,0.1,0.3\n1,100,1,0.1,0.1\n`
    expect(measuredIn(byE2e)).toEqual(measuredIn(byTpot))
  })

  it('of no known kind are told what they lack most', () => {
    const text = 'phase,batch_size,context_tokens_per_seq,seconds\ndecode,1,2,3\n'
    expect(() => read(text, 'a.csv')).toThrow(/^a\.csv:1: the column time_s is missing/)
    expect(() => read('  \n', 'a.csv')).toThrow(/a\.csv: is empty/)
  })

  it('of steps say which phase is none', () => {
    const text = 'phase,batch_size,prefill_tokens,context_tokens_per_seq,time_s\nprefil,4,2048,,0.1\n'
    expect(() => read(text, 'a.csv')).toThrow('a.csv:2: phase is "prefil"; must be prefill or decode')
  })
})
