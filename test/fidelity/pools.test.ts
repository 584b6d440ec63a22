import { describe, expect, it } from 'vitest'
import { isBare, poolsOf, poolsText, wholePoolsOf } from '../../src/fidelity/pools.ts'
import { type Cells, servedRow } from './served-toy.ts'

const pools = (note: string, cells: Cells = {}) => poolsOf(servedRow({ note, ...cells }))

describe('poolsOf', () => {
  it('reads both sides, and data parallelism as attention ranks of a replica', () => {
    const { prefill, decode } = pools(
      'disaggregated: prefill 5x(tp1.0,dp8.0,ep8.0) decode 3x(tp4.0,dp2.0,ep1.0); measured',
    )
    expect(prefill).toEqual({ tp: 8, pp: 1, attentionDp: 8, ep: 8, replicas: 5 })
    expect(decode).toEqual({ tp: 8, pp: 1, attentionDp: 2, ep: 1, replicas: 3 })
  })

  it('takes an ep of 0 as not stated', () => {
    expect(pools('prefill 2x(tp1,dp4,ep0.0) decode 1x(tp4,dp1,ep0)').prefill.ep).toBe(1)
  })

  it.each(['', 'prefill 2 nodes, decode 1 node', 'prefill 0x(tp1,dp1,ep1) decode 1x(tp1,dp1,ep1)'])(
    'finds no split in "%s"',
    note => {
      expect(() => pools(note)).toThrow('how replicas are split between prompts and decodes is not stated')
    },
  )

  it('counts devices', () => {
    const note = 'prefill 2x(tp4,dp1,ep1) decode 1x(tp8,dp1,ep1)'
    expect(() => pools(note, { n_devices: 16 })).not.toThrow()
    expect(() => pools(note, { n_devices: 12 })).toThrow('contradict the number of devices')
  })

  it('says them', () => {
    expect(poolsText(pools('prefill 2x(tp4,dp1,ep1) decode 1x(tp1,dp8,ep8)'))).toBe(
      'prefill tp 4, replicas 2; decode tp 8, attention dp 8, ep 8',
    )
  })
})

describe('pools of which only devices are left', () => {
  it.each([
    [true, 'prefill 1x(tp4,dp1,ep4) decode 1x(tp8,dp1,ep4)'],
    [false, 'prefill 1x(tp4,dp1,ep4) decode 1x(tp8,dp1,ep8)'],
    [false, 'prefill 1x(tp4,dp1,ep4) decode 5x(tp8,dp1,ep4)'],
    [false, 'prefill 1x(tp1,dp4,ep4) decode 1x(tp8,dp1,ep4)'],
  ])('%s: %s', (bare, note) => {
    expect(isBare(pools(note))).toBe(bare)
    const ask = () => wholePoolsOf(servedRow({ note }))
    if (bare) expect(ask).toThrow('how many replicas and attention ranks ran on each side is not stated')
    else expect(ask).not.toThrow()
  })
})
