import { describe, expect, it } from 'vitest'
import { basisOf } from '../../src/fidelity/basis.ts'
import { isPredicted } from '../../src/fidelity/contract.ts'
import { power } from '../../src/fidelity/power.ts'
import { comparisonOf, made, reasonOf, toys } from './toy.ts'

type Cells = Readonly<Record<string, string | number>>

const COLUMNS = [
  ...['hardware', 'n_devices', 'tp', 'model', 'precision', 'engine', 'workload', 'phase_or_load', 'note'],
  ...['batch_size_mean', 'power_w_per_device', 'node_power_w', 'output_throughput_tok_s', 'tpot_p50_s'],
  ...['output_tokens_mean', 'source', 'model_key'],
]

const SERVED: Cells = {
  ...{
    hardware: 'Toy 80GB',
    n_devices: 1,
    tp: 1,
    model: 'Toy/Model',
    precision: 'bf16',
    engine: 'toyserve 1',
  },
  ...{
    batch_size_mean: 2,
    power_w_per_device: 240,
    output_throughput_tok_s: 2000,
    output_tokens_mean: 10_000,
  },
}
const FIXED: Cells = {
  ...{ ...SERVED, workload: 'fixed 50/128 batch 2', output_throughput_tok_s: '', tpot_p50_s: 1e-3 },
  ...{ output_tokens_mean: 128 },
}
const NODE: Cells = {
  ...{
    ...SERVED,
    n_devices: 8,
    tp: '',
    power_w_per_device: '',
    node_power_w: 9000,
    phase_or_load: 'full load',
  },
}

/** Watts of a decode step of 1 ms: 200 W of floor, and what the toy's bytes and operations cost. */
function decodeWatts(contextTokens: number): number {
  const bytes = 4.012e6 + 2.008e6 + 16.036e6 + 8.02e6 + 20.044e6 + 80_000 + contextTokens * 2000
  const flops = 1e8 + contextTokens * 4000
  return 200 + (500 * bytes) / 1e12 / 1e-3 + (300 * flops) / 1e14 / 1e-3
}

function outcomes(...rows: readonly Cells[]) {
  return [...power(made('power_energy.csv', COLUMNS, rows), toys)]
}

describe('power', () => {
  it('is that of the steps as long as they took, whatever the latency model says', () => {
    const comparison = comparisonOf(outcomes(SERVED))
    expect(comparison.predicted).toBeCloseTo(decodeWatts(2 * (256 + 5000) + 2), 3)
    expect(comparison).toMatchObject({ metric: 'board W', measured: 240 })
    expect(comparison.detail).toContain('prompts are not stated: 256 tokens assumed')
    const [slow] = outcomes({ ...SERVED, engine: 'toyserve-2023' }).filter(isPredicted)
    expect(slow.predicted).toBe(comparison.predicted)
  })

  it('is at most the limit of the board', () => {
    expect(comparisonOf(outcomes({ ...SERVED, output_throughput_tok_s: 1e6 })).predicted).toBeCloseTo(1000, 9)
  })

  it('holds the prompts of those that follow', () => {
    const [long, short] = outcomes(SERVED, { ...SERVED, output_tokens_mean: 4 }).filter(isPredicted)
    expect(short.predicted).toBeGreaterThan(long.predicted)
  })

  it('takes the token time where no throughput is given', () => {
    const [measured, timed] = outcomes(SERVED, { ...SERVED, output_throughput_tok_s: '', tpot_p50_s: 1e-3 })
    expect(timed).toMatchObject({ predicted: (measured as { predicted?: number }).predicted })
  })

  it('is per board: devices that share layers, and replicas side by side', () => {
    const two = { ...SERVED, n_devices: 2, batch_size_mean: 4, output_throughput_tok_s: 4000 }
    const [one, beside] = outcomes(SERVED, two).filter(isPredicted)
    expect(beside.predicted).toBeCloseTo(one.predicted, 9)
    const [shared] = outcomes({ ...SERVED, n_devices: 5, tp: 5 }).filter(isPredicted)
    expect(shared.predicted - 200).toBeCloseTo((one.predicted - 200) / 5, 0)
  })

  it('is the mean of prompts and decodes where one batch runs to its end', () => {
    const comparison = comparisonOf(outcomes(FIXED))
    const decodeS = 127e-3
    const meanContext = 2 * 50 + (2 * 128) / 2
    const decodeJ = decodeWatts(meanContext) * decodeS
    expect(comparison.predicted).toBeGreaterThan(decodeJ / decodeS - 1)
    expect(comparison.predicted).toBeLessThan((decodeJ + 1000 * 3.1e-4) / decodeS)
    expect(comparison.detail).not.toContain('assumed')
  })

  it('rests on what the watts of the device were fitted on, and not the engine', () => {
    const device = toys.devices.get('toy-chip')!
    const guessed = {
      ...device,
      power: { ...device.power, floor: { ...device.power.floor, grade: 'estimate' } },
    } as const
    const basisUnder = (toy: typeof device) => {
      const catalogue = { ...toys, devices: new Map([...toys.devices, [toy.id, toy]]) }
      return basisOf(
        comparisonOf([...power(made('power_energy.csv', COLUMNS, [SERVED]), catalogue)]),
        catalogue,
      )
    }
    expect([basisUnder(device), basisUnder(guessed)]).toEqual(['fitted', 'new'])
    expect(basisOf(comparisonOf(outcomes(NODE)), toys)).toBe('')
  })

  it('keeps models with experts in groups of their own', () => {
    const row = { ...SERVED, model: 'Toy/Experts', n_devices: 2 }
    expect(comparisonOf(outcomes(row)).metric).toBe('board W, experts')
  })

  it('of a whole node is its devices at their limit and its host', () => {
    const comparison = comparisonOf(outcomes(NODE))
    expect(comparison).toMatchObject({ metric: 'node W', measured: 9000, predicted: 8 * 1000 + 1500 })
    expect(comparison.doubt).toBeUndefined()
    expect(comparisonOf(outcomes({ ...NODE, note: 'x8_MaxQ; capped' })).doubt).toContain(
      'below their power limit',
    )
  })

  it.each([
    ['a node that nobody sells', { ...NODE, n_devices: 3 }, 'the catalogue has no node with 3 x toy-chip'],
    [
      'all boards as one',
      { ...SERVED, power_w_per_device: 8000 },
      'power_w_per_device is 8000, far above the 1000 W of toy-chip',
    ],
    [
      'milliseconds',
      { ...FIXED, tpot_p50_s: 30 },
      'a step of 30 s follows from batch and throughput; must be below 10',
    ],
    ['no speed at all', { ...SERVED, output_throughput_tok_s: '' }, 'tpot_p50_s is blank'],
    [
      'an output of no token',
      { ...SERVED, output_tokens_mean: 0.1 },
      'output_tokens_mean is 0.1; must be >= 1',
    ],
    [
      'prompts beyond any batch',
      { ...FIXED, workload: 'fixed 9999999/1' },
      '2 sequences of 9999999 prompt tokens are beyond any batch',
    ],
    ['no batch', { ...SERVED, batch_size_mean: '' }, 'batch_size_mean is blank'],
    ['tp that does not go round', { ...SERVED, n_devices: 3, tp: 2 }, 'tp 2 does not divide n_devices 3'],
    ['an unknown format', { ...SERVED, precision: 'int4' }, 'the format int4 is not modelled'],
  ])('gives a reason for %s', (_, row, reason) => {
    expect(reasonOf(outcomes(row))).toMatchObject({ place: 'made/power_energy.csv:2', reason })
  })
})
