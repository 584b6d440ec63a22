import { describe, expect, it } from 'vitest'
import { isPredicted } from '../../src/fidelity/contract.ts'
import { type Limits, served } from '../../src/fidelity/served-replica.ts'
import { speculating } from '../../src/fidelity/speculation.ts'
import { speculativeRuns } from '../../src/fidelity/speculative.ts'
import type { Catalogue, Fact } from '../../src/scenario/facts.ts'
import { type Cells, ON_TOY, outcomesFor, toySubject } from './served-toy.ts'
import { reasonOf, toys } from './toy.ts'

function fact(value: number): Fact {
  return { value, grade: 'measured', source: 'made up' }
}

const engine = toys.engines.get('toy-engine')!

/** The toys with a model and an engine of which a head and a draft length are known. */
const catalogue: Catalogue = {
  ...toys,
  models: new Map([
    ...toys.models,
    [
      'toy-heads',
      {
        ...toys.models.get('toy-two')!,
        ...{ id: 'toy-heads', knownAs: ['Toy/Heads'] },
        predictionHead: { layers: 1, chances: [0.875, 0.305, 0.26].map(fact) },
      },
    ],
  ]),
  engines: new Map([
    ...toys.engines,
    [
      'toy-scripts',
      {
        ...engine,
        ...{ id: 'toy-scripts', knownAs: ['scriptserve'] },
        defaults: { ...engine.defaults!, draftTokens: { oneRank: fact(2), manyRanks: fact(1) } },
      },
    ],
  ]),
}

const LOOP: Cells = {
  ...{ ...ON_TOY, model: 'Toy/Heads', scenario: 'closed-loop', concurrency: 4 },
  ...{ input_tokens_mean: 100, output_tokens_mean: 200, tpot_mean_s: 1e-3 },
}

const outcomes = (...rows: readonly Cells[]) => outcomesFor(speculativeRuns, rows, catalogue)

async function tpotS(cells: Cells): Promise<number> {
  const [found] = (await outcomes({ ...LOOP, ...cells })).filter(isPredicted)
  return found.predicted
}

describe('a subject that speculates', () => {
  const limits: Limits = {
    ...{ batcher: 'chunked-prefill', tokenBudget: 8192, maxSequences: 64, reservedTokens: 0 },
  }
  const rows = [{ arrivalS: 0, inputTokens: 100, outputTokens: 1001 }]

  async function paceS(chances: readonly number[]): Promise<number> {
    const subject = speculating(toySubject(), { layers: 0.1, chances }, chances.length)
    return (await served(subject, limits, { rows })).tpot[0]
  }

  it('is the faster, the more is accepted', async () => {
    const paces = await Promise.all([0, 0.3, 0.6, 0.9, 1].map(chance => paceS([chance, chance / 2])))
    for (const [i, pace] of paces.slice(1).entries()) expect(pace).toBeLessThan(paces[i])
  })

  it('takes a step for all that is accepted', async () => {
    expect((await paceS([1])) / (await paceS([0]))).toBeCloseTo(0.5, 2)
  })

  it('is slower than without where nothing is accepted', async () => {
    const plain = await served(toySubject(), limits, { rows })
    expect(await paceS([0])).toBeGreaterThan(plain.tpot[0])
  })

  it('has less room for KV', () => {
    const { drafting } = speculating(toySubject(), { layers: 0.5, chances: [0.5] }, 1)
    expect(drafting!.weightBytes).toBeGreaterThan(0)
    expect(drafting!.kvBytesPerToken).toBe(0.5 * 2 * 5 * 100 * 2)
  })
})

describe('rows that speculate', () => {
  it('are predicted with the tokens that they state', async () => {
    const [one, three] = await Promise.all([tpotS({ note: 'mtp1' }), tpotS({ note: 'mtp3' })])
    // A head with half the model's layers costs more than its second and third token are worth.
    expect(three).toBeGreaterThan(one)
    const [found] = (await outcomes({ ...LOOP, note: 'mtp3' })).filter(isPredicted)
    expect(found.detail).toBe('tp 1, 3 proposed, 100/200 tokens, 4 clients')
  })

  it.each([
    [2, {}],
    [1, { n_devices: 2, dp: 2, note: 'MTP attention_dp=2' }],
  ])('take the %d of their engine where they state none', async (tokens, cells) => {
    const row = { ...LOOP, engine: 'scriptserve 1', note: 'MTP', ...cells }
    const [found] = (await outcomes(row)).filter(isPredicted)
    expect(found.detail).toContain(`${tokens} proposed`)
  })

  it.each([
    ['how many tokens are proposed in a step is not stated', { note: 'MTP' }],
    ['how well 4 tokens are proposed for toy-heads is not known', { note: 'mtp4' }],
    ['how well tokens are proposed for toy-model is not known', { note: 'mtp1', model: 'Toy/Model' }],
    ['which model proposes tokens is not stated', { note: 'eagle3, draft tokens 3' }],
    [
      'how many replicas and attention ranks ran on each side is not stated',
      {
        ...{ n_devices: 2, scenario: 'closed-loop disaggregated' },
        note: 'mtp1 prefill 1x(tp1,dp1,ep1) decode 1x(tp1,dp1,ep1)',
      },
    ],
  ])('give the reason: %s', async (expected, cells) => {
    expect(reasonOf(await outcomes({ ...LOOP, ...cells })).reason).toBe(expected)
  })

  it('are compared with the like run without', async () => {
    const untold = { ...LOOP, engine: 'scriptserve 1', quality: 'spec-decode-unknown: not said' }
    const found = await outcomes({ ...untold, tpot_mean_s: 1.5e-3 }, untold)
    expect(found.filter(isPredicted).map(({ metric }) => metric)).toEqual(['tpot_mean_s', 'tpot_vs_plain'])
    const ratio = found.filter(isPredicted)[1]
    expect(ratio.measured).toBeCloseTo(1 / 1.5, 9)
    expect(ratio.predicted).toBeGreaterThan(1 / 2.18)
    expect(ratio.predicted).toBeLessThan(1)
  })

  it('may lie on pools, those of the like run where their own are lost', async () => {
    const pools = {
      ...{ ...LOOP, n_devices: '', tp: '', scenario: 'closed-loop disaggregated', engine: 'scriptserve 1' },
      ...{ quality: 'spec-decode-unknown: not said', ttft_mean_s: 1e-3 },
    }
    const bare = { ...pools, note: 'prefill 1x(tp1,dp1,ep1) decode 1x(tp1,dp1,ep1)' }
    const whole = { ...pools, note: 'prefill 1x(tp1,dp1,ep1) decode 2x(tp1,dp1,ep1)', tpot_mean_s: 1.5e-3 }
    const found = (await outcomes(bare, whole)).filter(isPredicted)
    expect(found.map(({ metric }) => metric)).toEqual([
      'ttft_mean_s',
      'tpot_mean_s',
      'tok_s_per_device',
      'tpot_vs_plain',
    ])
    expect(new Set(found.map(({ detail }) => detail))).toEqual(
      new Set(['prefill tp 1; decode tp 1, replicas 2, 2 proposed, 100/200 tokens, 4 clients']),
    )
  })
})
