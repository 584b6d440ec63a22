import { describe, expect, test } from 'vitest'
import { normalQuantile, normalShare } from '../../../src/arrivals/draws.ts'
import { Counted, streams } from '../../../src/arrivals/generators/counted.ts'
import { type LengthsSpec, lengthDraws } from '../../../src/arrivals/generators/request-lengths.ts'
import { type LengthSpec, lengthAt } from '../../../src/arrivals/lengths.ts'
import { distance, draws, farthest, meanOf } from '../laws.ts'

const COUNT = 40_000
const WIDE = { minTokens: 1, maxTokens: 2 ** 31 - 1 }
const PROMPTS: LengthSpec = { kind: 'lognormal', medianTokens: 900, sigma: 1, ...WIDE }
const ANSWERS: LengthSpec = { kind: 'lognormal', medianTokens: 5000, sigma: 0.5, ...WIDE }

function drawn(spec: LengthsSpec, count = COUNT): { input: Float64Array; output: Float64Array } {
  const { input, output } = lengthDraws(spec, streams(1, 'test'))
  const rows = Array.from({ length: count }, () => [input(), output()])
  return { input: Float64Array.from(rows, row => row[0]), output: Float64Array.from(rows, row => row[1]) }
}

function ranksOf(values: Float64Array): Float64Array {
  const ranks = new Float64Array(values.length)
  for (const [rank, i] of [...values.keys()].sort((a, b) => values[a] - values[b]).entries()) ranks[i] = rank
  return ranks
}

/** Spearman's rank correlation, ties in order of place. */
function spearman(x: Float64Array, y: Float64Array): number {
  const [a, b] = [ranksOf(x), ranksOf(y)]
  const squares = a.reduce((sum, rank, i) => sum + (rank - b[i]) * (rank - b[i]), 0)
  return 1 - (6 * squares) / (x.length * (x.length * x.length - 1))
}

describe('correlated lengths', () => {
  test.each([-0.8, -0.3, 0, 0.5, 0.95])(
    'of rank correlation %d have it, and their own laws',
    rankCorrelation => {
      const { input, output } = drawn({ input: PROMPTS, output: ANSWERS, rankCorrelation })
      expect(Math.abs(spearman(input, output) - rankCorrelation)).toBeLessThan(0.025)
      const alone = lengthAt(ANSWERS)
      const exact = Float64Array.from({ length: COUNT }, (_, i) => alone((i + 0.5) / COUNT))
      expect(distance(output, exact)).toBeLessThan(farthest(COUNT, 1e12))
    },
  )

  test('have the prompts of independent ones', () => {
    const one = drawn({ input: PROMPTS, output: ANSWERS, rankCorrelation: 0.5 }, 100)
    expect(one.input).toEqual(drawn({ input: PROMPTS, output: ANSWERS }, 100).input)
  })
})

test('the normal share is the inverse of the quantile', () => {
  for (const share of [1e-9, 1e-4, 0.02, 0.5, 0.7, 0.99, 1 - 1e-9]) {
    const back = normalShare(normalQuantile(share))
    expect(Math.abs(back - share) / Math.min(share, 1 - share)).toBeLessThan(1e-6)
  }
})

test('binned lengths come in the shares of their bins, any length of a bin as often', () => {
  const { input, output } = drawn({
    bins: [
      { share: 0.2, input: [10, 19], output: [1, 1] },
      { share: 0.5, input: [100, 199], output: [50, 59] },
      { share: 0.3, input: [5, 5], output: [1000, 1001] },
    ],
  })
  const share = (of: (i: number) => boolean) => [...input.keys()].filter(of).length / COUNT
  const bound = 5 * Math.sqrt(0.25 / COUNT)
  expect(Math.abs(share(i => input[i] < 20 && input[i] >= 10 && output[i] === 1) - 0.2)).toBeLessThan(bound)
  expect(Math.abs(share(i => input[i] >= 100 && output[i] >= 50 && output[i] < 60) - 0.5)).toBeLessThan(bound)
  expect(Math.abs(share(i => input[i] === 5 && output[i] >= 1000) - 0.3)).toBeLessThan(bound)
  expect(Math.abs(share(i => input[i] >= 150) - 0.25)).toBeLessThan(bound)
  expect(Math.abs(share(i => output[i] === 55) - 0.05)).toBeLessThan(bound)
})

test('reasoning outputs are thoughts and an answer, cut at the cap', () => {
  const { output } = drawn({
    input: PROMPTS,
    reasoning: { kind: 'uniform', minTokens: 100, maxTokens: 30_000 },
    answer: { kind: 'fixed', tokens: 5000 },
    maxOutputTokens: 32_768,
  })
  expect(Math.max(...output)).toBe(32_768)
  expect(Math.min(...output)).toBeGreaterThanOrEqual(5100)
  const atCap = output.filter(tokens => tokens === 32_768).length / COUNT
  expect(Math.abs(atCap - (30_000 - 27_768 + 1) / 29_901)).toBeLessThan(0.01)
})

describe('a mixture', () => {
  const spec: LengthSpec = {
    kind: 'mixture',
    parts: [
      { share: 0.1, law: { kind: 'fixed', tokens: 7 } },
      { share: 0.6, law: { kind: 'uniform', minTokens: 100, maxTokens: 109 } },
      { share: 0.3, law: ANSWERS },
    ],
  }

  test('has each law in its share', () => {
    const random = streams(1, 'test')('mixture')
    const at = lengthAt(spec)
    const lengths = draws(COUNT, () => at(random()))
    const bound = 5 * Math.sqrt(0.25 / COUNT)
    expect(Math.abs(meanOf(lengths.map(tokens => Number(tokens === 7))) - 0.1)).toBeLessThan(bound)
    expect(Math.abs(meanOf(lengths.map(tokens => Number(tokens === 104))) - 0.06)).toBeLessThan(bound)
    const rest = lengths.filter(tokens => tokens > 109)
    const alone = lengthAt(ANSWERS)
    const exact = Float64Array.from({ length: COUNT }, (_, i) => alone((i + 0.5) / COUNT))
    expect(distance(rest, exact)).toBeLessThan(farthest(rest.length, 1e12))
  })

  test('refuses shares that do not add up to 1', () => {
    const parts = [{ share: 0.4, law: { kind: 'fixed', tokens: 7 } as const }]
    expect(() => lengthAt({ kind: 'mixture', parts })).toThrow('shares add up to 0.4; must to 1')
  })
})

test('counted chance depends on the index alone', () => {
  const counted = new Counted(1, 'test')
  const [a, b] = [counted.chance('a'), counted.chance('b')]
  const at = (index: number) => {
    counted.index = index
    return [a(), b()]
  }
  const [first, second] = [at(3), at(2 ** 45)]
  expect([at(2 ** 45), at(3)]).toEqual([second, first])
  expect(new Set([...first, ...second]).size).toBe(4)
})
