import { beforeAll, describe, expect, it } from 'vitest'
import { solver } from '../../src/core/linear-program.ts'
import { stream } from '../../src/core/random.ts'
import { bucketShares } from '../../src/routing/bucket-shares.ts'
import { policyNamed } from '../../src/routing/registry.ts'
import {
  ASIC,
  type Decide,
  deciding,
  FakeCluster,
  type FakeKind,
  GPU,
  SealedRequest,
} from './fake-cluster.ts'

beforeAll(() => policyNamed('melange-assign').ready?.())

describe('shares of buckets', () => {
  const rates = (...ratesPerS: number[]) => Float64Array.from(ratesPerS)

  it('are the least price while the cheap kind has room, and fill it up before the dear one', async () => {
    const kinds = [
      { replicas: 1, price: 1 },
      { replicas: 2, price: 10 },
    ]
    const bucket = (requestsPerS: number) => [{ requestsPerS, ratesPerS: rates(10, 20) }]
    const highs = await solver()
    expect([...bucketShares(highs, bucket(7.9), kinds, 0.8)[0]]).toEqual([1, 0])
    const [filled] = bucketShares(highs, bucket(16), kinds, 0.8)
    expect(filled[0]).toBeCloseTo(0.5, 6)
  })

  it('give each size the kind that is comparatively good at it', async () => {
    const kinds = [
      { replicas: 1, price: 3 },
      { replicas: 1, price: 1 },
    ]
    const buckets = [
      { requestsPerS: 5, ratesPerS: rates(30, 20) },
      { requestsPerS: 5, ratesPerS: rates(20, 2) },
    ]
    const shares = bucketShares(await solver(), buckets, kinds, 0.9)
    expect(shares.map(([first]) => first)).toEqual([0, 1])
  })

  it('leave the busiest kind least busy where none can be below the bound', async () => {
    const kinds = [
      { replicas: 1, price: 1 },
      { replicas: 3, price: 10 },
    ]
    const [shares] = bucketShares(
      await solver(),
      [{ requestsPerS: 1000, ratesPerS: rates(10, 10) }],
      kinds,
      0.8,
    )
    expect(shares[0]).toBeCloseTo(0.25, 6)
  })

  it('give nothing to a kind that cannot serve the size', async () => {
    const kinds = [
      { replicas: 1, price: 1 },
      { replicas: 1, price: 1 },
    ]
    const [shares] = bucketShares(await solver(), [{ requestsPerS: 9, ratesPerS: rates(0, 1) }], kinds, 0.8)
    expect([...shares]).toEqual([0, 1])
  })

  it('cost no more than any of many random ones that fit', async () => {
    const random = stream('shares', 'program')
    const highs = await solver()
    let compared = 0
    for (let i = 0; i < 30; i++) {
      const kinds = [0, 1, 2].map(() => ({ replicas: 1 + Math.floor(4 * random()), price: 1 + random() }))
      const buckets = [0, 1, 2, 3].map(() => ({
        requestsPerS: 1 + random(),
        ratesPerS: Float64Array.from(kinds, () => 1 + 9 * random()),
      }))
      const busy = (shares: readonly Float64Array[], kind: number) =>
        buckets.reduce(
          (sum, { requestsPerS, ratesPerS }, b) => sum + (requestsPerS * shares[b][kind]) / ratesPerS[kind],
          0,
        )
      const price = (shares: readonly Float64Array[]) =>
        kinds.reduce((sum, { price }, kind) => sum + price * busy(shares, kind), 0)
      const fits = (shares: readonly Float64Array[]) =>
        kinds.every(({ replicas }, kind) => busy(shares, kind) <= 0.7 * replicas + 1e-6)
      const best = bucketShares(highs, buckets, kinds, 0.7)
      for (const shares of best) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
      for (let other = 0; other < 200; other++) {
        const drawn = buckets.map(() => {
          const weights = kinds.map(() => -Math.log(1 - random()))
          const sum = weights.reduce((a, b) => a + b, 0)
          return Float64Array.from(weights, weight => weight / sum)
        })
        if (!fits(drawn)) continue
        compared++
        expect(fits(best)).toBe(true)
        expect(price(best)).toBeLessThanOrEqual(price(drawn) + 1e-6)
      }
    }
    expect(compared).toBeGreaterThan(500)
  })
})

/** Sends requests one every so many seconds, long and short by turns; counts them by class and replica. */
function sent(decide: Decide, cluster: FakeCluster, everyS: number, requests: number) {
  const counts = {
    long: new Array<number>(cluster.replicas).fill(0),
    short: [...cluster.kinds].fill(GPU).map(() => 0),
  }
  const view = new SealedRequest()
  for (let i = 0; i < requests; i++) {
    const size = i % 2 === 0 ? 'long' : 'short'
    cluster.nowS += everyS
    view.inputTokens = size === 'long' ? 6000 : 100
    view.predictedTokens = size === 'long' ? 100 : 300
    counts[size][decide(view)]++
  }
  return counts
}

describe('melange-assign', () => {
  // Within 1 s the ASIC reads no more than 4000 tokens; a long prompt would break the objective there.
  const slow: FakeKind = { ...ASIC, prefillTokensPerS: 4000 }
  const mixed = () => new FakeCluster([GPU, GPU, slow, slow])

  it('sends sizes that a kind cannot serve within the objectives elsewhere, from the first request on', () => {
    const cluster = mixed()
    const { long } = sent(deciding('melange-assign', cluster), cluster, 1, 200)
    expect([long[2], long[3]]).toEqual([0, 0])
  })

  it('sends what is cheaper there to the cheap kind once it has learned what comes', () => {
    const cluster = mixed()
    const decide = deciding('melange-assign', cluster, { options: { learn_requests: 100 } })
    const before = sent(decide, cluster, 1, 100)
    expect(before.short[0] + before.short[1]).toBeGreaterThan(10)
    const after = sent(decide, cluster, 1, 400)
    expect(after.short.slice(0, 2)).toEqual([0, 0])
    expect(after.long.slice(2)).toEqual([0, 0])
  })

  it('loads the cheap kind no more than asked when more comes, and notices that it does', () => {
    const cluster = new FakeCluster([GPU, GPU, GPU, GPU, slow, slow])
    const options = { learn_requests: 64, most_busy: 0.5, assign_requests: 512 }
    const decide = deciding('melange-assign', cluster, { options })
    sent(decide, cluster, 1, 2000)
    sent(decide, cluster, 1 / 16, 8192)
    const { short } = sent(decide, cluster, 1 / 16, 4096)
    const ratePerS = cluster.sizedRequestsPerS(4, 96, 384, { ttftS: 1, tpotS: 0.05 })
    const busy = (short[4] + short[5]) / (4096 / 16) / (2 * ratePerS)
    expect(busy).toBeGreaterThan(0.45)
    expect(busy).toBeLessThan(0.55)
  })

  it('needs no prices where kinds are only to be equally busy', () => {
    const unpriced = () => new FakeCluster([GPU, { ...ASIC, usdPerHour: Number.NaN }])
    expect(() => deciding('melange-assign', unpriced())).toThrow(
      /^melange-assign: the price of 'small-asic tp1' is not known; 'by_price: 0'/,
    )
    const cluster = unpriced()
    const options = { by_price: 0, learn_requests: 64 }
    const { short } = sent(deciding('melange-assign', cluster, { options }), cluster, 1, 2000)
    expect(short[1]).toBeGreaterThan(100)
  })

  it('goes where the size is served when the kind that is drawn is closed', () => {
    const cluster = mixed()
    const decide = deciding('melange-assign', cluster)
    cluster.open(0, false)
    expect(sent(decide, cluster, 1, 100).long).toEqual([0, 50, 0, 0])
    cluster.open(2, false)
    cluster.open(3, false)
    expect(sent(decide, cluster, 1, 100).short).toEqual([0, 50, 0, 0])
    cluster.open(1, false)
    cluster.open(2, true)
    const { long, short } = sent(decide, cluster, 1, 100)
    expect(long[2] + long[3]).toBe(0)
    expect(short).toEqual([0, 0, 50, 0])
  })

  it('spreads what is too long for every kind', () => {
    const cluster = new FakeCluster([slow, { ...slow, name: 'other' }])
    const { long } = sent(deciding('melange-assign', cluster), cluster, 1, 400)
    expect(Math.min(...long)).toBeGreaterThan(60)
  })
})
