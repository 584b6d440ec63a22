import { describe, expect, it } from 'vitest'
import { deciding, fleet, request } from './fake-cluster.ts'

describe('vllm-dp', () => {
  it('minds one that waits as much as four that run', () => {
    const cluster = fleet(2)
    const decide = deciding('vllm-dp', cluster)
    cluster.load(0, 1, 8)
    cluster.load(1, 0, 11)
    expect(decide(request())).toBe(1)
    cluster.load(1, 0, 13)
    expect(decide(request())).toBe(0)
  })

  it('takes the lowest id where they tie', () => {
    const cluster = fleet(3)
    const decide = deciding('vllm-dp', cluster)
    cluster.load(0, 0, 5)
    cluster.load(1, 1, 0)
    cluster.load(2, 0, 4)
    expect(decide(request())).toBe(1)
  })

  it('counts as waiting what is on its way', () => {
    const cluster = fleet(2)
    const decide = deciding('vllm-dp', cluster)
    cluster.load(0, 0, 3)
    cluster.load(1, 0, 0)
    cluster.outstandingRequests = replica => cluster.running[replica] + (replica === 1 ? 1 : 0)
    expect(decide(request())).toBe(0)
  })
})
