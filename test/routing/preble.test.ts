import { describe, expect, it } from 'vitest'
import { deciding, fleet, request } from './fake-cluster.ts'

describe('preble', () => {
  it('exploits the longest match where more is cached than is to be computed', () => {
    const cluster = fleet(3)
    cluster.load(0, 4, 0)
    cluster.load(2, 4, 0)
    const decide = deciding('preble', cluster)
    cluster.hits.set([501, 0, 400])
    expect(decide(request(1000))).toBe(0)
    cluster.hits.set([500, 0, 400])
    expect(decide(request(1000))).toBe(1)
  })

  it('explores by the least expected time to the first token', () => {
    const cluster = fleet(1, 1)
    cluster.load(0, 4, 0)
    const decide = deciding('preble', cluster)
    // 5 prompts of 1000 tokens at 40 000 a second, or one at 8000.
    expect(decide(request(999))).toBe(1)
    expect(decide(request(1001))).toBe(0)
  })

  it('passes over a holder with far more tokens than the least loaded, both counted with the request', () => {
    const cluster = fleet(2)
    cluster.hits.set([900, 0])
    const decide = deciding('preble', cluster)
    cluster.load(0, 0, 16, 15 * 1200 - 1200)
    expect(decide(request(1000, 200))).toBe(0)
    cluster.load(0, 0, 16, 15 * 1200 - 1199)
    expect(decide(request(1000, 200))).toBe(1)
    expect(deciding('preble', cluster, { options: { balance_ratio: 16 } })(request(1000, 200))).toBe(0)
  })
})
