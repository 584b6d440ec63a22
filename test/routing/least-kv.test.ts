import { describe, expect, it } from 'vitest'
import { deciding, fleet, request } from './fake-cluster.ts'

describe('least-kv', () => {
  it('goes by what is in use and by what the prompts that wait will take', () => {
    const cluster = fleet(2)
    const decide = deciding('least-kv', cluster)
    cluster.load(0, 0, 30, 30_000)
    cluster.load(1, 0, 1, 31_000)
    expect(decide(request())).toBe(0)
    cluster.load(0, 2, 30, 30_000)
    expect(decide(request())).toBe(1)
  })

  it('goes by the share of the pool, whatever its size', () => {
    const cluster = fleet(2)
    const decide = deciding('least-kv', cluster)
    cluster.kvCapacityTokens = replica => [40_000, 400_000][replica]
    cluster.kvFreeTokens = replica => [30_000, 340_000][replica]
    expect(decide(request())).toBe(1)
  })

  it('still tells replicas apart that have no block left', () => {
    const cluster = fleet(3)
    const decide = deciding('least-kv', cluster)
    cluster.load(0, 9, 16, 100_000)
    cluster.load(1, 7, 16, 100_000)
    cluster.load(2, 8, 16, 100_000)
    expect(decide(request())).toBe(1)
  })

  it('takes the lowest id where they tie', () => {
    expect(deciding('least-kv', fleet(3))(request())).toBe(0)
  })
})
