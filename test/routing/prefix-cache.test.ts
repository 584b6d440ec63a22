import { describe, expect, it } from 'vitest'
import { deciding, type FakeCluster, fleet, request } from './fake-cluster.ts'

function running(...requests: number[]): FakeCluster {
  const cluster = fleet(requests.length)
  requests.forEach((count, replica) => {
    cluster.load(replica, 0, count)
  })
  return cluster
}

describe('prefix-cache', () => {
  it('goes to the longest match, and among equal ones to the fewest requests', () => {
    const cluster = running(3, 2, 4, 3)
    const decide = deciding('prefix-cache', cluster)
    cluster.hits.set([100, 100, 0, 200])
    expect(decide(request(1000))).toBe(3)
    cluster.hits.set([100, 100, 0, 0])
    expect(decide(request(1000))).toBe(1)
  })

  it('passes over a match that has more than one standard deviation above the mean', () => {
    // Mean 12.75, deviation of the sample 9.39: as in the example that AIBrix gives, 25 are too many.
    const cluster = running(7, 4, 25, 15)
    cluster.hits.set([200, 400, 800, 600])
    const options = { imbalance_requests: 100 }
    expect(deciding('prefix-cache', cluster, { options })(request(1000))).toBe(3)
    expect(
      deciding('prefix-cache', cluster, { options: { ...options, deviations: 1.3 } })(request(1000)),
    ).toBe(3)
    expect(
      deciding('prefix-cache', cluster, { options: { ...options, deviations: 1.31 } })(request(1000)),
    ).toBe(2)
  })

  it('goes to the fewest requests where replicas are more than 8 apart, or nothing is cached', () => {
    const cluster = running(10, 11, 2)
    cluster.hits.set([900, 0, 0])
    const decide = deciding('prefix-cache', cluster)
    expect(decide(request(1000))).toBe(2)
    cluster.load(1, 0, 10)
    expect(decide(request(1000))).toBe(0)
    cluster.hits.fill(0)
    expect(decide(request(1000))).toBe(2)
  })

  it('goes to the fewest requests where every match has too many', () => {
    const cluster = running(5, 0, 0, 0)
    cluster.hits.set([900, 0, 0, 0])
    expect(deciding('prefix-cache', cluster)(request(1000))).not.toBe(0)
  })
})
