import { describe, expect, test } from 'vitest'
import { comparison, sampleDistance } from '../../../src/arrivals/fitting/comparison.ts'
import { gapFit } from '../../../src/arrivals/fitting/gap-fit.ts'
import { drawnLike, fitLike, fitted } from '../../../src/arrivals/fitting/like.ts'
import { quantileTable } from '../../../src/arrivals/fitting/quantile-table.ts'
import type { GapSpec } from '../../../src/arrivals/gaps.ts'
import { type GeneratorSpec, generated } from '../../../src/arrivals/generate.ts'
import { fromMemory, fromRows } from '../../../src/arrivals/memory.ts'
import { exactDistribution } from '../../../src/arrivals/statistics/distribution.ts'
import { gathered } from '../../../src/arrivals/statistics/gather.ts'
import { interpolated } from '../../../src/arrivals/table.ts'
import { sourceOf } from '../transforms/sources.ts'

const LENGTHS = {
  input: { kind: 'lognormal', medianTokens: 800, sigma: 1, minTokens: 1, maxTokens: 8000 },
  output: { kind: 'lognormal', medianTokens: 100, sigma: 0.8, minTokens: 1, maxTokens: 2000 },
} as const

function spec(gaps: GapSpec, more: Partial<GeneratorSpec> = {}): GeneratorSpec {
  return { className: 'chat', requests: 8000, gaps, ...LENGTHS, ...more } as GeneratorSpec
}

async function gapFitOf(gaps: GapSpec): Promise<GapSpec> {
  const { arrivals } = await gathered(generated(spec(gaps), 1))
  return gapFit(arrivals).gaps
}

describe('the law of arrivals', () => {
  test('is independent gaps where they are', async () => {
    const poisson = await gapFitOf({ kind: 'poisson', ratePerS: 5 })
    expect(['poisson', 'gamma', 'weibull']).toContain(poisson.kind)
    if ('ratePerS' in poisson) expect(poisson.ratePerS).toBeCloseTo(5, 0)
    const gamma = await gapFitOf({ kind: 'gamma', ratePerS: 5, cv: 3 })
    expect(gamma.kind).toBe('gamma')
    if (gamma.kind === 'gamma') expect(Math.abs(gamma.cv - 3)).toBeLessThan(0.4)
    expect((await gapFitOf({ kind: 'even', ratePerS: 2 })).kind).toBe('even')
  })

  test('has states where the trace has bursts', async () => {
    const gaps = { kind: 'on-off', onRatePerS: 20, offRatePerS: 0, onS: 10, offS: 30 } as const
    const { arrivals } = await gathered(generated(spec(gaps, { requests: 30_000 }), 1))
    const found = gapFit(arrivals).gaps
    if (found.kind !== 'on-off') expect.fail(`it is ${found.kind}`)
    expect(Math.abs(Math.log(found.onRatePerS / 20))).toBeLessThan(0.4)
    expect(Math.abs(Math.log(found.onS / 10))).toBeLessThan(0.6)
    expect(Math.abs(Math.log(found.offS / 30))).toBeLessThan(0.6)
  })

  test('is a profile where the rate moves', async () => {
    const ratesPerS = [1, 2, 4, 8, 8, 4, 2, 1]
    const gaps = await gapFitOf({ kind: 'profile', stepS: 250, ratesPerS, cv: 1 })
    if (gaps.kind !== 'profile') expect.fail(`it is ${gaps.kind}`)
    expect(Math.max(...gaps.ratesPerS)).toBeGreaterThan(6)
    expect(Math.abs(gaps.cv - 1)).toBeLessThan(0.2)
  })

  test('cannot be told from requests at one instant', async () => {
    const rows = Array.from({ length: 9 }, () => ({ arrivalS: 0, inputTokens: 5, outputTokens: 1 }))
    const of = await gathered(fromMemory(fromRows(rows)))
    expect(() => fitted(of)).toThrow('all 9 requests come at one instant')
  })

  test('of a single request is not needed', async () => {
    const of = await gathered(fromMemory(fromRows([{ arrivalS: 0, inputTokens: 5, outputTokens: 1 }])))
    expect(fitted(of).spec).toMatchObject({ requests: 1, input: { kind: 'fixed', tokens: 5 } })
  })
})

describe('a table of quantiles', () => {
  const values = Float64Array.from({ length: 20_000 }, (_, i) =>
    Math.round(Math.exp(5 + 3 * (i / 20_000) + 4 * (i / 20_000) ** 5)),
  )
  const of = exactDistribution(values)
  const round = (value: number) => Math.max(1, Math.round(value))

  test('has few points, goes from share 0 to 1, and rises', () => {
    const points = quantileTable(of, 50, round)
    expect(points.length).toBeLessThanOrEqual(50)
    expect([points[0][0], points.at(-1)![0]]).toEqual([0, 1])
    expect([points[0][1], points.at(-1)![1]]).toEqual([values[0], values.at(-1)])
    for (let i = 1; i < points.length; i++) expect(points[i][0]).toBeGreaterThan(points[i - 1][0])
  })

  test('gives the distribution again', () => {
    const at = interpolated(quantileTable(of, 100, round), 1)
    const again = Float64Array.from({ length: 20_000 }, (_, i) => Math.round(at((i + 0.5) / 20_000)))
    expect(sampleDistance(of, exactDistribution(again))).toBeLessThan(0.01)
  })

  test('keeps a length that many have', () => {
    const capped = exactDistribution(Float64Array.from(values, value => Math.min(value, 1500)))
    const at = interpolated(quantileTable(capped, 30, round), 1)
    const share = Array.from({ length: 1000 }, (_, i) => at((i + 0.5) / 1000)).filter(
      value => value >= 1499.5,
    ).length
    expect(share / 1000).toBeCloseTo(values.filter(value => value >= 1500).length / 20_000, 2)
  })
})

describe('a workload made like another', () => {
  test('has its lengths and their correlation', async () => {
    const source = spec({ kind: 'poisson', ratePerS: 5 }, { rankCorrelation: 0.6 } as Partial<GeneratorSpec>)
    const fit = await fitLike(generated(source, 1))
    expect('rankCorrelation' in fit.spec && fit.spec.rankCorrelation).toBeCloseTo(0.6, 1)
    const rows = comparison(fit.real, await drawnLike(fit, 2))
    const poor = rows.filter(
      ({ section, name, grade }) =>
        grade === 'poor' && section !== 'gap' && section !== 'arrivals' && name !== 'max',
    )
    expect(poor).toEqual([])
    expect(rows.find(({ name }) => name === 'spearman')!.grade).toBe('good')
  })

  test('has its sessions and their think times', async () => {
    const source = spec(
      { kind: 'poisson', ratePerS: 1 },
      {
        sessions: {
          turns: { kind: 'geometric', meanTurns: 4, maxTurns: 30 },
          thinkS: { kind: 'lognormal', medianS: 20, sigma: 1, maxS: 500 },
          maxContextTokens: 200_000,
          atCap: 'end',
          blockTokens: 64,
        },
      },
    )
    const fit = await fitLike(generated(source, 1))
    const rows = comparison(fit.real, await drawnLike(fit, 2))
    const grades = Object.fromEntries(rows.map(({ section, name, grade }) => [`${section} ${name}`, grade]))
    expect(grades['turns mean']).toBe('good')
    expect(grades['think time p50']).toBe('good')
    expect(grades['session sessions']).toBe('good')
    expect(grades['prefix token hit ratio']).toBe('good')
    expect(grades['input mean']).not.toBe('poor')
  })

  test('has shares of turns that add up to 1, however many rows there are', async () => {
    const turnsOf = Array.from({ length: 19 }, (_, i) => Math.max(1, Math.floor(i / 2)))
    const rows = turnsOf.flatMap((turns, session) =>
      Array.from({ length: turns }, (_, k) => ({ session, turn: k + 1, turns, inputTokens: 100 * (k + 1) })),
    )
    const of = await gathered(sourceOf(rows.map((row, i) => ({ ...row, arrivalS: i }))))
    const { spec: found } = fitted(of)
    if (found.sessions?.turns.kind !== 'table') expect.fail('no table')
    const total = found.sessions.turns.rows.reduce((sum, [, share]) => sum + share, 0)
    expect(total).toBeCloseTo(1, 9)
    expect(() => generated(found, 1)).not.toThrow()
  })

  test('shares as much of its prefixes', async () => {
    const source = spec(
      { kind: 'poisson', ratePerS: 2 },
      {
        sessions: {
          turns: { kind: 'fixed', turns: 1 },
          thinkS: { kind: 'constant', durationS: 0 },
          maxContextTokens: 2 ** 31 - 1,
          atCap: 'end',
          prefixes: {
            levels: [{ nodes: 40, zipf: 0, tokens: { kind: 'fixed', tokens: 1024 } }],
            byTenant: false,
          },
          blockTokens: 64,
        },
      },
    )
    const fit = await fitLike(generated(source, 1))
    const rows = comparison(fit.real, await drawnLike(fit, 2))
    expect(rows.find(({ name }) => name === 'token hit ratio')!.difference).toBeLessThan(0.05)
    expect(rows.find(({ section, name }) => section === 'input' && name === 'mean')!.grade).toBe('good')
  })

  test('has its classes and tenants', async () => {
    const labels = {
      classes: [
        { className: 'chat', share: 0.75 },
        { className: 'batch', share: 0.25 },
      ],
      tenants: [
        { tenant: 'a', share: 0.5 },
        { tenant: 'b', share: 0.5 },
      ],
    }
    const fit = await fitLike(generated(spec({ kind: 'poisson', ratePerS: 5 }, { labels }), 1))
    const found = fit.spec.labels!
    expect(found.classes.map(({ className }) => className)).toEqual(['chat', 'batch'])
    expect(found.classes[0].share).toBeCloseTo(0.75, 1)
    expect(found.tenants).toHaveLength(2)
    expect(fit.notes).toEqual(['classes and tenants share one law of lengths'])
  })

  test('holds no more of the trace than a hundred quantiles of each length', async () => {
    const { spec: found } = await fitLike(generated(spec({ kind: 'poisson', ratePerS: 5 }), 1))
    if (!('input' in found) || found.input.kind !== 'quantiles') expect.fail('no quantiles')
    expect(found.input.points.length).toBeLessThanOrEqual(100)
  })
})

test('differences are graded: within 5 % good, within 20 % fair', async () => {
  const rows = (factor: number) =>
    fromRows(
      Array.from({ length: 200 }, (_, i) => ({
        arrivalS: i,
        inputTokens: Math.round(factor * (100 + i)),
        outputTokens: 5,
      })),
    )
  const grade = async (factor: number) => {
    const compared = comparison(await gathered(fromMemory(rows(1))), await gathered(fromMemory(rows(factor))))
    return compared.find(({ section, name }) => section === 'input' && name === 'mean')!
  }
  expect((await grade(1.04)).grade).toBe('good')
  expect((await grade(1.15)).grade).toBe('fair')
  expect((await grade(0.7)).grade).toBe('poor')
  expect((await grade(1.15)).difference).toBeCloseTo(0.15, 2)
})

test('the distance of samples is of the shares below any value', () => {
  const of = (...values: number[]) => exactDistribution(Float64Array.from(values))
  expect(sampleDistance(of(1, 2, 3, 4), of(1, 2, 3, 4))).toBe(0)
  expect(sampleDistance(of(1, 1, 1, 5), of(5, 5))).toBe(0.75)
  expect(sampleDistance(of(1), of(2))).toBe(1)
})
