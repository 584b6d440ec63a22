import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { LoadIndex } from '../../src/routing/least-loaded.ts'

/** Chi-square of counts against equal shares. */
function chiSquare(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)
}

describe('LoadIndex', () => {
  it.each([1, 2, 3, 5, 8, 13, 64, 100])('agrees with a scan under random updates of %i members', members => {
    const random = stream(members, 'least-loaded')
    const replicas = 2 * members
    const ids = Array.from({ length: members }, (_, i) => 2 * i + 1)
    const index = new LoadIndex(ids, replicas)
    const measure = new Float64Array(replicas)
    for (let i = 0; i < 5000; i++) {
      const replica = below(random, replicas)
      const value = below(random, 20) === 0 ? Number.POSITIVE_INFINITY : below(random, 4) / 2
      measure[replica] = value
      index.update(replica, value)
      const least = Math.min(...ids.map(id => measure[id]))
      const finite = ids.map(id => measure[id]).filter(Number.isFinite)
      expect(index.total()).toBe(finite.reduce((sum, each) => sum + each, 0))
      const ties = ids.filter(id => measure[id] === least)
      expect(index.first()).toBe(ties[0])
      const draw = random()
      expect(index.pick(() => draw)).toBe(ties[Math.floor(draw * ties.length)])
    }
  })

  it('is uniform among ties', () => {
    const random = stream(1, 'ties')
    const index = new LoadIndex([...Array(37).keys()], 37)
    const tied = [0, 1, 2, 7, 15, 16, 30, 35, 36]
    for (let replica = 0; replica < 37; replica++) index.update(replica, tied.includes(replica) ? 3 : 4)
    const counts = new Map(tied.map(replica => [replica, 0]))
    for (let i = 0; i < 45_000; i++) {
      const replica = index.pick(random)
      counts.set(replica, (counts.get(replica) ?? Number.NaN) + 1)
    }
    // 26.12 is the 99.9th percentile at 8 degrees of freedom.
    expect(chiSquare([...counts.values()])).toBeLessThan(26.12)
    expect(counts.size).toBe(tied.length)
  })

  it('takes one draw a pick, ties or none', () => {
    const index = new LoadIndex([0, 1, 2], 3)
    let draws = 0
    const random = () => {
      draws++
      return 0.5
    }
    index.pick(random)
    index.update(1, -1)
    expect(index.pick(random)).toBe(1)
    expect(draws).toBe(2)
  })

  it('keeps its members alone in order when all measures are infinite', () => {
    const index = new LoadIndex([4, 5, 6], 8)
    for (const replica of [4, 5, 6]) index.update(replica, Number.POSITIVE_INFINITY)
    expect([0, 0.34, 0.99].map(draw => index.pick(() => draw))).toEqual([4, 5, 6])
  })

  it('refuses to order nothing', () => {
    expect(() => new LoadIndex([], 3)).toThrow(RangeError)
  })
})
