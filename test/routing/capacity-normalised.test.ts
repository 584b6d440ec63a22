import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { ASIC, deciding, FakeCluster, fleet, GPU, request } from './fake-cluster.ts'

/** Weights are 5 for a GPU and 2 for an ASIC. */
const RATE = [GPU, ASIC].map(kind => kind.saturationRequestsPerS)

describe('capacity-normalised', () => {
  it('fills a mixed fleet in proportion to the rates at which the kinds saturate', () => {
    const cluster = fleet(2, 2)
    const decide = deciding('capacity-normalised', cluster)
    for (let i = 0; i < 140; i++) {
      const replica = decide(request())
      cluster.load(replica, 0, cluster.running[replica] + 1)
    }
    expect([...cluster.running]).toEqual([50, 50, 20, 20])
  })

  it('picks what a scan of every replica would, of kinds in any order', () => {
    const cluster = new FakeCluster([ASIC, GPU, ASIC, ASIC, GPU])
    const decide = deciding('capacity-normalised', cluster)
    const random = stream('loads', 'capacity-normalised')
    for (let i = 0; i < 2000; i++) {
      cluster.load(below(random, 5), below(random, 4), below(random, 20))
      const loads = cluster.kinds.map(
        (kind, replica) =>
          (cluster.waiting[replica] + cluster.running[replica]) / kind.saturationRequestsPerS,
      )
      expect(loads[decide(request())]).toBe(Math.min(...loads))
    }
  })

  it('sends to the faster kind where they tie, as on an idle fleet, and at random within it', () => {
    const cluster = new FakeCluster([ASIC, GPU, GPU])
    const decide = deciding('capacity-normalised', cluster)
    expect(new Set(Array.from({ length: 50 }, () => decide(request())))).toEqual(new Set([1, 2]))
    for (const replica of [0, 1, 2]) cluster.load(replica, 0, 4 * RATE[replica === 0 ? 1 : 0])
    for (let i = 0; i < 20; i++) expect(decide(request())).not.toBe(0)
  })

  it('takes other weights by kind; with 0 a kind gets nothing', () => {
    const cluster = fleet(1, 1)
    const equal = deciding('capacity-normalised', cluster, { options: { [GPU.name]: 1, [ASIC.name]: 1 } })
    const none = deciding('capacity-normalised', cluster, { options: { [GPU.name]: 0 } })
    cluster.load(0, 0, 3)
    cluster.load(1, 0, 2)
    expect(equal(request())).toBe(1)
    cluster.load(1, 0, 900)
    expect(none(request())).toBe(1)
  })

  it('refuses a kind without a rate, by name, and a fleet without weight', () => {
    const unknown = new FakeCluster([GPU, { ...ASIC, saturationRequestsPerS: Number.NaN }])
    expect(() => deciding('capacity-normalised', unknown)).toThrow(
      /capacity-normalised: the weight of 'small-asic tp1' is NaN.*>= 0/,
    )
    const options = { [GPU.name]: 0 }
    expect(() => deciding('capacity-normalised', fleet(2), { options })).toThrow(
      /the weights of 'big-gpu tp4' are all 0/,
    )
  })
})
