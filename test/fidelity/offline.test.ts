import { describe, expect, it } from 'vitest'
import { offline } from '../../src/fidelity/offline.ts'
import { kvTokensOf } from '../../src/fidelity/served-replica.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'
import { type Cells, decodeSeconds, ON_TOY, outcomesFor, promptSeconds, toySubject } from './served-toy.ts'
import { comparisonOf, reasonOf, toys } from './toy.ts'

const LENGTHS: Cells = { input_tokens_mean: 100, output_tokens_mean: 11, output_throughput_tok_s: 1 }
const AT_ONCE: Cells = { ...ON_TOY, ...LENGTHS, scenario: 'offline', n_requests: 4 }
const STATIC: Cells = { ...ON_TOY, ...LENGTHS, scenario: 'static batch 4' }

async function comparison(row: Cells, catalogue?: Catalogue) {
  return comparisonOf(await outcomesFor(offline, [row], catalogue))
}

async function reason(row: Cells) {
  return reasonOf(await outcomesFor(offline, [row])).reason
}

describe('offline', () => {
  it('serves requests that are all there at once', async () => {
    const { predicted, metric, detail } = await comparison(AT_ONCE)
    expect(predicted).toBeCloseTo(44 / (promptSeconds(4, 100) + decodeSeconds(4, 100, 11)), 6)
    expect(metric).toBe('output_throughput_tok_s')
    expect(detail).toBe('tp 1, 100/11 tokens, 4 requests at once')
  })

  it('knows how many requests the tables of an engine used', async () => {
    const row = { ...AT_ONCE, n_requests: '', input_tokens_mean: 20000, output_tokens_mean: 2000 }
    expect((await comparison(row)).detail).toContain('1000 requests')
    expect((await comparison({ ...row, input_tokens_mean: 128, output_tokens_mean: 2048 })).detail).toContain(
      '3000 requests',
    )
  })

  it('lays models with experts of such tables on attention ranks', async () => {
    const row = { ...AT_ONCE, model: 'Toy/Experts', n_devices: 4, tp: 4 }
    expect((await comparison(row)).detail).toContain('tp 4, 100')
    const table = { ...row, scenario: 'offline max throughput' }
    expect((await comparison(table)).detail).toContain('tp 4, attention dp 4, ep 4')
  })

  it('carries the doubts of the row', async () => {
    const { doubt } = await comparison({ ...AT_ONCE, quality: 'estimated: from a plot' })
    expect(doubt).toBe('estimated')
    expect(await comparison(AT_ONCE)).not.toHaveProperty('doubt')
  })

  it('leaves loops to the other test', async () => {
    expect(await outcomesFor(offline, [{ ...AT_ONCE, scenario: 'closed-loop' }])).toEqual([])
  })
})

describe('a static batch', () => {
  it('takes all its prompts and then decodes to the end', async () => {
    const seconds = promptSeconds(4, 100) + decodeSeconds(4, 100, 11)
    expect((await comparison(STATIC)).predicted).toBeCloseTo(44 / seconds, 6)
  })

  it('splits prompts that are too many for a step', async () => {
    const row = { ...STATIC, scenario: 'static batch 5', input_tokens_mean: 30_000 }
    const prompts = 2 * promptSeconds(2, 30_000) + promptSeconds(1, 30_000)
    const seconds = prompts + decodeSeconds(5, 30_000, 11)
    expect((await comparison(row)).predicted).toBeCloseTo(55 / seconds, 6)
  })

  it('goes in pieces where memory does not hold it', async () => {
    const limits = { batcher: 'static', tokenBudget: 2048, maxSequences: 64, reservedTokens: 0 } as const
    const held = Math.floor(kvTokensOf(toySubject(), limits) / 10_011)
    const row = { ...STATIC, input_tokens_mean: 10_000 }
    const [over, just] = await Promise.all(
      [2 * held, held].map(batch => comparison({ ...row, scenario: `static batch ${batch}` })),
    )
    expect(over.detail).toContain(`batch ${2 * held} in pieces of ${held}`)
    expect(over.predicted).toBe(just.predicted)
  })

  it('has a size', async () => {
    expect(await reason({ ...STATIC, scenario: 'static batch' })).toBe(
      'the size of the static batch is not stated',
    )
  })
})

describe('MLPerf', () => {
  const RESULT: Cells = {
    ...{ ...ON_TOY, workload: 'mlperf-llama2-70b-99', scenario: 'datacenter/Offline' },
    ...{ request_throughput_rps: 1, hardware: 'Toy card' },
  }

  it('lays as many replicas on the devices as serve most', async () => {
    const [one, two] = await Promise.all([1, 2].map(n => comparison({ ...RESULT, n_devices: n })))
    expect(two.predicted).toBeCloseTo(2 * one.predicted, 6)
    expect(two.detail).toBe('2 devices, best tp 1, offline, 294 (assumed)/294 tokens')
  })

  it('splits a model that fits no device', async () => {
    const chip = toys.devices.get('toy-chip')!
    const small = { ...chip, memoryGb: { ...chip.memoryGb, value: 1.63 } }
    const catalogue = { ...toys, devices: new Map([['toy-chip', small]]) }
    const row = { ...RESULT, hardware: 'Toy 80GB', n_devices: 2, output_tokens_mean: 20 }
    expect((await comparison(row, catalogue)).detail).toContain('best tp 2')
  })

  it('finds the highest rate within the limits of a server', async () => {
    const server = { ...RESULT, scenario: 'datacenter/Server', output_tokens_mean: 50 }
    const under = (ttft: number, tpot: number) =>
      comparison({ ...server, note: `TTFT SLO ${ttft} s, TPOT SLO ${tpot} s` })
    const [loose, tight, none] = await Promise.all([under(10, 1), under(10, 0.0005), under(0.00001, 1)])
    const most = (await comparison({ ...RESULT, output_tokens_mean: 50 })).predicted
    expect(loose.predicted).toBeGreaterThan(0.9 * most)
    expect(loose.predicted).toBeLessThan(most)
    expect(tight.predicted).toBeLessThan(0.8 * loose.predicted)
    expect(tight.predicted).toBeGreaterThan(0.05 * most)
    expect(none.predicted).toBeLessThan(0.02 * most)
  })

  it.each([
    ['beam search is not modelled', { workload: 'mlperf-gptj-99' }],
    ['prompt lengths are not stated', { workload: 'mlperf-deepseek-r1' }],
    ['the scenario multistream is not predicted', { scenario: 'edge/MultiStream' }],
    ['the limits of the latencies are not stated', { scenario: 'datacenter/Server' }],
  ])('%s', async (expected, cells) => {
    expect(await reason({ ...RESULT, ...cells })).toBe(expected)
  })
})
