import { describe, expect, test } from 'vitest'
import { type GapSpec, gapDraws } from '../../src/arrivals/gaps.ts'
import { type GeneratorSpec, generated } from '../../src/arrivals/generate.ts'
import { measure } from '../../src/arrivals/measure.ts'
import { cvOf, distance, draws, farthest, meanOf } from './laws.ts'
import { rowsOf } from './sources.ts'

const CHAT: GeneratorSpec = {
  className: 'chat',
  gaps: { kind: 'gamma', ratePerS: 5, cv: 1.1 },
  input: { kind: 'lognormal', medianTokens: 800, sigma: 0.9, minTokens: 1, maxTokens: 8192 },
  output: { kind: 'lognormal', medianTokens: 150, sigma: 0.9, minTokens: 1, maxTokens: 1000 },
  requests: 20_000,
}

describe('a generator', () => {
  test('gives the same bits on every machine and version of Node', async () => {
    expect((await measure(generated(CHAT, 7))).hash).toBe('4384463834f0c2da')
    const laws: GeneratorSpec = {
      ...CHAT,
      gaps: { kind: 'on-off', onRatePerS: 20, offRatePerS: 0.5, onS: 3, offS: 8 },
      input: {
        kind: 'two-lognormals',
        firstShare: 0.7,
        first: { medianTokens: 90, sigma: 0.7 },
        second: { medianTokens: 410, sigma: 0.1 },
        minTokens: 1,
        maxTokens: 1000,
      },
    }
    expect((await measure(generated(laws, 7))).hash).toBe('e8906b1c551a7d3a')
  })

  test('differs by seed and by name', async () => {
    const hashes = [generated(CHAT, 1), generated(CHAT, 2), generated(CHAT, 1, 'other')].map(source =>
      measure(source),
    )
    expect(new Set((await Promise.all(hashes)).map(result => result.hash)).size).toBe(3)
  })

  test('has one stream for each use of chance: changing one law leaves the others', async () => {
    const was = await rowsOf(generated(CHAT, 1))
    const output = await rowsOf(generated({ ...CHAT, output: { kind: 'fixed', tokens: 9 } }, 1))
    const gaps = await rowsOf(generated({ ...CHAT, gaps: { kind: 'even', ratePerS: 1 } }, 1))
    expect(output.map(row => [row[0], row[1]])).toEqual(was.map(row => [row[0], row[1]]))
    expect(gaps.map(row => [row[1], row[2]])).toEqual(was.map(row => [row[1], row[2]]))
  })

  test('stops at the first of its limits', async () => {
    const even: GeneratorSpec = { ...CHAT, gaps: { kind: 'even', ratePerS: 4 }, requests: 10 }
    expect(await rowsOf(generated(even, 1))).toHaveLength(10)
    expect(await rowsOf(generated({ ...even, durationS: 1 }, 1))).toHaveLength(4)
    expect(await rowsOf(generated({ ...even, durationS: 1.01 }, 1))).toHaveLength(5)
  })

  test.each<[Partial<GeneratorSpec>, string]>([
    [{ requests: 0 }, 'requests is 0; must be a number >= 1'],
    [{ durationS: 0 }, 'durationS is 0; must be a number above 0'],
    [{ gaps: { kind: 'poisson', ratePerS: 0 } }, 'ratePerS is 0; must be a number above 0'],
    [{ gaps: { kind: 'gamma', ratePerS: 1, cv: 0 } }, 'cv is 0; must be a number above 0'],
    [
      { gaps: { kind: 'on-off', onRatePerS: 1, offRatePerS: -1, onS: 1, offS: 1 } },
      'offRatePerS is -1; must be a number >= 0',
    ],
    [
      { gaps: { kind: 'profile', stepS: 1, ratesPerS: [0, 0], cv: 1 } },
      'ratesPerS has no rate above 0; must have one',
    ],
  ])('tells a mistake with value and bound: %j', (change, message) => {
    expect(() => generated({ ...CHAT, ...change }, 1)).toThrow(message)
  })

  test('needs a limit', () => {
    const { requests: _, ...endless } = CHAT
    expect(() => generated(endless, 1)).toThrow(
      'a generator has neither requests nor durationS; must have one',
    )
  })
})

const COUNT = 40_000

function gapsOf(spec: GapSpec, count = COUNT): Float64Array {
  return draws(count, gapDraws(spec, 1, 'test'))
}

describe('gaps', () => {
  test('of a Poisson process are exponential', () => {
    const exact = draws(COUNT, () => 0).map((_, i) => -Math.log(1 - (i + 0.5) / COUNT) / 8)
    expect(distance(gapsOf({ kind: 'poisson', ratePerS: 8 }), exact)).toBeLessThan(farthest(COUNT, 1e12))
  })

  test('of an on-off process have the mean rate of its two states and burst', () => {
    const gaps = gapsOf({ kind: 'on-off', onRatePerS: 40, offRatePerS: 0, onS: 2, offS: 6 }, 400_000)
    expect(1 / meanOf(gaps)).toBeGreaterThan(9.5)
    expect(1 / meanOf(gaps)).toBeLessThan(10.5)
    expect(cvOf(gaps)).toBeGreaterThan(5)
  })

  test('of two equal states are those of one Poisson process', () => {
    const both = gapsOf({ kind: 'on-off', onRatePerS: 8, offRatePerS: 8, onS: 0.3, offS: 0.1 })
    const exact = draws(COUNT, () => 0).map((_, i) => -Math.log(1 - (i + 0.5) / COUNT) / 8)
    expect(distance(both, exact)).toBeLessThan(farthest(COUNT, 1e12))
  })

  test('of a profile have the rate of every step', () => {
    const rates = [3, 0, 12]
    const counts = [0, 0, 0]
    const next = gapDraws({ kind: 'profile', stepS: 10, ratesPerS: rates, cv: 1 }, 1, 'test')
    const cycles = 4000
    for (let nowS = next(); nowS < 30 * cycles; nowS += next()) counts[Math.floor(nowS / 10) % 3]++
    for (const [step, count] of counts.entries()) {
      const expected = 10 * cycles * rates[step]
      expect(Math.abs(count - expected)).toBeLessThanOrEqual(5 * Math.sqrt(expected))
    }
  })
})
