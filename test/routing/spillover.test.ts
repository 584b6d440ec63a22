import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { ASIC, deciding, FakeCluster, type FakeKind, fleet, GPU, request } from './fake-cluster.ts'

/** 8 $/h at 20 requests/s: between the other two by the hour, cheapest by the request. */
const BULK: FakeKind = { ...GPU, name: 'bulk', usdPerHour: 8, saturationRequestsPerS: 20 }

/** How many of so many requests, none of which ends, each kind gets. */
function filled(cluster: FakeCluster, requests: number, options: Record<string, number>) {
  const decide = deciding('spillover', cluster, { options })
  const counts: Record<string, number> = {}
  for (let i = 0; i < requests; i++) {
    const replica = decide(request())
    const kind = cluster.kind(replica)
    cluster.load(replica, 0, cluster.running[replica] + 1)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

describe('spillover', () => {
  it('fills one kind after the other up to the threshold, the cheapest by request first, the last without end', () => {
    const cluster = new FakeCluster([GPU, ASIC, BULK, ASIC])
    expect(filled(cluster, 1, {})).toEqual({ bulk: 1 })
    expect(filled(cluster, 5, {})).toEqual({ bulk: 1, 'small-asic tp1': 4 })
    expect(filled(cluster, 9, {})).toEqual({ 'big-gpu tp4': 9 })
    cluster.load(3, 0, 1)
    expect(filled(cluster, 1, {})).toEqual({ 'small-asic tp1': 1 })
  })

  it('goes by the mean of the kind, as fleet-sim does, and spreads within it', () => {
    const cluster = fleet(1, 3)
    const decide = deciding('spillover', cluster, { options: { threshold: 4 } })
    cluster.load(1, 0, 11)
    cluster.load(2, 0, 0)
    cluster.load(3, 0, 0)
    expect([2, 3]).toContain(decide(request()))
    cluster.load(1, 0, 12)
    expect(decide(request())).toBe(0)
  })

  it('takes a threshold by kind, and the kinds in the order of the fleet', () => {
    const options = { cheapest_first: 0, threshold: 3, [GPU.name]: 5 }
    expect(filled(new FakeCluster([GPU, ASIC, BULK]), 20, options)).toEqual({
      [GPU.name]: 5,
      [ASIC.name]: 3,
      bulk: 12,
    })
  })

  it('sends nothing to a kind whose threshold is 0', () => {
    expect(filled(fleet(1, 1), 10, { [ASIC.name]: 0 })).toEqual({ [GPU.name]: 10 })
  })

  it.each(['usdPerHour', 'saturationRequestsPerS'] as const)(
    'refuses at set-up kinds of no known price a request (%s), unless it is not to go by price',
    fact => {
      const cluster = new FakeCluster([GPU, { ...ASIC, [fact]: Number.NaN }])
      expect(() => deciding('spillover', cluster)).toThrow(UserError)
      expect(() => deciding('spillover', cluster)).toThrow(
        /a request costs on 'small-asic tp1' .* NaN .*'cheapest_first: 0'/,
      )
      expect(deciding('spillover', cluster, { options: { cheapest_first: 0 } })(request())).toBe(0)
    },
  )

  it('needs no price with one kind', () => {
    const cluster = new FakeCluster([{ ...GPU, usdPerHour: Number.NaN }])
    expect(deciding('spillover', cluster)(request())).toBe(0)
  })
})
