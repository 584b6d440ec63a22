import { describe, expect, it } from 'vitest'
import { isPredicted, type Outcome } from '../../src/fidelity/contract.ts'
import { disaggregatedRuns } from '../../src/fidelity/disaggregated.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'
import { type Cells, decodeSeconds, ON_TOY, outcomesFor, promptSeconds } from './served-toy.ts'
import { reasonOf, toys } from './toy.ts'

const LOOP: Cells = {
  ...{ ...ON_TOY, n_devices: '', tp: '', scenario: 'closed-loop disaggregated', concurrency: 1 },
  ...{ input_tokens_mean: 100, output_tokens_mean: 11, ttft_mean_s: 1e-3, tpot_mean_s: 1e-3 },
}

const split = (prefill: number, decode: number): Cells => ({
  note: `prefill ${prefill}x(tp1.0,dp1.0,ep1.0) decode ${decode}x(tp1.0,dp1.0,ep1.0)`,
})

const outcomes = (row: Cells, catalogue?: Catalogue) => outcomesFor(disaggregatedRuns, [row], catalogue)

function byMetric(found: readonly Outcome[]): Record<string, number> {
  return Object.fromEntries(found.filter(isPredicted).map(({ metric, predicted }) => [metric, predicted]))
}

async function times(row: Cells, catalogue?: Catalogue) {
  const { ttft_mean_s: ttftS, tpot_mean_s: tpotS } = byMetric(await outcomes(row, catalogue))
  return { ttftS, tpotS }
}

/** 100 tokens of 5 heads of 100, keys and values in 2 bytes, over 100 GB/s, sent in 8 us. */
const SENDING_S = (100 * 2 * 5 * 100 * 2) / 100e9 + 8e-6

describe('disaggregated', () => {
  it('computes the prompt on one side, sends its KV and decodes on the other', async () => {
    const { ttftS, tpotS } = await times({ ...LOOP, ...split(1, 2) })
    expect(ttftS).toBeCloseTo(promptSeconds(1, 100), 12)
    expect(tpotS).toBeCloseTo((SENDING_S + decodeSeconds(1, 100, 11)) / 10, 12)
  })

  it('counts what each device gives, as predicted and as measured', async () => {
    const found = (await outcomes({ ...LOOP, ...split(1, 2) })).filter(isPredicted)
    const perDevice = found.find(({ metric }) => metric === 'tok_s_per_device')!
    const { ttftS, tpotS } = await times({ ...LOOP, ...split(1, 2) })
    expect(perDevice.measured).toBeCloseTo(11 / (1e-3 + 10 * 1e-3) / 3, 9)
    expect(perDevice.predicted).toBeCloseTo(11 / (ttftS + 10 * tpotS) / 3, 9)
    expect(perDevice.detail).toBe('prefill tp 1; decode tp 1, replicas 2, 100/11 tokens, 1 clients')
  })

  it('waits less for prompts with more replicas for them, and decodes faster with more for those', async () => {
    const row = { ...LOOP, concurrency: 16, input_tokens_mean: 4000, output_tokens_mean: 50 }
    const [few, prompts, decodes] = await Promise.all([
      times({ ...row, ...split(1, 2) }),
      times({ ...row, ...split(4, 2) }),
      times({ ...row, ...split(1, 6) }),
    ])
    expect(prompts.ttftS).toBeLessThan(0.5 * few.ttftS)
    expect(decodes.tpotS).toBeLessThan(few.tpotS)
  })

  it('sends over adapters between nodes', async () => {
    const node = toys.nodes.get('toy-node')!
    const nicGbPerS = { ...node.hostIdleW, value: 1 }
    const small = { ...node, devices: 1, islandDevices: 1, nicGbPerS }
    const catalogue = { ...toys, nodes: new Map([['toy-node', small]]) }
    const { tpotS } = await times({ ...LOOP, ...split(1, 2) }, catalogue)
    const overNicS = (100 * 2 * 5 * 100 * 2) / 1e9
    expect(tpotS).toBeCloseTo((overNicS + decodeSeconds(1, 100, 11)) / 10, 12)
  })

  it.each([
    ['how replicas are split between prompts and decodes is not stated', { note: 'two pools' }],
    ['how many replicas and attention ranks ran on each side is not stated', split(1, 1)],
    ['neither the number of clients nor a rate with its duration is stated', { concurrency: '' }],
    ['how fast toy-chip sends KV is not known', split(8, 1)],
  ])('gives the reason: %s', async (expected, cells) => {
    expect(reasonOf(await outcomes({ ...LOOP, ...split(1, 2), ...cells })).reason).toBe(expected)
  })
})

describe('rows of which speculation is not recorded', () => {
  const UNTOLD = { ...LOOP, quality: 'spec-decode-unknown: not said' }

  it('are not doubtful where their layout is stated', async () => {
    const found = (await outcomes({ ...UNTOLD, ...split(1, 2) })).filter(isPredicted)
    expect(found.map(({ doubt }) => doubt)).toEqual([undefined, undefined, undefined])
  })

  it('are compared once', async () => {
    const rows = [split(1, 1), split(1, 2)].map(cells => ({ ...UNTOLD, ...cells }))
    const [first, ...others] = await outcomesFor(disaggregatedRuns, rows)
    expect(first).toMatchObject({
      reason: 'measured once, and stated with more of its layout in another row',
    })
    expect(others.every(isPredicted)).toBe(true)
  })
})
