import { describe, expect, it } from 'vitest'
import { deciding, drive, fleet, request, SealedRequest } from './fake-cluster.ts'

describe('slo-bins', () => {
  it('takes the most loaded that is expected to meet the objectives', () => {
    const cluster = fleet(4)
    const decide = deciding('slo-bins', cluster, { slo: { ttftS: 0.2, tpotS: 0.05 } })
    cluster.load(0, 0, 3)
    cluster.load(1, 0, 9)
    cluster.load(2, 9, 9)
    expect(decide(request())).toBe(1)
    cluster.load(2, 6, 9)
    expect(decide(request())).toBe(2)
  })

  it('takes the fastest where none meets them', () => {
    const cluster = fleet(2, 2)
    cluster.load(0, 1, 9)
    expect(deciding('slo-bins', cluster, { slo: { ttftS: 1e-6, tpotS: 1 } })(request())).toBe(1)
  })

  it('makes a gradient: under little load some replicas do all the work, up to the TPOT objective', () => {
    const cluster = fleet(8)
    const decide = deciding('slo-bins', cluster, { slo: { ttftS: 1, tpotS: 0.0115 } })
    const view = new SealedRequest()
    const chosen = drive(decide, cluster, { decisions: 500, outstanding: 30, view })
    // A replica takes its eleventh beside ten: 0.01 * (1 + 10 / 64) s is over 0.0115.
    expect([...cluster.running]).toEqual([10, 10, 10, 0, 0, 0, 0, 0])
    expect(Math.max(...chosen)).toBe(2)
  })

  it('holds every request to the objectives of its own class', () => {
    const cluster = fleet(2)
    cluster.load(1, 9, 9)
    const decide = deciding('slo-bins', cluster)
    const [strict, lax] = [
      { ttftS: 0.2, tpotS: 0.05 },
      { ttftS: 20, tpotS: 0.05 },
    ]
    const chosen = [strict, lax, strict].map(slo => decide(Object.assign(request(), { slo })))
    expect(chosen).toEqual([0, 1, 0])
  })

  it('leaves room where it plans for a share of the objectives', () => {
    const cluster = fleet(2)
    const decide = deciding('slo-bins', cluster, {
      slo: { ttftS: 0.2, tpotS: 1 },
      options: { slo_share: 0.5 },
    })
    cluster.load(1, 4, 0)
    expect(decide(request())).toBe(0)
    cluster.load(1, 3, 0)
    expect(decide(request())).toBe(1)
  })
})
