import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { hashRing } from '../../src/routing/hash-ring.ts'
import { deciding, type FakeCluster, fleet, SealedRequest } from './fake-cluster.ts'

const UNBOUNDED = 1e9

function asking(blocks: readonly number[], prefixBlockTokens = 256): SealedRequest {
  return Object.assign(new SealedRequest(), { blocks, prefixBlockTokens })
}

/** The requests outstanding at each replica. */
function loads({ waiting, running }: FakeCluster): number[] {
  return Array.from(waiting, (requests, replica) => requests + running[replica])
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

describe('chwbl', () => {
  it.each([1, 1.1, 1.25, 2])('keeps to ceil(%f times the mean) at every decision', loadFactor => {
    for (const replicas of [1, 2, 7, 48]) {
      const random = stream(replicas, 'chwbl')
      const cluster = fleet(replicas)
      const decide = deciding('chwbl', cluster, { options: { load_factor: loadFactor } })
      const add = (replica: number, requests: number) =>
        cluster.load(replica, 0, cluster.running[replica] + requests)
      const inFlight: number[] = []
      for (let i = 0; i < 3000; i++) {
        // Half of the requests share one prefix, and the fleet fills and drains in turn.
        const replica = decide(asking([below(random, 2) * below(random, 50)]))
        add(replica, 1)
        inFlight.push(replica)
        const outstanding = loads(cluster)
        const bound = Math.ceil((loadFactor * sum(outstanding)) / replicas)
        expect(outstanding[replica]).toBeLessThanOrEqual(bound)
        const ends = i % 600 < 400 ? below(random, 2) : below(random, 4)
        for (let end = 0; end < ends && inFlight.length > 0; end++) {
          const [ended] = inFlight.splice(below(random, inFlight.length), 1)
          add(ended, -1)
        }
      }
    }
  })

  it('keeps a prefix on one replica while the bound allows, and balances prefixes within their spread', () => {
    const decide = deciding('chwbl', fleet(16), { options: { load_factor: UNBOUNDED } })
    const counts = Array<number>(16).fill(0)
    for (let prefix = 0; prefix < 20_000; prefix++) {
      const replica = decide(asking([prefix]))
      counts[replica]++
      if (prefix % 100 === 0) expect(decide(asking([prefix, prefix + 1]))).toBe(replica)
    }
    const spread = 4 * Math.sqrt(1 / 256 + 1 / 1250)
    expect(Math.max(...counts) / 1250).toBeLessThan(1 + spread)
    expect(Math.min(...counts) / 1250).toBeGreaterThan(1 - spread)
  })

  it('spreads a prefix that all ask for in the order of the ring: the same replica is always the next', () => {
    const cluster = fleet(10)
    const decide = deciding('chwbl', cluster, { options: { load_factor: 2 } })
    const order = () => {
      for (let replica = 0; replica < 10; replica++) cluster.load(replica, 0, 0)
      const seen: number[] = []
      for (let i = 0; i < 40; i++) {
        const replica = decide(asking([123]))
        cluster.load(replica, 0, cluster.running[replica] + 1)
        if (!seen.includes(replica)) seen.push(replica)
      }
      return seen
    }
    const first = order()
    // 40 requests, each replica with at most 8 of them.
    expect(first.length).toBeGreaterThanOrEqual(5)
    expect(first.length).toBeLessThan(10)
    expect(order()).toEqual(first)
    expect(cluster.running[first[0]]).toBe(8)
  })

  it('sends home whatever the bound allows there, and the rest to the next on the ring', () => {
    // With one point each, the ring is one order of the replicas.
    const ring = hashRing(10, 1)
    const cycle = Array.from({ length: 10 }, (_, point) => ring.replicaAt(point))
    const cluster = fleet(10)
    const decide = deciding('chwbl', cluster, { options: { load_factor: 2, virtual_nodes: 1 } })
    const chosen = Array.from({ length: 15 }, () => {
      const replica = decide(asking([123]))
      cluster.load(replica, 0, cluster.running[replica] + 1)
      return replica
    })
    const home = cycle.indexOf(chosen[0])
    const away = chosen.map(replica => (cycle.indexOf(replica) - home + 10) % 10)
    // Room for ceil(2 n / 10) of n requests: for one of the first 5, two of the first 10, three of 15.
    expect(away).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
  })

  it('moves about 1 in n prefixes when a replica joins, all of them to it', () => {
    const [before, after] = [12, 13].map(replicas => {
      const decide = deciding('chwbl', fleet(replicas), { options: { load_factor: UNBOUNDED } })
      return Array.from({ length: 20_000 }, (_, prefix) => decide(asking([prefix])))
    })
    const moved = after.filter((replica, prefix) => replica !== before[prefix])
    expect(new Set(moved)).toEqual(new Set([12]))
    expect(Math.abs(moved.length / 20_000 - 1 / 13)).toBeLessThan(4 / 13 / Math.sqrt(256) + 0.01)
  })

  it.each([
    ['the block that ends at the token', 64, 3],
    ['the block in which the token lies', 100, 2],
    ['the first block where it is longer', 512, 0],
  ])('knows prefixes of 256 tokens by %s', (_, blockTokens, place) => {
    const decide = deciding('chwbl', fleet(500), { options: { load_factor: UNBOUNDED } })
    const blocks = [10, 11, 12, 13, 14, 15]
    const home = decide(asking(blocks, blockTokens))
    for (let other = 0; other < blocks.length; other++) {
      const changed = blocks.with(other, 99)
      expect(decide(asking(changed, blockTokens)) === home).toBe(other !== place)
    }
    expect(decide(asking(blocks.slice(0, place + 1), blockTokens))).toBe(home)
  })

  it('knows a shorter prompt by its last block', () => {
    const decide = deciding('chwbl', fleet(500), { options: { load_factor: UNBOUNDED, prefix_tokens: 4096 } })
    expect(decide(asking([1, 2, 3], 16))).toBe(decide(asking([7, 8, 3], 16)))
    expect(decide(asking([1, 2, 3], 16))).not.toBe(decide(asking([1, 2, 4], 16)))
  })

  it('sends a request without blocks to the fewest requests', () => {
    const cluster = fleet(3)
    const decide = deciding('chwbl', cluster)
    cluster.load(0, 0, 1)
    cluster.load(1, 0, 1)
    expect(decide(asking([], 0))).toBe(2)
  })

  it('asks of few replicas where all are near the mean, however many there are', () => {
    const [small, large] = [64, 2048].map(replicas => {
      const random = stream(1, 'few')
      const cluster = fleet(replicas)
      const decide = deciding('chwbl', cluster)
      for (let replica = 0; replica < replicas; replica++) cluster.load(replica, 0, 6 + below(random, 9))
      cluster.questions = 0
      for (let prefix = 0; prefix < 2000; prefix++) decide(asking([prefix]))
      return cluster.questions / 2000
    })
    expect(small).toBeLessThan(2)
    expect(large).toBeLessThan(2)
  })

  it('refuses a bound below the mean, which nothing could hold', () => {
    expect(() => deciding('chwbl', fleet(2), { options: { load_factor: 0.99 } })).toThrow(
      /'load_factor' is 0.99; it must be a finite number >= 1/,
    )
  })
})
