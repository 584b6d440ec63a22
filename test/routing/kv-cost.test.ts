import { describe, expect, it } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { softMin } from '../../src/routing/soft-min.ts'
import { deciding, fleet, request } from './fake-cluster.ts'

describe('kv-cost', () => {
  it('adds up what is to be computed and what is in use, of which the weight turns the scale', () => {
    const cluster = fleet(2)
    cluster.load(0, 0, 4, 5000)
    cluster.load(1, 0, 4, 4200)
    cluster.hits.set([700, 0])
    expect(deciding('kv-cost', cluster)(request(1000))).toBe(1)
    expect(deciding('kv-cost', cluster, { options: { overlap_weight: 1.2 } })(request(1000))).toBe(0)
    expect(deciding('kv-cost', cluster, { options: { overlap_weight: 0 } })(request(1000))).toBe(1)
  })

  it('counts the prompts that wait there', () => {
    const cluster = fleet(2)
    cluster.load(0, 2, 0, 1000)
    cluster.load(1, 0, 2, 2500)
    expect(deciding('kv-cost', cluster)(request())).toBe(1)
  })

  it('draws among the least at temperature 0, and among all above it', () => {
    const cluster = fleet(3)
    cluster.load(2, 0, 1, 100)
    const chosen = (temperature: number) => {
      const decide = deciding('kv-cost', cluster, { options: { temperature } })
      return new Set(Array.from({ length: 200 }, () => decide(request())))
    }
    expect(chosen(0)).toEqual(new Set([0, 1]))
    expect(chosen(0.5)).toEqual(new Set([0, 1, 2]))
  })
})

describe('softMin', () => {
  const shares = (costs: readonly number[], temperature: number) => {
    const random = stream('soft', `${temperature}`)
    const counts = costs.map(() => 0)
    for (let i = 0; i < 200_000; i++) counts[softMin(Float64Array.from(costs), temperature, random)]++
    return counts.map(count => count / 200_000)
  }

  it('draws in proportion to exp(-cost / (range * temperature))', () => {
    const weights = [1, Math.exp(-1 / 0.8), Math.exp(-0.25 / 0.8)]
    const sum = weights[0] + weights[1] + weights[2]
    shares([10, 50, 20], 0.8).forEach((share, i) => {
      expect(share).toBeCloseTo(weights[i] / sum, 2)
    })
  })

  it('draws evenly among equal costs', () => {
    for (const temperature of [0, 1]) {
      for (const share of shares([7, 7, 7, 7], temperature)) expect(share).toBeCloseTo(0.25, 2)
    }
  })

  it('takes the only one, and never one that cannot be', () => {
    expect(softMin(Float64Array.of(3), 0, () => 0.999)).toBe(0)
    const [first, second, third] = [0, 0.5, 1 - 2 ** -53].map(draw =>
      softMin(Float64Array.of(9, 1, 9, 1, 9), 0, () => draw),
    )
    expect([first, second, third]).toEqual([1, 3, 3])
  })
})
