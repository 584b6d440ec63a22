import { describe, expect, it } from 'vitest'
import { deciding, fleet, request } from './fake-cluster.ts'

describe('always-busiest', () => {
  it('takes the most requests waiting and running, and the lowest id where they tie', () => {
    const cluster = fleet(4)
    const decide = deciding('always-busiest', cluster)
    expect(decide(request())).toBe(0)
    cluster.load(1, 5, 1)
    cluster.load(2, 0, 7)
    cluster.load(3, 7, 0)
    expect(decide(request())).toBe(2)
  })
})

describe('flood', () => {
  it('sends all to replica 0', () => {
    const cluster = fleet(3)
    const decide = deciding('flood', cluster)
    cluster.load(0, 5000, 16, 100_000)
    expect(decide(request())).toBe(0)
  })

  it('goes on to the next when one is full, if it is to, and back to 0 when all are', () => {
    const cluster = fleet(3)
    const decide = deciding('flood', cluster, { options: { until_full: 1 } })
    expect(decide(request(1000))).toBe(0)
    cluster.load(0, 0, 16, 99_001)
    expect(decide(request(1000))).toBe(1)
    expect(decide(request(999))).toBe(0)
    cluster.load(1, 50, 0, 50_000)
    expect(decide(request(1000))).toBe(2)
    cluster.load(2, 0, 16, 100_000)
    expect(decide(request(1000))).toBe(0)
  })
})
