import { describe, expect, it } from 'vitest'
import { deciding, fleet, request } from './fake-cluster.ts'

describe('gpu-first', () => {
  it('fills the GPUs, then the others, then the GPUs again when they have room', () => {
    const cluster = fleet(2, 2)
    const decide = deciding('gpu-first', cluster, { slo: { ttftS: 0.2, tpotS: 0.05 } })
    cluster.load(0, 0, 5)
    expect(decide(request())).toBe(1)
    cluster.load(0, 9, 16)
    cluster.load(1, 8, 16)
    cluster.load(2, 0, 1)
    expect(decide(request())).toBe(3)
    cluster.load(0, 2, 16)
    expect(decide(request())).toBe(0)
  })

  it('is not scared off by GPUs that decode slowly', () => {
    const decide = deciding('gpu-first', fleet(1, 1), { slo: { ttftS: 1, tpotS: 1e-6 } })
    expect(decide(request())).toBe(0)
  })

  it('is least-requests without GPUs and with nothing else', () => {
    for (const cluster of [fleet(3), fleet(0, 3)]) {
      const decide = deciding('gpu-first', cluster)
      cluster.load(0, 50, 50)
      cluster.load(1, 60, 50)
      cluster.load(2, 40, 50)
      expect(decide(request())).toBe(2)
    }
  })
})
