import { describe, expect, it } from 'vitest'
import type { Role } from '../../src/routing/contract.ts'
import { deciding, FakeCluster, GPU, request } from './fake-cluster.ts'

function fleetOf(...roles: Role[]): FakeCluster {
  return new FakeCluster(roles.map(role => ({ ...GPU, role })))
}

describe('mixed-pool', () => {
  it('sends prompts to prefill replicas by tokens, and to the mixed pool only when their queue is long', () => {
    const cluster = fleetOf('prefill', 'prefill', 'both')
    const decide = deciding('mixed-pool', cluster, { options: { prompt_max_pending_tokens: 4000 } })
    cluster.load(0, 2, 0)
    cluster.load(1, 3, 0)
    expect(decide(request(2000))).toBe(0)
    expect(decide(request(2001))).toBe(2)
    cluster.load(2, 3, 0)
    cluster.load(0, 3, 0, 2999)
    expect(decide(request(1001))).toBe(0)
  })

  it('gives an idle prefill replica a prompt of any length', () => {
    const cluster = fleetOf('prefill', 'both')
    expect(deciding('mixed-pool', cluster)(request(100_000))).toBe(0)
  })

  it('falls back to the shorter queue where both pools are full', () => {
    const cluster = fleetOf('prefill', 'both')
    const decide = deciding('mixed-pool', cluster, { options: { prompt_max_pending_tokens: 0 } })
    cluster.load(0, 5, 0)
    cluster.load(1, 4, 90)
    expect(decide(request())).toBe(1)
    cluster.load(0, 3, 0)
    expect(decide(request())).toBe(0)
  })

  it('sends computed prompts to decode replicas while their KV has room, beside what is on its way', () => {
    const cluster = fleetOf('both', 'decode', 'decode')
    const decide = deciding('mixed-pool', cluster)
    cluster.load(1, 0, 1, 98_800)
    cluster.load(2, 0, 1, 99_000)
    expect(decide(request(1000, 200))).toBe(1)
    expect(decide(request(1001, 200))).toBe(0)
    cluster.load(0, 0, 1, 99_900)
    expect(decide(request(1001, 200))).toBe(1)
    cluster.load(0, 0, 1, 98_799)
    expect(decide(request(1001, 200))).toBe(0)
  })

  it('passes over what is closed', () => {
    const cluster = fleetOf('prefill', 'both')
    const decide = deciding('mixed-pool', cluster, { options: { prompt_max_pending_tokens: 1 } })
    cluster.open(0, false)
    expect(decide(request())).toBe(1)
    cluster.load(1, 9, 9)
    expect(decide(request())).toBe(1)
    cluster.open(0, true)
    cluster.open(1, false)
    cluster.load(0, 20, 0)
    expect(decide(request())).toBe(0)
  })

  it.each([[['both', 'both']], [['prefill', 'prefill']], [['decode', 'decode']]] as const)(
    'is least-tokens among %s',
    roles => {
      const cluster = fleetOf(...roles)
      const decide = deciding('mixed-pool', cluster)
      cluster.load(0, 0, 9, 10)
      cluster.load(1, 0, 1, 11)
      expect(decide(request())).toBe(0)
    },
  )
})
