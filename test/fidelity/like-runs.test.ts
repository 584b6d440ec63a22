import { describe, expect, it } from 'vitest'
import { tellings } from '../../src/fidelity/like-runs.ts'
import { type Cells, ON_TOY, servedRows } from './served-toy.ts'

const UNTOLD: Cells = {
  ...{ ...ON_TOY, scenario: 'closed-loop aggregated', concurrency: 4 },
  ...{ input_tokens_mean: 100, output_tokens_mean: 10, quality: 'spec-decode-unknown: not said' },
}
const BARE: Cells = {
  ...{ ...UNTOLD, scenario: 'closed-loop disaggregated', n_devices: '' },
  note: 'prefill 1x(tp2,dp1,ep1) decode 1x(tp1,dp1,ep1)',
}
const WHOLE: Cells = { ...BARE, note: 'prefill 1x(tp2,dp1,ep1) decode 3x(tp1,dp1,ep1)' }

/** What is told of each row, `untold` where nothing is. */
function states(...rows: readonly Cells[]): string[] {
  const all = servedRows(rows)
  const told = tellings(all)
  return all.map(row => told.get(row)?.state ?? 'untold')
}

const at = (cells: Cells, ms: number): Cells => ({ ...cells, tpot_mean_s: ms / 1000 })

describe('like runs on one layout', () => {
  it('speculate where they are the faster of two', () => {
    expect(states(at(UNTOLD, 10), at(UNTOLD, 6), at(UNTOLD, 10.1))).toEqual(['plain', 'speculating', 'plain'])
  })

  it.each([
    ['they are about as fast', [at(UNTOLD, 10), at(UNTOLD, 9.2)]],
    ['they have three speeds', [at(UNTOLD, 10), at(UNTOLD, 8), at(UNTOLD, 6)]],
    ['there is one', [at(UNTOLD, 10)]],
    ['lengths differ', [at(UNTOLD, 10), at({ ...UNTOLD, input_tokens_mean: 50 }, 6)]],
    ['layouts differ', [at(UNTOLD, 10), at({ ...UNTOLD, tp: 2 }, 6)]],
    ['releases differ', [at(UNTOLD, 10), at({ ...UNTOLD, engine: 'toyserve 2' }, 6)]],
    ['they are known not to', [at(UNTOLD, 10), at({ ...UNTOLD, quality: 'ok' }, 6)]],
    ['one cannot be read', [at(UNTOLD, 10), { ...UNTOLD, tpot_mean_s: 'fast' }]],
  ])('are not told apart where %s', (_, rows) => {
    expect(states(...rows)).toEqual(rows.map(() => 'untold'))
  })

  it('may be of a patched release', () => {
    const patched = { ...UNTOLD, engine: 'toyserve 1.post3' }
    expect(states(at(UNTOLD, 10), at(patched, 6))).toEqual(['plain', 'speculating'])
  })
})

describe('like runs on pools', () => {
  it('do not speculate where their layout is stated', () => {
    expect(states(at(WHOLE, 10))).toEqual(['plain'])
  })

  it('are repeated, or the faster one, where only devices are left of it', () => {
    const rows = servedRows([at(BARE, 10), at(BARE, 6), at(WHOLE, 10)])
    const told = tellings(rows)
    expect(rows.map(row => told.get(row))).toEqual([
      { state: 'repeated', like: rows[2] },
      { state: 'speculating', like: rows[2] },
      { state: 'plain' },
    ])
  })

  it.each([
    ['slower', at(BARE, 15), at(WHOLE, 10)],
    ['on other devices', at({ ...BARE, note: String(BARE.note).replace('tp2', 'tp4') }, 6), at(WHOLE, 10)],
    ['alone', at(BARE, 6), at({ ...WHOLE, concurrency: 8 }, 10)],
    [
      'beside ranks, which were run on other numbers of replicas',
      at({ ...BARE, note: 'prefill 1x(tp2,dp1,ep1) decode 1x(tp2,dp1,ep1)' }, 6),
      at({ ...BARE, note: 'prefill 1x(tp2,dp1,ep1) decode 1x(tp1,dp2,ep2)' }, 10),
    ],
  ])('are not told of when %s', (_, bare, whole) => {
    expect(states(bare, whole)).toEqual(['untold', 'plain'])
  })
})
