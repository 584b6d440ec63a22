import { describe, expect, it } from 'vitest'
import { isPredicted } from '../../src/fidelity/contract.ts'
import { iterations } from '../../src/fidelity/iterations.ts'
import { comparisonOf, made, reasonOf, toys } from './toy.ts'

type Cells = Readonly<Record<string, string | number>>

const COLUMNS = [
  ...['hardware', 'n_devices', 'tp', 'model', 'precision', 'engine', 'phase', 'batch_size', 'prefill_tokens'],
  ...['context_tokens_per_seq', 'time_s', 'scope', 'derived', 'source', 'model_key'],
]

const DECODE: Cells = {
  ...{
    hardware: 'Toy 80GB',
    n_devices: 1,
    tp: 1,
    model: 'Toy/Model',
    precision: 'bf16',
    engine: 'toyserve 1',
  },
  ...{ phase: 'decode', batch_size: 2, context_tokens_per_seq: 50, time_s: 3e-4, scope: 'full_model' },
}
const PREFILL: Cells = { ...DECODE, phase: 'prefill', prefill_tokens: 100 }

/** Microseconds of the products of a layer with 2 tokens, and of the output layer; from the toy's round numbers. */
const LAYER_US = 40 + (4.012e6 + 2.008e6 + 16.036e6 + 8.02e6) / 5e5
const HEAD_US = 10 + 20.044e6 / 5e5
const ELEMENTWISE_US = 6 + 2 * 0.05
const HOST_US = 100 + 10 + 2

function outcomes(...rows: readonly Cells[]) {
  return [...iterations(made('iteration_times.csv', COLUMNS, rows), toys)]
}

describe('iterations', () => {
  it('prices a decode step at its mean context, the token that it adds among it', () => {
    const attentionUs = 5 + 2 * 1 + (100 * 2000) / 5e5
    const comparison = comparisonOf(outcomes(DECODE))
    expect(comparison.predicted * 1e6).toBeCloseTo(
      LAYER_US + HEAD_US + ELEMENTWISE_US + attentionUs + HOST_US,
      9,
    )
    expect(comparison).toMatchObject({ device: 'toy-chip', model: 'toy-model', engine: 'toy-engine' })
    expect(comparison).toMatchObject({ metric: 'decode step', detail: 'tp 1, 2 x 50 tokens of context' })
  })

  it('prices a step of whole prompts', () => {
    const productsUs = 40 + (4.6e6 + 2.4e6 + 17.8e6 + 9e6) / 5e5 + HEAD_US
    const attentionUs = 20 + 2 * (5e6 / 5e7 + 3e5 / 5e5)
    const comparison = comparisonOf(outcomes(PREFILL))
    expect(comparison.predicted * 1e6).toBeCloseTo(productsUs + 11 + attentionUs + HOST_US, 9)
    expect(comparison).toMatchObject({ metric: 'prefill step', detail: 'tp 1, 2 x 50 tokens' })
  })

  it('lets host and device times overlap under an engine without graphs', () => {
    const [graphs, eager] = outcomes(DECODE, { ...DECODE, engine: 'toyserve-2023' }).filter(isPredicted)
    const hostUs = 110
    const deviceUs = graphs.predicted * 1e6 - hostUs
    expect(eager.predicted * 1e6).toBeCloseTo(Math.sqrt(hostUs ** 2 + deviceUs ** 2), 6)
  })

  it('tells engines apart by who measured them, where the name alone does not', () => {
    const engines = new Map(toys.engines)
    const early = { ...toys.engines.get('toy-eager')!, id: 'early', knownAs: ['toyserve (lab)'] }
    engines.set('early', early)
    const measurements = made('iteration_times.csv', COLUMNS, [
      { ...DECODE, engine: 'toyserve', source: 'lab' },
    ])
    expect(comparisonOf(iterations(measurements, { ...toys, engines })).engine).toBe('early')
  })

  it('prices a layer on the devices alone, and says which context it assumes', () => {
    const row = { ...DECODE, model: 'Toy/Two', scope: 'per_layer', context_tokens_per_seq: '' }
    const comparison = comparisonOf(outcomes(row))
    const attentionUs = 5 + 2 * 1 + (2 * 768 * 2000) / 5e5
    expect(comparison.predicted * 1e6).toBeCloseTo(LAYER_US + ELEMENTWISE_US + attentionUs, 6)
    expect(comparison.metric).toBe('decode layer')
    expect(comparison.detail).toContain('contexts are not stated: 768 tokens assumed')
  })

  it('takes tp that exceeds the devices for their cores, and pads heads that do not go round', () => {
    const [cores, devices] = outcomes(
      { ...DECODE, tp: 8, n_devices: 4 },
      { ...DECODE, tp: 4, n_devices: 4 },
    ).filter(isPredicted)
    expect(cores.predicted).toBe(devices.predicted)
    expect(cores.detail).toContain('tp 4 of 2 cores each')
  })

  it('keeps bounds apart from measurements', () => {
    const derived = 'upper bound: includes prefill'
    expect(comparisonOf(outcomes({ ...DECODE, derived })).doubt).toBe(derived)
    expect(comparisonOf(outcomes({ ...DECODE, derived: 'measured' })).doubt).toBeUndefined()
  })

  it.each([
    ['an unknown engine', { ...DECODE, engine: 'nobody' }, 'no engine is known as "nobody (me)"'],
    ['an unknown model', { ...DECODE, model: 'Toy/Modle' }, 'no model is known as "Toy/Modle"'],
    [
      'milliseconds',
      { ...DECODE, time_s: 30 },
      'time_s is 30; no decode step takes over 10 s: milliseconds?',
    ],
    ['another phase', { ...DECODE, phase: 'train' }, 'the phase is "train"; must be prefill or decode'],
    ['another scope', { ...DECODE, scope: '' }, 'the scope is ""; must be full_model or per_layer'],
    [
      'prompts that do not add up',
      { ...PREFILL, prefill_tokens: 999 },
      'prefill_tokens is not batch_size x context_tokens_per_seq: the row contradicts itself',
    ],
    [
      'cores that do not go round',
      { ...DECODE, tp: 8, n_devices: 3 },
      'tp 8 is no multiple of its 3 devices: the row contradicts itself',
    ],
    [
      'more sequences than memory has bytes',
      { ...DECODE, batch_size: 1e9 },
      'batch_size is 1000000000; must be at most 1000000',
    ],
    [
      'more devices than a fabric joins',
      { ...DECODE, tp: 5000, n_devices: 5000 },
      'tp is 5000; must be a whole number from 1 to 1024',
    ],
    ['no sequences', { ...DECODE, batch_size: '' }, 'batch_size is blank'],
    [
      'a card without a link',
      { ...DECODE, hardware: 'Toy card', tp: 2, n_devices: 2 },
      'toy-card has no constants for all-reduce',
    ],
    [
      'a format without a peak',
      { ...DECODE, precision: 'int8' },
      'toy-chip has no peak or no constants for products in int8',
    ],
  ])('gives a reason for %s', (_, row, reason) => {
    expect(reasonOf(outcomes(row))).toMatchObject({ place: 'made/iteration_times.csv:2', reason })
  })

  it('does not predict what the devices cannot hold', () => {
    const models = new Map(toys.models)
    models.set('toy-model', { ...toys.models.get('toy-model')!, layers: 10_000 })
    const measurements = made('iteration_times.csv', COLUMNS, [DECODE])
    const { reason } = reasonOf(iterations(measurements, { ...toys, models }))
    expect(reason).toBe('toy-model in bf16 has 300 GB of weights, which 1 x toy-chip with 80 GB do not hold')
  })
})
