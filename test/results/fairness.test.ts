import { describe, expect, it } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { fairnessOf, jainIndex } from '../../src/results/fairness.ts'
import { figuresOf } from '../../src/results/figures.ts'
import { madeGroup, madeResult } from './made.ts'

/** 1 / (1 + the square of the coefficient of variation), from the pairs of differences. */
function naive(allotted: readonly number[]): number {
  const n = allotted.length
  const mean = allotted.reduce((sum, each) => sum + each / n, 0)
  let differences = 0
  for (const a of allotted) for (const b of allotted) differences += (a - b) ** 2
  return 1 / (1 + differences / (2 * n * n) / mean ** 2)
}

describe("Jain's index", () => {
  it.each([
    [[3], 1],
    [[2, 2, 2], 1],
    [[1, 0, 0, 0], 1 / 4],
    [[5, 5, 5, 0, 0], 3 / 5],
    [[1, 3], 16 / 20],
  ])('of %j is %f', (allotted, index) => expect(jainIndex(allotted)).toBeCloseTo(index, 12))

  it('is what the differences of all pairs make of it, at any scale', () => {
    const random = stream('fairness', 'allotted')
    for (let i = 0; i < 100; i++) {
      const allotted = Array.from({ length: 2 + (i % 30) }, () => 10 * random())
      expect(jainIndex(allotted)).toBeCloseTo(naive(allotted), 12)
      expect(jainIndex(allotted.map(each => 1024 * each))).toBe(jainIndex(allotted))
    }
  })

  it('is 1 at most, however fractions round', () => {
    for (let n = 2; n < 200; n++) expect(jainIndex(Array(n).fill(1 / 3 + n / 7))).toBeLessThanOrEqual(1)
    expect(jainIndex(Array(6).fill(0.1))).toBeLessThanOrEqual(1)
  })

  it('says nothing where nobody has anything', () => {
    expect(jainIndex([0, 0])).toBeNaN()
    expect(jainIndex([])).toBeNaN()
  })
})

describe('fairness', () => {
  const small = madeGroup({ name: 'small', arrived: 4, attained: 4, askedTokens: 100, servedTokens: 100 })
  const large = madeGroup({ name: 'large', arrived: 40, attained: 10, askedTokens: 9000, servedTokens: 3000 })
  const chat = madeGroup({ by: 'class', name: 'chat' })

  it('is of what each got of what it asked for, not of who asked for more', () => {
    const { service, goodput } = fairnessOf([chat, small, large], 'tenant')
    expect(service).toBeCloseTo(naive([1, 1 / 3]), 12)
    expect(goodput).toBeCloseTo(naive([1, 1 / 4]), 12)
  })

  it('takes two', () => {
    const { classFairness, tenantFairness } = figuresOf(madeResult({ groups: [chat, small, large] }))
    expect(classFairness).toEqual({ service: Number.NaN, goodput: Number.NaN })
    expect(tenantFairness).toEqual(fairnessOf([small, large], 'tenant'))
  })
})
