import { describe, expect, it } from 'vitest'
import type { Role } from '../../src/routing/contract.ts'
import { type Decide, deciding, FakeCluster, GPU, request } from './fake-cluster.ts'

function fleetOf(...roles: Role[]): FakeCluster {
  return new FakeCluster(roles.map(role => ({ ...GPU, role })))
}

const toAll = (decide: Decide, inputTokens: number) =>
  new Set(Array.from({ length: 60 }, () => decide(request(inputTokens))))

describe('pd-split', () => {
  it('hands over long prompts and keeps short ones whole', () => {
    const decide = deciding('pd-split', fleetOf('prefill', 'both', 'both', 'prefill'), {
      options: { threshold_tokens: 1000 },
    })
    expect(toAll(decide, 999)).toEqual(new Set([1, 2]))
    expect(toAll(decide, 1000)).toEqual(new Set([0, 3]))
  })

  it('counts what the replica that would do both has not cached', () => {
    const cluster = fleetOf('prefill', 'both')
    const decide = deciding('pd-split', cluster, { options: { threshold_tokens: 1000 } })
    cluster.hits[1] = 600
    expect(decide(request(1599))).toBe(1)
    expect(decide(request(1600))).toBe(0)
    cluster.hits[0] = 1600
    expect(decide(request(1600))).toBe(0)
  })

  it('hands over all with a threshold of 0, and nothing with one above every prompt', () => {
    const cluster = fleetOf('both', 'prefill')
    cluster.hits[0] = 1
    expect(deciding('pd-split', cluster, { options: { threshold_tokens: 0 } })(request(1))).toBe(1)
    expect(deciding('pd-split', cluster, { options: { threshold_tokens: 1e9 } })(request(1e6))).toBe(0)
  })

  it('takes the least loaded of the pool, and the other pool where the one is closed', () => {
    const cluster = fleetOf('prefill', 'both', 'both', 'prefill')
    const decide = deciding('pd-split', cluster, { options: { threshold_tokens: 1000 } })
    cluster.load(1, 0, 3)
    cluster.load(0, 0, 3)
    expect(decide(request(10))).toBe(2)
    expect(decide(request(5000))).toBe(3)
    cluster.open(1, false)
    cluster.open(2, false)
    expect(decide(request(10))).toBe(3)
    cluster.open(1, true)
    cluster.open(0, false)
    cluster.open(3, false)
    expect(decide(request(5000))).toBe(1)
  })

  it.each([[['both', 'both']], [['prefill', 'prefill']], [['decode', 'both']]] as const)(
    'is least-requests among %s',
    roles => {
      const cluster = fleetOf(...roles)
      const decide = deciding('pd-split', cluster)
      cluster.load(0, 0, 1)
      expect(decide(request(1))).toBe(1)
      cluster.load(1, 1, 1)
      expect(decide(request(5000))).toBe(0)
    },
  )
})
