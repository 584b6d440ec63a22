import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { REJECT } from '../../src/routing/contract.ts'
import { LoadIndex } from '../../src/routing/least-loaded.ts'
import { ASIC, deciding, FakeCluster, fleet, GPU, request, SealedRequest } from './fake-cluster.ts'

function close(cluster: FakeCluster, ...replicas: readonly number[]): FakeCluster {
  for (const replica of replicas) cluster.open(replica, false)
  return cluster
}

function of(notes: Partial<SealedRequest>): SealedRequest {
  return Object.assign(new SealedRequest(), { prefixBlockTokens: 64 }, notes)
}

/** Where so many equal requests go. */
function sequence(
  name: string,
  cluster: FakeCluster,
  decisions: number,
  then?: (i: number) => void,
): number[] {
  const decide = deciding(name, cluster)
  return Array.from({ length: decisions }, (_, i) => {
    then?.(i)
    return decide(request())
  })
}

describe('LoadIndex', () => {
  it('passes over members that are closed while one is open, and counts them in its total', () => {
    const random = stream(1, 'closed')
    const members = [1, 2, 4, 7, 8]
    const index = new LoadIndex(members, 9)
    const measure = new Float64Array(9)
    const closed = new Uint8Array(9)
    for (let i = 0; i < 5000; i++) {
      const replica = below(random, 9)
      if (random() < 0.5) {
        measure[replica] = below(random, 4)
        index.update(replica, measure[replica])
      } else {
        closed[replica] = below(random, 2)
        index.close(replica, closed[replica] === 1)
      }
      const open = members.filter(member => closed[member] === 0)
      const least = Math.min(...open.map(member => measure[member]))
      const ties = open.length === 0 ? members : open.filter(member => measure[member] === least)
      expect(index.first()).toBe(ties[0])
      expect(index.pick(() => 0.999)).toBe(ties[ties.length - 1])
      expect(index.total()).toBe(members.reduce((sum, member) => sum + measure[member], 0))
    }
  })
})

describe('turns', () => {
  it.each(['round-robin', 'weighted-round-robin'])('%s passes over those that are closed', name => {
    expect(sequence(name, close(new FakeCluster(Array(5).fill(GPU)), 1, 2), 7)).toEqual([0, 3, 4, 0, 3, 4, 0])
  })

  it('keep their shares among those that are open, and are not made up for afterwards', () => {
    const cluster = new FakeCluster([GPU, GPU, ASIC])
    const chosen = sequence('weighted-round-robin', cluster, 1240, i => {
      if (i === 0) cluster.open(1, false)
      if (i === 700) cluster.open(1, true)
    })
    const counts = (from: number, to: number) =>
      [0, 1, 2].map(replica => chosen.slice(from, to).filter(each => each === replica).length)
    expect(counts(0, 700)).toEqual([500, 0, 200])
    expect(chosen[700]).toBe(1)
    const [first, second, third] = counts(700, 1240)
    expect(Math.abs(first - 225)).toBeLessThanOrEqual(1)
    expect(Math.abs(second - 225)).toBeLessThanOrEqual(1)
    expect(Math.abs(third - 90)).toBeLessThanOrEqual(1)
  })
})

describe('draws', () => {
  it.each(['random', 'power-of-two'])('%s gives each that is open as much', name => {
    const chosen = sequence(name, close(fleet(8), 0, 2, 5), 20_000)
    for (const replica of [1, 3, 4, 6, 7]) {
      expect(chosen.filter(each => each === replica).length / 4000).toBeCloseTo(1, 1)
    }
  })

  it('compare as many as they should among those that are open', () => {
    const cluster = close(fleet(6), 1, 2, 3, 4)
    cluster.load(0, 0, 5)
    expect(new Set(sequence('power-of-two', cluster, 200))).toEqual(new Set([5]))
  })
})

describe('session-affinity', () => {
  it('has one other replica for a session while its own is closed, and comes back', () => {
    const cluster = fleet(4)
    const decide = deciding('session-affinity', cluster)
    const home = decide(of({ session: 3 }))
    close(cluster, home)
    const other = decide(of({ session: 3 }))
    expect(other).not.toBe(home)
    cluster.load(other, 0, 50)
    expect(decide(of({ session: 3 }))).toBe(other)
    cluster.open(home, true)
    expect(decide(of({ session: 3 }))).toBe(home)
    close(cluster, home, other)
    const third = decide(of({ session: 3 }))
    cluster.open(home, true)
    expect(decide(of({ session: 3 }))).toBe(third)
  })
})

describe('a session whose replica closes', () => {
  it('goes to the fewest requests, whatever was remembered of others in its place', () => {
    const cluster = fleet(4)
    const decide = deciding('session-affinity', cluster, { options: { remembered: 1 } })
    const busy = (...replicas: readonly number[]) => {
      for (let replica = 0; replica < 4; replica++)
        cluster.load(replica, 0, replicas.includes(replica) ? 9 : 0)
    }
    busy(1, 2, 3)
    decide(of({ session: 1 }))
    close(cluster, 0)
    busy(0, 2, 3)
    expect(decide(of({ session: 1 }))).toBe(1)
    cluster.open(0, true)
    busy(0, 1, 3)
    expect(decide(of({ session: 2 }))).toBe(2)
    close(cluster, 2)
    busy(0, 1, 2)
    expect(decide(of({ session: 2 }))).toBe(3)
  })
})

describe('a session that comes while nobody is open', () => {
  it('belongs to whoever it was sent to first, not to whoever it waited for', () => {
    const cluster = close(fleet(4), 0, 1, 2, 3)
    const decide = deciding('session-affinity', cluster)
    for (let i = 0; i < 20; i++) decide(of({ session: 3 }))
    cluster.open(2, true)
    expect(decide(of({ session: 3 }))).toBe(2)
    for (const replica of [0, 1, 3]) cluster.open(replica, true)
    for (let i = 0; i < 20; i++) expect(decide(of({ session: 3 }))).toBe(2)
  })
})

describe('rings of hashes', () => {
  it.each(['consistent-hash', 'chwbl'])('%s moves only what is closed, and has it back', name => {
    const cluster = fleet(12)
    const decide = deciding(name, cluster)
    const homes = () => Array.from({ length: 500 }, (_, i) => decide(of({ session: i, blocks: [i] })))
    const before = homes()
    close(cluster, 5)
    const meanwhile = homes()
    const moved = before.map((home, i) => (home === 5 ? meanwhile[i] : home))
    expect(meanwhile).toEqual(moved)
    expect(new Set(moved).has(5)).toBe(false)
    expect(new Set(meanwhile.filter((_, i) => before[i] === 5)).size).toBeGreaterThan(3)
    cluster.open(5, true)
    expect(homes()).toEqual(before)
  })

  it('go to the fewest requests where nobody open has room for the prefix', () => {
    const cluster = close(fleet(8), 2, 3, 4, 5, 6, 7)
    cluster.load(0, 0, 9)
    cluster.load(1, 0, 8)
    expect(deciding('chwbl', cluster)(of({ blocks: [1] }))).toBe(1)
  })

  it('end where nobody is open', () => {
    const cluster = close(fleet(2), 0, 1)
    expect([0, 1]).toContain(deciding('consistent-hash', cluster)(of({ session: 1 })))
    expect([0, 1]).toContain(deciding('chwbl', cluster)(of({ blocks: [1] })))
  })
})

describe('pools', () => {
  it('are passed over while closed, and come back when the others are', () => {
    for (const name of ['spillover', 'asic-first', 'capacity-normalised']) {
      const cluster = close(fleet(2, 2), 2, 3)
      const decide = deciding(name, cluster)
      expect([0, 1], name).toContain(decide(request()))
      close(cluster, 0, 1)
      cluster.open(3, true)
      cluster.load(3, 500, 64)
      expect(decide(request()), name).toBe(3)
    }
  })

  it('of a class wait for their own', () => {
    const cluster = fleet(4)
    const decide = deciding('class-partition', cluster)
    decide(of({ requestClass: 'chat' }))
    const batch = () => decide(of({ requestClass: 'batch' }))
    const own = new Set(Array.from({ length: 50 }, batch))
    close(cluster, ...own)
    expect(own).toContain(batch())
  })
})

describe('policies by their options', () => {
  it('draw by cost among those that are open', () => {
    const cluster = close(fleet(6), 0, 4)
    const decide = deciding('kv-cost', cluster, { options: { temperature: 0.5 } })
    cluster.load(1, 0, 8)
    const chosen = Array.from({ length: 5000 }, () => decide(request()))
    expect([...new Set(chosen)].sort()).toEqual([1, 2, 3, 5])
    const counts = [1, 2, 3, 5].map(replica => chosen.filter(each => each === replica).length)
    expect(counts[0]).toBeLessThan(0.5 * Math.min(...counts.slice(1)))
  })

  it('fill the first that is open, full or not', () => {
    const cluster = close(fleet(4), 0, 2)
    const decide = deciding('flood', cluster, { options: { until_full: 1 } })
    expect(decide(request())).toBe(1)
    cluster.load(1, 0, 60, 100_000)
    expect(decide(request())).toBe(3)
    cluster.load(3, 0, 60, 100_000)
    expect(decide(request())).toBe(1)
  })

  it('refuse nobody while nobody is open', () => {
    const cluster = fleet(2)
    const decide = deciding('min-ttft', cluster, { options: { reject: 1 } })
    for (const replica of [0, 1]) cluster.load(replica, 900, 64)
    expect(decide(request())).toBe(REJECT)
    close(cluster, 0, 1)
    expect(decide(request())).toBeGreaterThanOrEqual(0)
  })
})

describe('statistics of the fleet', () => {
  it('leave those out that are closed', () => {
    const cluster = fleet(4)
    cluster.hits.set([500, 900, 0, 0])
    cluster.load(0, 0, 1)
    cluster.load(1, 0, 60)
    cluster.load(2, 0, 1)
    expect(deciding('prefix-cache', cluster)(request())).not.toBe(0)
    close(cluster, 1)
    expect(deciding('prefix-cache', cluster)(request())).toBe(0)
    cluster.load(1, 100, 100)
    expect(deciding('cache-aware', cluster)(request())).toBe(0)
  })
})
