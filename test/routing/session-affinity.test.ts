import { describe, expect, it } from 'vitest'
import { deciding, fleet, SealedRequest } from './fake-cluster.ts'

function of(session: number): SealedRequest {
  return Object.assign(new SealedRequest(), { session })
}

describe('session-affinity', () => {
  it('sends a session where fewest requests were when it began, and there ever after', () => {
    const cluster = fleet(3)
    const decide = deciding('session-affinity', cluster)
    cluster.load(0, 0, 5)
    cluster.load(1, 0, 1)
    cluster.load(2, 0, 2)
    expect(decide(of(7))).toBe(1)
    cluster.load(1, 100, 64)
    expect(decide(of(8))).toBe(2)
    expect([7, 8, 7].map(session => decide(of(session)))).toEqual([1, 2, 1])
  })

  it('sends a request without a session to the fewest requests, every time', () => {
    const cluster = fleet(2)
    const decide = deciding('session-affinity', cluster)
    cluster.load(0, 0, 1)
    expect(decide(of(-1))).toBe(1)
    cluster.load(1, 0, 2)
    expect(decide(of(-1))).toBe(0)
  })

  it('sends a forgotten session as a new one', () => {
    const cluster = fleet(2)
    const decide = deciding('session-affinity', cluster, { options: { remembered: 2 } })
    cluster.load(1, 0, 9)
    expect([1, 2, 1, 3].map(session => decide(of(session)))).toEqual([0, 0, 0, 0])
    cluster.load(0, 0, 10)
    expect(decide(of(1))).toBe(0)
    expect(decide(of(2))).toBe(1)
  })

  it('spreads sessions that come while all is idle over the fleet', () => {
    const decide = deciding('session-affinity', fleet(8))
    const chosen = new Set(Array.from({ length: 200 }, (_, session) => decide(of(session))))
    expect(chosen.size).toBe(8)
  })

  it('refuses a memory of nothing', () => {
    expect(() => deciding('session-affinity', fleet(2), { options: { remembered: 0 } })).toThrow(
      /'remembered' is 0; it must be a whole number >= 1/,
    )
  })
})
