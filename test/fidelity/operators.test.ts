import { describe, expect, it } from 'vitest'
import { isPredicted } from '../../src/fidelity/contract.ts'
import { OPERATOR_COLUMNS } from '../../src/fidelity/operator-row.ts'
import { operators } from '../../src/fidelity/operators.ts'
import { comparisonOf, made, reasonOf, toys } from './toy.ts'

type Cells = Readonly<Record<string, string | number>>

const GOOD: Cells = { hardware: 'Toy 80GB', n_devices: 1, precision: 'bf16', time_s: 1e-5 }
const GEMM: Cells = { ...GOOD, op: 'gemm', m_tokens: 100, n: 1000, k: 1000 }
const HEADS: Cells = { n_heads: 10, n_kv_heads: 5, head_dim: 100, kv_precision: 'bf16' }
const PREFILL: Cells = { ...GOOD, ...HEADS, op: 'attn_prefill', batch_size: 2, q_len: 100, kv_len: 300 }
const DECODE: Cells = { ...GOOD, ...HEADS, op: 'attn_decode', batch_size: 4, q_len: 1, kv_len: 500 }
const FOUR: Cells = { ...GOOD, n_devices: 4, message_bytes: 1e6 }
const LAYER: Cells = { ...GOOD, model: 'Toy/Model', m_tokens: 100, source_path: 'a.csv', note: 'one layer' }
const MOE: Cells = { ...GOOD, op: 'moe_layer', model: 'Toy/Experts', engine: 'toyserve 1', m_tokens: 4, n: 5 }

function outcomes(...rows: readonly Cells[]) {
  return [...operators(made('operator_times.csv', OPERATOR_COLUMNS, rows), toys)]
}

/** Seconds worked out by hand from the toy chip's round numbers. */
const BY_HAND: readonly (readonly [what: string, row: Cells, us: number])[] = [
  ['a product limited by bytes', GEMM, 10 + 2.4e6 / 5e5],
  ['a product limited by operations', { ...GEMM, m_tokens: 10_000 }, 10 + 2e10 / 5e7],
  ['a product of fp8 weights', { ...GEMM, precision: 'fp8' }, 10 + 1.4e6 / 5e5],
  ['a product whose sizes are the model’s', { ...LAYER, op: 'gemm_qkv' }, 10 + 4.6e6 / 5e5],
  ['the same on one of 5 devices', { ...LAYER, op: 'gemm_qkv', n_devices: 5 }, 10 + 1.08e6 / 5e5],
  ['the products of gate and up', { ...LAYER, op: 'gemm_up_gate' }, 10 + 17.8e6 / 5e5],
  ['a product with sizes of its own', { ...LAYER, op: 'gemm_down', n: 1000, k: 1000 }, 10 + 2.4e6 / 5e5],
  ['attention of chunks', PREFILL, 20 + 2 * (1e8 / 5e7 + 1e6 / 5e5)],
  ['attention of decodes', DECODE, 5 + 4 * 1 + 4e6 / 5e5],
  ['an all-reduce in a graph', { ...FOUR, op: 'allreduce', note: 'x_graph; y' }, 4 + 3 * 1 + 1.5e6 / 5e4],
  ['an eager all-reduce', { ...FOUR, op: 'allreduce', note: 'x_eager; y' }, 20 + 3 * 1 + 1.5e6 / 5e4],
  ['an all-reduce of the library', { ...FOUR, op: 'nccl_all_reduce' }, 10 + 3 * 2 + 1.5e6 / 5e4],
  ['an all-gather', { ...FOUR, op: 'nccl_all_gather' }, 10 + 3 * 2 + 0.75e6 / 5e4],
  ['a reduce-scatter', { ...FOUR, op: 'nccl_reduce_scatter' }, 10 + 3 * 2 + 0.75e6 / 5e4],
  ['an all-to-all', { ...FOUR, op: 'nccl_alltoall' }, 10 + 3 * 2 + 0.75e6 / 5e4],
  ['a send', { ...FOUR, n_devices: 2, op: 'nccl_send_recv' }, 8 + 1e6 / 5e4],
  ['elementwise kernels', { ...LAYER, op: 'elementwise_per_layer' }, 6 + 4e6 / 8e5],
  ['experts', MOE, 7 + 10 + 10.032e6 / 5e5 + 10 + 5.024e6 / 5e5],
  ['a part of the products of q, k and v', { ...LAYER, op: 'layer_k_proj' }, 10 + 1.3e6 / 5e5],
  ['the output layer', { ...LAYER, op: 'layer_lm_head' }, 10 + 22.2e6 / 5e5],
]

describe('operators', () => {
  it.each(BY_HAND)('prices %s', (_, row, us) => {
    expect(comparisonOf(outcomes(row)).predicted * 1e6).toBeCloseTo(us, 9)
  })

  it('says what was compared, and where it stands', () => {
    expect(comparisonOf(outcomes(PREFILL))).toEqual({
      ...{ place: 'made/operator_times.csv:2', source: 'me', device: 'toy-chip', model: '', engine: '' },
      ...{ weights: 'bf16', metric: 'attn_prefill', measured: 1e-5, predicted: expect.any(Number) },
      detail: '2 x 100 tokens after 200, 10/5 heads of 100',
    })
    expect(comparisonOf(outcomes(MOE))).toMatchObject({ model: 'toy-experts', engine: 'toy-engine' })
  })

  it('keeps suspect rows apart', () => {
    expect(comparisonOf(outcomes({ ...DECODE, note: 'SUSPECT: not monotonic' })).doubt).toContain('SUSPECT')
  })

  it('compares elementwise parts of a layer as their sum, two norms where one is timed', () => {
    const parts = ['layer_layernorm', 'layer_rotary_emb', 'layer_act_fn', 'layer_o_proj']
    const [sum, product] = outcomes(...parts.map(op => ({ ...LAYER, op }))).filter(isPredicted)
    expect(sum).toMatchObject({ metric: 'elementwise_per_layer', detail: 'm 100, tp 1, sum of 3 parts' })
    expect(sum.measured).toBeCloseTo(4e-5, 12)
    expect(sum.predicted * 1e6).toBeCloseTo(11, 9)
    expect(product.metric).toBe('layer_o_proj')
  })

  it('compares a whole layer where a note says that parts have moved, and what is outside by itself', () => {
    const note = 'one layer; use the sum'
    const parts = [
      'layer_q_proj',
      'layer_down_proj',
      'layer_input_layernorm',
      'layer_lm_head',
      'layer_embedding',
    ]
    const found = outcomes(...parts.map(op => ({ ...LAYER, op, note })))
    expect(found.filter(isPredicted).map(({ metric }) => metric)).toEqual([
      'layer but attention',
      'layer_lm_head',
    ])
    const [layer] = found.filter(isPredicted)
    expect(layer.measured).toBeCloseTo(3e-5, 12)
    const productsUs = 40 + (4.6e6 + 2.4e6 + 17.8e6 + 9e6) / 5e5
    expect(layer.predicted * 1e6).toBeCloseTo(productsUs + 11, 9)
    expect(found.find(outcome => !isPredicted(outcome))).toMatchObject({
      reason: 'the operator layer_embedding is not modelled',
    })
  })

  it('does not mix parts of other profiles, sizes and counts of tokens', () => {
    const norm = { ...LAYER, op: 'layer_layernorm' }
    const rest = ['layer_rope', 'layer_act_fn'].map(op => ({ ...LAYER, op, m_tokens: 200 }))
    expect(outcomes(norm, ...rest).filter(isPredicted)).toEqual([])
  })

  it.each([
    ['an unknown chip', { ...GEMM, hardware: 'Toy 81GB' }, 'no device is known as "Toy 81GB"'],
    ['an unknown operator', { ...GEMM, op: 'fft' }, 'the operator fft is not modelled'],
    ['the name of a method', { ...GEMM, op: 'toString' }, 'the operator toString is not modelled'],
    ['no operator', { ...GEMM, op: '' }, 'the operator (blank) is not modelled'],
    [
      'a format without a peak',
      { ...GEMM, precision: 'fp4' },
      'toy-chip has no peak or no constants for products in fp4',
    ],
    [
      'KV without constants',
      { ...DECODE, kv_precision: 'fp8' },
      'toy-chip has no constants for attention over fp8 KV',
    ],
    ['a blank size', { ...GEMM, k: '' }, 'k is blank'],
    ['a size that is no number', { ...GEMM, k: 'many' }, 'k is "many"; must be a number'],
    ['no seconds', { ...GEMM, time_s: '' }, 'time_s is blank'],
    ['milliseconds', { ...GEMM, time_s: 30 }, 'time_s is 30; no operator takes over 10 s: milliseconds?'],
    [
      'a prompt beyond its context',
      { ...PREFILL, kv_len: 50 },
      'kv_len 50 is below q_len 100: the row contradicts itself',
    ],
    [
      'heads that do not go round',
      { ...DECODE, n_kv_heads: 3 },
      'n_kv_heads 3 does not divide n_heads 10: the row contradicts itself',
    ],
    [
      'more experts than tokens reach',
      { ...MOE, m_tokens: 2 },
      'n 5 experts are more than 2 tokens of toy-experts can touch',
    ],
    ['a dense model’s experts', { ...MOE, model: 'Toy/Model' }, 'toy-model has no experts'],
    [
      'a card without a link',
      { ...FOUR, op: 'nccl_all_gather', hardware: 'Toy card' },
      'toy-card has no constants for collectives',
    ],
    [
      'an exchange of one',
      { ...FOUR, op: 'nccl_all_gather', n_devices: 1 },
      'n_devices is 1; an exchange needs 2 or more',
    ],
    [
      'an exchange between nodes',
      { ...FOUR, op: 'nccl_all_gather', note: 'devices_per_node=2' },
      'the exchange crosses nodes: only exchanges inside an island are modelled',
    ],
    [
      'an all-reduce launched who knows how',
      { ...FOUR, op: 'allreduce' },
      'the note does not say whether a graph launches the all-reduce',
    ],
    [
      'too many devices for the heads',
      { ...LAYER, op: 'gemm_o', n_devices: 3 },
      'tp 3 does not divide the 10 heads of toy-model',
    ],
  ])('gives a reason for %s', (_, row, reason) => {
    expect(reasonOf(outcomes(row))).toEqual({ place: 'made/operator_times.csv:2', source: 'me', reason })
  })

  it('has nothing to say of a folder without such a file, and stops at a header without a column', () => {
    expect([...operators({ folder: 'x', names: [], read: () => '' }, toys)]).toEqual([])
    const columns = OPERATOR_COLUMNS.filter(column => column !== 'time_s')
    expect(() => [...operators(made('operator_times.csv', columns, [GEMM]), toys)]).toThrow(
      'made/operator_times.csv:1: the column time_s is missing',
    )
  })

  it('goes on after a row that cannot be read', () => {
    expect(outcomes({ ...GEMM, n: -1 }, GEMM).map(isPredicted)).toEqual([false, true])
  })
})
