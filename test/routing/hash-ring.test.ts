import { describe, expect, it } from 'vitest'
import { type HashRing, hashed, hashRing } from '../../src/routing/hash-ring.ts'

const KEYS = 40_000

/** Replica of each of the first keys. */
function owners(ring: HashRing): number[] {
  return Array.from({ length: KEYS }, (_, key) => ring.replicaAt(ring.pointOf(hashed(key, 77))))
}

/** Of the circle, the share that each replica owns, by hashes that lie evenly on it. */
function shares(replicas: number, pointsEach: number): number[] {
  const ring = hashRing(replicas, pointsEach)
  const counts = Array<number>(replicas).fill(0)
  const probes = 2 ** 20
  for (let i = 0; i < probes; i++) counts[ring.replicaAt(ring.pointOf(i * (2 ** 32 / probes)))]++
  return counts.map(count => count / probes)
}

function relativeSpread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return Math.sqrt(variance) / mean
}

describe('hashRing', () => {
  it.each([1, 4, 16, 64, 256])('spreads shares by 1 / sqrt of %i points each', pointsEach => {
    // A share is a sum of so many nearly exponential arcs. 512 of them tell their spread to some 3 %, to 7 % when exponential.
    const spread = relativeSpread(shares(512, pointsEach)) * Math.sqrt(pointsEach)
    expect(spread).toBeGreaterThan(0.8)
    expect(spread).toBeLessThan(1.2)
  })

  it('gives a hash to the first point that is not before it, and those behind the last to the first', () => {
    const ring = hashRing(3, 5)
    const hashes: number[] = []
    for (let replica = 0; replica < 3; replica++)
      for (let i = 0; i < 5; i++) hashes.push(hashed(i, hashed(replica, 0x52494e47)))
    hashes.sort((a, b) => a - b)
    expect(ring.points).toBe(15)
    hashes.forEach((hash, point) => {
      expect(ring.pointOf(hash)).toBe(point)
      expect(ring.pointOf(hash - 1)).toBe(point)
      expect(ring.pointOf(hash + 1)).toBe((point + 1) % 15)
      expect(ring.after(point)).toBe((point + 1) % 15)
    })
    expect(ring.pointOf(0)).toBe(0)
    expect(ring.pointOf(2 ** 32 - 1)).toBe(0)
  })

  it.each([1, 2, 5, 20, 100])('moves only what a replica more than %i takes, about its share', replicas => {
    const before = owners(hashRing(replicas, 160))
    const after = owners(hashRing(replicas + 1, 160))
    const moved = after.filter((owner, key) => owner !== before[key])
    expect(new Set(moved)).toEqual(new Set([replicas]))
    // Four standard deviations of a share of the circle and of the keys drawn from it.
    const share = 1 / (replicas + 1)
    const deviation = share * Math.sqrt((1 - share) / 160 + (1 - share) / (share * KEYS))
    expect(Math.abs(moved.length / KEYS - share)).toBeLessThan(4 * deviation)
  })

  it('serves one replica with one point', () => {
    const ring = hashRing(1, 1)
    expect([0, 1, 2 ** 31, 2 ** 32 - 1].map(hash => ring.pointOf(hash))).toEqual([0, 0, 0, 0])
    expect(ring.after(0)).toBe(0)
  })
})

describe('hashed', () => {
  it.each([
    ['whole numbers', 1],
    ['multiples of 4096', 4096],
    ['numbers far apart', 104_729],
  ])('lays %s evenly', (_, stride) => {
    const counts = Array<number>(256).fill(0)
    for (let key = 0; key < 25_600; key++) counts[hashed(key * stride, 9) >>> 24]++
    const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)
    // 1st and 99.99th percentile at 255 degrees of freedom, about: too even would be no chance either.
    expect(chiSquare).toBeGreaterThan(150)
    expect(chiSquare).toBeLessThan(350)
  })

  it('has unrelated values under other seeds, 32 unsigned bits each', () => {
    const near = Array.from({ length: 10_000 }, (_, key) => hashed(key, 1) >>> 26 === hashed(key, 2) >>> 26)
    const same = near.filter(Boolean).length
    // A share of 1 / 64: 156 of them, and four standard deviations of 12.4.
    expect(Math.abs(same - 156)).toBeLessThan(50)
    expect(hashed(12_345, 1)).toBe(hashed(12_345, 1))
    const values = Array.from({ length: 1000 }, (_, key) => hashed(key, 3))
    expect(values.every(value => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true)
    expect(Math.max(...values)).toBeGreaterThan(2 ** 31)
  })
})
