import { describe, expect, it } from 'vitest'
import { stream } from '../../../src/core/random.ts'
import { candidatesOf } from '../../../src/routing/composition/candidates.ts'
import { fleet } from '../fake-cluster.ts'
import { part } from './helpers.ts'

function picking(name: string, options: Readonly<Record<string, number>> = {}) {
  const cluster = fleet(6)
  const pick = part('picker', name, cluster, { options, random: stream('seed', name) })
  return (...scores: readonly number[]) => {
    const candidates = { ...candidatesOf(6), count: scores.length }
    return pick(candidates, Float64Array.from([...scores, 9, 9, 9]))
  }
}

/** How often each place is picked, of 20 000 times. */
function shares(name: string, scores: readonly number[], options = {}): number[] {
  const pick = picking(name, options)
  const counts = scores.map(() => 0)
  for (let i = 0; i < 20_000; i++) counts[pick(...scores)]++
  return counts.map(count => count / 20_000)
}

const about = (values: readonly number[]) => values.map(value => expect.closeTo(value, 1.7))

describe('max-score-picker', () => {
  it('picks the highest, whatever lies behind the candidates', () => {
    const pick = picking('max-score-picker')
    expect(pick(0.1, 0.9, 0.3)).toBe(1)
    expect(pick(0, 0.2)).toBe(1)
  })

  it('draws evenly among those that tie, however many tied before', () => {
    expect(shares('max-score-picker', [1, 0, 1, 1])).toEqual(about([1 / 3, 0, 1 / 3, 1 / 3]))
    const pick = picking('max-score-picker')
    const chosen = new Int32Array(4)
    for (let i = 0; i < 8000; i++) {
      chosen[pick(1, 1, 1, 1)]++
      pick(1, 1, 0, 0)
    }
    for (const times of chosen) expect(times / 8000).toBeCloseTo(0.25, 1)
  })
})

describe('pickers by chance', () => {
  it('take any', () => {
    expect(shares('random-picker', [0, 1, 0.2, 0])).toEqual(about([0.25, 0.25, 0.25, 0.25]))
  })

  it('take in proportion, and any where all scores are 0', () => {
    expect(shares('weighted-random-picker', [0.1, 0, 0.3])).toEqual(about([0.25, 0, 0.75]))
    expect(shares('weighted-random-picker', [0.1, 0, 0.3])[1]).toBe(0)
    expect(shares('weighted-random-picker', [0, 0])).toEqual(about([0.5, 0.5]))
  })

  it('take by exp(score / temperature)', () => {
    const even = 1 / (1 + Math.exp(-1))
    expect(shares('softmax-picker', [0.5, 0], { temperature: 0.5 })).toEqual(about([even, 1 - even]))
    expect(shares('softmax-picker', [0.9, 1, 0], { temperature: 0.001 })).toEqual([0, 1, 0])
    expect(shares('softmax-picker', [1, 0], { temperature: 1e6 })).toEqual(about([0.5, 0.5]))
  })
})
