import { randomLogNormal } from 'd3-random'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LengthSpec, lengthAt } from '../../src/arrivals/lengths.ts'
import { interpolated } from '../../src/arrivals/table.ts'
import { stream } from '../../src/core/random.ts'
import { distance, draws, farthest } from './laws.ts'

const COUNT = 40_000
const WIDE = { minTokens: 1, maxTokens: 2 ** 31 - 1 }

function drawn(spec: LengthSpec): Float64Array {
  const random = stream(1, 'ours')
  const at = lengthAt(spec)
  return draws(COUNT, () => at(random()))
}

describe('lognormal lengths', () => {
  test('have the law of d3-random, rounded', () => {
    const ours = drawn({ kind: 'lognormal', medianTokens: 820, sigma: 0.9675, ...WIDE })
    const theirs = draws(COUNT, randomLogNormal.source(stream(1, 'theirs'))(Math.log(820), 0.9675)).map(
      Math.round,
    )
    expect(distance(ours, theirs)).toBeLessThan(farthest(COUNT, COUNT))
  })

  test('have the median asked for and take the nearer bound outside', () => {
    const at = lengthAt({ kind: 'lognormal', medianTokens: 1000, sigma: 1, minTokens: 200, maxTokens: 4096 })
    expect([at(0), at(0.5), at(0.999999), at(1)]).toEqual([200, 1000, 4096, 4096])
  })

  test('are the exact quantile to half a token and 4e-5', () => {
    const at = lengthAt({ kind: 'lognormal', medianTokens: 100_000, sigma: 1, ...WIDE })
    const known = [
      [0.01, 0.0976510733],
      [0.1, 0.2776062418],
      [0.9, 3.6022244793],
      [0.99, 10.240473645],
    ]
    for (const [share, ratio] of known) expect(Math.abs(at(share) / (1e5 * ratio) - 1)).toBeLessThan(5e-5)
  })
})

test('uniform lengths reach both bounds and no further, each length as often', () => {
  const at = lengthAt({ kind: 'uniform', minTokens: 820, maxTokens: 1024 })
  expect([at(0), at(1 - Number.EPSILON / 2)]).toEqual([820, 1024])
  const counts = new Map<number, number>()
  for (let i = 0; i < 2050; i++) counts.set(at((i + 0.5) / 2050), (counts.get(at((i + 0.5) / 2050)) ?? 0) + 1)
  expect(counts.size).toBe(205)
  expect(new Set(counts.values())).toEqual(new Set([10]))
  expect(() => lengthAt({ kind: 'uniform', minTokens: 9, maxTokens: 8 })).toThrow('maxTokens')
})

test('two lognormals are drawn in the shares asked for', () => {
  const ours = drawn({
    kind: 'two-lognormals',
    firstShare: 0.671,
    first: { medianTokens: 96, sigma: 0.747 },
    second: { medianTokens: 410, sigma: 0.089 },
    ...WIDE,
  })
  const pick = stream(1, 'pick')
  const first = randomLogNormal.source(stream(1, 'first'))(Math.log(96), 0.747)
  const second = randomLogNormal.source(stream(1, 'second'))(Math.log(410), 0.089)
  const theirs = draws(COUNT, () => Math.round(pick() < 0.671 ? first() : second()))
  expect(distance(ours, theirs)).toBeLessThan(farthest(COUNT, COUNT))
})

describe('a table of quantiles', () => {
  test('goes through its points and straight between them', () => {
    const at = lengthAt({
      kind: 'quantiles',
      points: [
        [0, 10],
        [0.25, 20],
        [0.5, 20],
        [1, 120],
      ],
    })
    expect([0, 0.1, 0.25, 0.4, 0.5, 0.75, 0.9999].map(at)).toEqual([10, 14, 20, 20, 20, 70, 120])
  })

  test('finds the same as a plain search, wherever its points lie', () => {
    const table = fc
      .uniqueArray(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), { maxLength: 40 })
      .map(inner => {
        const shares = [0, ...inner.sort((a, b) => a - b), 1]
        return shares.map((share, i) => [share, 1 + i * i] as const)
      })
    fc.assert(
      fc.property(table, fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }), (points, share) => {
        const i = points.findLastIndex(point => point[0] <= share)
        const [[from, low], [to, high]] = [points[i], points[i + 1]]
        expect(interpolated(points, 1)(share)).toBe(low + ((share - from) / (to - from)) * (high - low))
      }),
    )
  })
})

describe('a mistake in a law is told with value and bound', () => {
  test.each<[LengthSpec, string]>([
    [{ kind: 'fixed', tokens: 0 }, 'tokens is 0; must be from 1 to 2147483647'],
    [{ kind: 'lognormal', medianTokens: 0, sigma: 1, ...WIDE }, 'medianTokens is 0; must be a number >= 1'],
    [{ kind: 'lognormal', medianTokens: 9, sigma: -1, ...WIDE }, 'sigma is -1; must be a number >= 0'],
    [
      { kind: 'lognormal', medianTokens: 9, sigma: 1, minTokens: 9, maxTokens: 8 },
      'maxTokens is 8; must be from 9 to 2147483647',
    ],
    [{ kind: 'quantiles', points: [[0, 1]] }, 'quantiles go from share 0 to 0; must go from 0 to 1'],
    [
      {
        kind: 'quantiles',
        points: [
          [0, 0],
          [1, 9],
        ],
      },
      'quantiles[0] value is 0; must be a number >= 1',
    ],
    [
      {
        kind: 'quantiles',
        points: [
          [0, 5],
          [1, 4],
        ],
      },
      'quantiles[1] value is 4; must be a number >= 5',
    ],
    [
      {
        kind: 'quantiles',
        points: [
          [0, 5],
          [0.5, 6],
          [0.5, 7],
          [1, 8],
        ],
      },
      'quantiles[2] share is 0.5; must be above 0.5',
    ],
  ])('%j', (spec, message) => {
    expect(() => lengthAt(spec)).toThrow(message)
  })
})
