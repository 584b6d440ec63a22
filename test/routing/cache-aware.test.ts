import { describe, expect, it } from 'vitest'
import { deciding, type FakeCluster, fleet, request } from './fake-cluster.ts'

/** A fleet whose replicas have so many requests running. */
function running(...requests: number[]): FakeCluster {
  const cluster = fleet(requests.length)
  requests.forEach((count, replica) => {
    cluster.load(replica, 0, count)
  })
  return cluster
}

describe('cache-aware', () => {
  it('goes to the longest match where it is more than the threshold of the prompt', () => {
    const cluster = running(30, 10, 20)
    const decide = deciding('cache-aware', cluster)
    cluster.hits.set([301, 0, 0])
    expect(decide(request(1000))).toBe(0)
    cluster.hits.set([300, 0, 0])
    expect(decide(request(1000))).toBe(1)
  })

  it('goes to the fewest requests where both thresholds are exceeded, whatever is cached', () => {
    const cluster = running(65, 0, 20)
    cluster.hits.set([1000, 0, 0])
    const decide = deciding('cache-aware', cluster)
    expect(decide(request(1000))).toBe(1)
    cluster.load(0, 0, 64)
    expect(decide(request(1000))).toBe(0)
  })

  it('bears a great difference that is a small ratio', () => {
    const cluster = running(300, 200)
    cluster.hits.set([1000, 0])
    const decide = deciding('cache-aware', cluster)
    expect(decide(request(1000))).toBe(0)
    cluster.load(0, 0, 301)
    expect(decide(request(1000))).toBe(1)
  })

  it('goes to the most free memory where nothing is cached, prompts on their way there taken off', () => {
    const cluster = running(1, 1, 1)
    cluster.load(0, 0, 1, 9000)
    cluster.load(1, 0, 1, 8000)
    cluster.load(2, 5, 1, 7000)
    expect(deciding('cache-aware', cluster)(request(1000))).toBe(1)
  })

  it('takes the thresholds that it is given', () => {
    const cluster = running(3, 1)
    cluster.hits.set([900, 0])
    const options = { balance_abs_threshold: 1, balance_rel_threshold: 1, cache_threshold: 0.95 }
    expect(deciding('cache-aware', cluster, { options })(request(1000))).toBe(1)
    const onlyShare = { cache_threshold: 0.95 }
    expect(deciding('cache-aware', cluster, { options: onlyShare })(request(1000))).toBe(1)
    expect(deciding('cache-aware', cluster, { options: onlyShare })(request(940))).toBe(0)
  })
})
