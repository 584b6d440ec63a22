import { describe, expect, it } from 'vitest'
import { scorers } from '../../../src/routing/composition/scorers.ts'
import { FakeCluster, fleet, GPU, request, SealedRequest } from '../fake-cluster.ts'
import { everyone, part, scoresOf } from './helpers.ts'

function loaded(...loads: readonly (readonly [waiting: number, running: number])[]): FakeCluster {
  const cluster = fleet(loads.length)
  loads.forEach(([waiting, running], replica) => {
    cluster.load(replica, waiting, running)
  })
  return cluster
}

describe('scores', () => {
  it('of the queue go from the longest, 0, to the shortest, 1, and are 1 where all are as long', () => {
    expect(scoresOf('queue-scorer', loaded([10, 0], [4, 90], [6, 0], [2, 0]))).toEqual([0, 0.75, 0.5, 1])
    expect(scoresOf('queue-scorer', loaded([7, 0], [7, 5]))).toEqual([1, 1])
  })

  it('of running requests likewise', () => {
    expect(scoresOf('running-requests-size-scorer', loaded([0, 8], [99, 0], [0, 2]))).toEqual([0, 1, 0.75])
  })

  it('of KV memory are the share that is free', () => {
    const cluster = fleet(3)
    cluster.load(0, 0, 1, 25_000)
    cluster.load(1, 0, 1, 100_000)
    expect(scoresOf('kv-cache-utilization-scorer', cluster)).toEqual([0.75, 0, 1])
  })

  it('of prefixes are the share of the prompt that is held', () => {
    const cluster = fleet(3)
    cluster.hits.set([0, 250, 992])
    for (const name of ['prefix-cache-scorer', 'precise-prefix-cache-scorer'])
      expect(scoresOf(name, cluster, {}, request(1000))).toEqual([0, 0.25, 0.992])
  })

  it('of load fall from 0.5 without a queue to 0 at the threshold', () => {
    const cluster = loaded([0, 50], [64, 0], [128, 0], [500, 0])
    expect(scoresOf('load-aware-scorer', cluster)).toEqual([0.5, 0.25, 0, 0])
    expect(scoresOf('load-aware-scorer', cluster, { options: { threshold: 256 } })[2]).toBe(0.25)
  })

  it('of active requests are relative to the most, and idle replicas stand apart', () => {
    const cluster = loaded([0, 0], [1, 1], [4, 4])
    expect(scoresOf('active-request-scorer', cluster)).toEqual([1, 0.75, 0])
    const options = { idle_threshold: 2, max_busy_score: 0.5 }
    expect(scoresOf('active-request-scorer', cluster, { options })).toEqual([1, 1, 0])
    cluster.load(1, 2, 2)
    expect(scoresOf('active-request-scorer', cluster, { options })).toEqual([1, 0.25, 0])
  })

  it('of tokens count the request itself', () => {
    const cluster = fleet(2)
    cluster.load(1, 0, 1, 800)
    const options = { queue_threshold_tokens: 2000 }
    expect(scoresOf('token-load-scorer', cluster, { options }, request(900, 100))).toEqual(
      [0.5, 0.1].map(near),
    )
    expect(scoresOf('token-load-scorer', cluster, { options }, request(9000, 100))).toEqual([0, 0])
  })

  it('of lmetric multiply prompt tokens to compute by requests', () => {
    const cluster = loaded([0, 1], [0, 3], [0, 0])
    cluster.hits.set([0, 750, 0])
    // 1000 * 2, 250 * 4, 1000 * 1
    expect(scoresOf('lmetric-scorer', cluster, {}, request(1000))).toEqual([0, 1, 1])
  })

  it('of the expected halve where twice as much is expected', () => {
    const kinds = [1, 2, 8].map(times => ({
      ...GPU,
      prefillTokensPerS: GPU.prefillTokensPerS / times,
      tpotS: GPU.tpotS * times,
      joulesPerToken: GPU.joulesPerToken * times,
    }))
    const cluster = new FakeCluster(kinds)
    for (const name of ['expected-ttft', 'expected-e2e', 'expected-energy', 'expected-cost'])
      expect(scoresOf(name, cluster), name).toEqual([1, 0.5, 0.125].map(near))
  })

  it('of the backlog weigh requests by the rate at which a kind saturates', () => {
    const cluster = new FakeCluster([5, 10].map(rate => ({ ...GPU, saturationRequestsPerS: rate })))
    cluster.load(0, 0, 1)
    cluster.load(1, 0, 3)
    expect(scoresOf('backlog-over-saturation', cluster)).toEqual([1, 1])
    cluster.load(1, 0, 7)
    expect(scoresOf('backlog-over-saturation', cluster)).toEqual([1, 0.5])
  })

  it('of cost refuse a fleet with a kind that has no price', () => {
    const cluster = new FakeCluster([{ ...GPU, usdPerHour: Number.NaN }])
    expect(() => scoresOf('expected-cost', cluster)).toThrow("expected-cost: no price for 'big-gpu tp4'")
  })
})

const near = (value: number) => expect.closeTo(value, 12)

describe('a scorer of sessions', () => {
  const cluster = fleet(3)
  const told: ((view: SealedRequest, replica: number) => void)[] = []
  const score = part('scorer', 'session-affinity-scorer', cluster, {
    told: told as never,
    options: { eviction_ttl_s: 100 },
  })
  const ofSession = (session: number) => Object.assign(new SealedRequest(), { session })
  const scoresAt = (nowS: number, session: number) => {
    cluster.nowS = nowS
    const scores = new Float64Array(3)
    score(ofSession(session), cluster, everyone(cluster), scores)
    return [...scores]
  }
  const send = (nowS: number, session: number, replica: number) => {
    cluster.nowS = nowS
    for (const each of told) each(ofSession(session), replica)
  }

  it('favours the replica of its last request, and nobody without one', () => {
    expect(scoresAt(0, 7)).toEqual([0, 0, 0])
    send(0, 7, 1)
    expect(scoresAt(1, 7)).toEqual([0, 1, 0])
    expect(scoresAt(1, 8)).toEqual([0, 0, 0])
    send(2, 7, 2)
    expect(scoresAt(3, 7)).toEqual([0, 0, 1])
    send(3, -1, 0)
    expect(scoresAt(4, -1)).toEqual([0, 0, 0])
  })

  it('forgets a session that has not come for two lifetimes, and none within one', () => {
    send(99, 5, 0)
    send(150, 6, 0)
    expect(scoresAt(198, 5)).toEqual([1, 0, 0])
    send(260, 6, 0)
    send(370, 6, 0)
    expect(scoresAt(371, 5)).toEqual([0, 0, 0])
    expect(scoresAt(371, 6)).toEqual([1, 0, 0])
    // Though nobody has come meanwhile.
    expect(scoresAt(1e6, 6)).toEqual([0, 0, 0])
  })
})

describe('a scorer of prompts that nobody holds', () => {
  it('ranks replicas never used, then those used longest ago; a prompt that somebody holds says nothing', () => {
    const cluster = fleet(5)
    const told: ((view: SealedRequest, replica: number) => void)[] = []
    const score = part('scorer', 'no-hit-lru-scorer', cluster, { told: told as never })
    const scores = new Float64Array(5)
    const asked = () => {
      score(request(), cluster, everyone(cluster), scores)
      return [...scores]
    }
    const send = (replica: number) => {
      asked()
      for (const each of told) each(new SealedRequest(), replica)
    }
    expect(asked()).toEqual([1, 0.75, 0.5, 0.25, 0])
    send(0)
    send(2)
    expect(asked()).toEqual([0.25, 1, 0, 0.75, 0.5])
    send(0)
    expect(asked()).toEqual([0, 1, 0.25, 0.75, 0.5])
    cluster.hits[3] = 16
    expect(asked()).toEqual([0.5, 0.5, 0.5, 0.5, 0.5])
    send(1)
    cluster.hits[3] = 0
    expect(asked()).toEqual([0, 1, 0.25, 0.75, 0.5])
  })
})

describe.each(Object.keys(scorers))('%s', name => {
  const cluster = fleet(4, 4)
  cluster.hits.set([0, 5000, 20, 30])

  it('scores every candidate, and only those, in [0, 1] on any fleet', () => {
    for (const load of [0, 1, 300]) {
      for (let replica = 0; replica < 8; replica++)
        cluster.load(replica, load * replica, load * (8 - replica), 300 * load)
      const candidates = everyone(cluster)
      candidates.ids.set([1, 4, 6])
      candidates.count = 3
      const scores = new Float64Array(8).fill(7)
      part('scorer', name, cluster)(request(), cluster, candidates, scores)
      for (const score of scores.subarray(0, 3)) expect(score >= 0 && score <= 1).toBe(true)
      expect([...scores.subarray(3)]).toEqual([7, 7, 7, 7, 7])
    }
  })

  it('says what it goes by in one line of help', () => {
    expect(scorers[name as keyof typeof scorers].about).toMatch(/^[^\n]{5,100}$/)
  })
})
