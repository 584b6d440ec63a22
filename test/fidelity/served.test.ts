import { describe, expect, it } from 'vitest'
import { isPredicted, type Outcome } from '../../src/fidelity/contract.ts'
import { served } from '../../src/fidelity/served.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'
import { type Cells, decodeSeconds, ON_TOY, outcomesFor, promptSeconds } from './served-toy.ts'
import { comparisonOf, reasonOf, toys } from './toy.ts'

const LOOP: Cells = {
  ...{ ...ON_TOY, scenario: 'closed-loop', concurrency: 1 },
  ...{ input_tokens_mean: 100, output_tokens_mean: 11 },
}
const TPOT: Cells = { ...LOOP, tpot_mean_s: 1 }

const PROMPT_S = promptSeconds(1, 100)
const DECODES_S = decodeSeconds(1, 100, 11)

const outcomes = (rows: readonly Cells[], catalogue?: Catalogue) => outcomesFor(served, rows, catalogue)

async function comparison(row: Cells, catalogue?: Catalogue) {
  return comparisonOf(await outcomes([row], catalogue))
}

async function reason(row: Cells) {
  return reasonOf(await outcomes([row])).reason
}

function byMetric(found: readonly Outcome[]): Record<string, number> {
  return Object.fromEntries(found.filter(isPredicted).map(({ metric, predicted }) => [metric, predicted]))
}

describe('served', () => {
  it('gives one client a step of its prompt and then steps of one sequence', async () => {
    const measured = { ttft_mean_s: 1, ttft_p99_s: 1, tpot_p50_s: 1, e2e_p90_s: 1 }
    const found = byMetric(await outcomes([{ ...LOOP, ...measured }]))
    expect(Object.keys(found).sort()).toEqual(Object.keys(measured).sort())
    expect(found.ttft_mean_s).toBeCloseTo(PROMPT_S, 12)
    expect(found.ttft_p99_s).toBeCloseTo(PROMPT_S, 12)
    expect(found.tpot_p50_s).toBeCloseTo(DECODES_S / 10, 12)
    expect(found.e2e_p90_s).toBeCloseTo(PROMPT_S + DECODES_S, 12)
  })

  it('counts tokens and requests over the whole run', async () => {
    const measured = { request_throughput_rps: 1, output_throughput_tok_s: 1, total_throughput_tok_s: 1 }
    const found = byMetric(await outcomes([{ ...LOOP, ...measured }]))
    const perS = 1 / (PROMPT_S + DECODES_S)
    expect(found.request_throughput_rps).toBeCloseTo(perS, 6)
    expect(found.output_throughput_tok_s).toBeCloseTo(11 * perS, 6)
    expect(found.total_throughput_tok_s).toBeCloseTo(111 * perS, 6)
  })

  it('says who and what it compares', async () => {
    expect(await comparison({ ...TPOT, source: 'lab' })).toMatchObject({
      ...{ device: 'toy-chip', model: 'toy-model', engine: 'toy-engine', weights: 'bf16', source: 'lab' },
      ...{ metric: 'tpot_mean_s', measured: 1, detail: 'tp 1, 100/11 tokens, 1 clients' },
    })
  })

  it('draws lengths from 0.8 of the nominal where the harness does', async () => {
    const drawn = { ...LOOP, e2e_mean_s: 1, note: 'origin=inferencex-db', output_tokens_mean: 1000 }
    const { predicted } = await comparison(drawn)
    const whole = promptSeconds(1, 100) + decodeSeconds(1, 100, 1000)
    const least = promptSeconds(1, 80) + decodeSeconds(1, 80, 800)
    expect(predicted).toBeGreaterThan(1.02 * least)
    expect(predicted).toBeLessThan(0.98 * whole)
  })

  it('takes the limits of the row', async () => {
    const row = { ...LOOP, concurrency: 4, output_tokens_mean: 200, ttft_p50_s: 1 }
    const [free, one] = await Promise.all([comparison(row), comparison({ ...row, max_num_seqs: 1 })])
    const requestS = PROMPT_S + decodeSeconds(1, 100, 200)
    expect(free.predicted).toBeLessThan(0.1 * requestS)
    expect(one.predicted).toBeGreaterThan(2.8 * requestS)
    const budget = { ...LOOP, ttft_mean_s: 1, max_num_seqs: 10, max_num_batched_tokens: 50 }
    const halves = promptSeconds(1, 50) + promptSeconds(1, 100, 50)
    expect((await comparison(budget)).predicted).toBeCloseTo(halves, 12)
  })

  it('ends after the stated number of requests', async () => {
    const row = { ...LOOP, concurrency: 2, max_num_seqs: 1, e2e_mean_s: 1, output_tokens_mean: 1000 }
    const requestS = PROMPT_S + decodeSeconds(1, 100, 1000)
    const { predicted } = await comparison({ ...row, n_requests: 2 })
    expect(predicted / requestS).toBeGreaterThan(1.4)
    expect(predicted / requestS).toBeLessThan(1.6)
    expect((await comparison(row)).predicted / requestS).toBeGreaterThan(1.85)
  })
})

describe('served layouts', () => {
  it('takes data parallel ranks as replicas that share the clients', async () => {
    const row = { ...TPOT, n_devices: 2, dp: 2, concurrency: 2 }
    const [two, alone] = await Promise.all([comparison(row), comparison(TPOT)])
    expect(two.detail).toContain('tp 1, replicas 2')
    expect(two.predicted).toBeCloseTo(alone.predicted, 6)
  })

  it.each([
    ['experts', { ep: 2 }],
    ['a note', { note: 'attention_dp=2' }],
  ])('takes them as attention ranks of one replica where %s say so', async (_, cells) => {
    const row = { ...TPOT, ...cells, model: 'Toy/Experts', n_devices: 2, dp: 2, concurrency: 2 }
    expect((await comparison(row)).detail).toMatch(/^tp 2, attention dp 2(, ep 2)?, 100/)
  })

  it('takes a tensor parallelism wider than the devices as cores', async () => {
    const [cores, whole] = await Promise.all([comparison({ ...TPOT, tp: 8 }), comparison(TPOT)])
    expect(cores.predicted).toBe(whole.predicted)
    expect(await reason({ ...TPOT, n_devices: 2, tp: 3 })).toBe(
      'tp, pp and dp contradict the number of devices',
    )
  })

  it('keeps KV in 8 bits beside narrow weights where the device has constants for it', async () => {
    const chip = toys.devices.get('toy-chip')!
    const slow = { ...chip.operators.attentionDecode.bf16!, fixedUs: { ...chip.memoryGb, value: 5000 } }
    const operators = { ...chip.operators, attentionDecode: { ...chip.operators.attentionDecode, fp8: slow } }
    const catalogue = { ...toys, devices: new Map([['toy-chip', { ...chip, operators }]]) }
    const [narrow, wide] = await Promise.all([
      comparison({ ...TPOT, precision: 'fp8' }, catalogue),
      comparison(TPOT, catalogue),
    ])
    expect(narrow.predicted).toBeGreaterThan(5e-3)
    expect(wide.predicted).toBeCloseTo(DECODES_S / 10, 12)
  })
})

describe('served at a rate', () => {
  const AT_RATE: Cells = { ...LOOP, scenario: 'training', concurrency: '', offered_qps: 10, n_requests: 20 }

  it('finds all of a prompt but its last block in the cache', async () => {
    const { predicted, detail } = await comparison({ ...AT_RATE, ttft_mean_s: 1 })
    expect(predicted).toBeCloseTo(promptSeconds(1, 100, 96), 9)
    expect(detail).toContain('10 requests/s')
  })

  it('needs the rate', async () => {
    expect(await reason({ ...AT_RATE, offered_qps: '', ttft_mean_s: 1 })).toBe(
      'neither the number of clients nor a rate with its duration is stated',
    )
  })
})

describe('served rows that are not predicted', () => {
  it.each([
    ['measured request by request in a log of its own', { scenario: 'open-loop' }],
    ['prompt lengths are not stated', { scenario: 'saturated' }],
    ['prompt lengths are not stated', { input_tokens_mean: '' }],
    ['output lengths are not stated', { output_tokens_mean: '' }],
    ['no model is known as "Other/Model"', { model: 'Other/Model' }],
    ['no engine is known as "other 1"', { engine: 'other 1' }],
    ['how toy-bare is run by default is not known', { engine: 'bareserve 1' }],
    ['toy-card has no constants for all-reduce', { hardware: 'Toy card', n_devices: 2, tp: 2 }],
  ])('%s', async (expected, cells) => {
    expect(await reason({ ...TPOT, ...cells })).toBe(expected)
  })

  it.each([
    ['for the highest throughput', { scenario: 'offline' }],
    ['on two pools', { scenario: 'closed-loop disaggregated' }],
    ['that speculate', { note: 'mtp3' }],
  ])('leaves runs %s to another test', async (_, cells) => {
    expect(await outcomes([{ ...TPOT, ...cells }])).toEqual([])
  })
})

describe('doubts of served rows', () => {
  const MANY: Cells = { ...TPOT, concurrency: 64, n_requests: 64, tpot_mean_s: 1e-3 }

  it.each([
    [undefined, {}],
    ['spec-decode-unknown', { quality: 'spec-decode-unknown: not said' }],
    [undefined, { quality: 'vendor-published' }],
    ['sampled on the host', { source_path: 'runs/cpu-sampling/8b.csv' }],
    ['reference implementation, not tuned', { note: 'division=reference-cpu' }],
    ['the number of devices is not stated', { n_devices: 0 }],
    ['prompts faster than the peak', { tpot_mean_s: 1e-9, ttft_mean_s: 1e-9 }],
    ['fewer ran at once than clients waited', { ...MANY, ttft_mean_s: 1 }],
    [undefined, { ...MANY, ttft_mean_s: 1, max_num_seqs: 8 }],
    [undefined, { ...MANY, ttft_mean_s: 1e-3 }],
  ])('%s: %j', async (doubt, cells) => {
    const found = (await outcomes([{ ...TPOT, ...cells }])).filter(isPredicted)
    expect(found.length).toBeGreaterThan(0)
    expect(found.map(one => one.doubt)).toEqual(found.map(() => doubt))
  })

  it('are none of requests that wait for a full KV pool', async () => {
    const row = { ...MANY, output_tokens_mean: 2000, ttft_mean_s: 2.1 }
    const chip = toys.devices.get('toy-chip')!
    const small = { ...chip, memoryGb: { ...chip.memoryGb, value: 1.8 } }
    const full = await outcomes([row], { ...toys, devices: new Map([['toy-chip', small]]) })
    expect(full.filter(isPredicted).map(one => one.doubt)).toEqual([undefined, undefined])
    const roomy = (await outcomes([row])).filter(isPredicted)
    expect(roomy[0].doubt).toBe('fewer ran at once than clients waited')
  })

  it('are those of throughputs alone where the client counted the tokens', async () => {
    const row = {
      ...TPOT,
      note: 'tokens client-counted',
      output_throughput_tok_s: 1,
      request_throughput_rps: 1,
    }
    const found = (await outcomes([row])).filter(isPredicted)
    expect(found.filter(one => one.doubt !== undefined).map(one => one.metric)).toEqual([
      'output_throughput_tok_s',
    ])
  })
})
