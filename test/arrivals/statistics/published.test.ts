import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { traceInput } from '../../../src/arrivals/file.ts'
import { opened } from '../../../src/arrivals/formats/detect.ts'
import type { Summary } from '../../../src/arrivals/statistics/distribution.ts'
import { gathered } from '../../../src/arrivals/statistics/gather.ts'
import type { Fit, LawName } from '../../../src/arrivals/statistics/laws.ts'
import {
  type ArrivalStatistics,
  type LengthStatistics,
  statisticsOf,
  type TraceStatistics,
} from '../../../src/arrivals/statistics/statistics.ts'
import { misses, tableIn } from './published.ts'

const FOLDER = fileURLToPath(new URL('../../../../shared/data/traces/', import.meta.url))
const hasFolder = existsSync(`${FOLDER}STATS.md`)
if (!hasFolder) console.warn(`SKIPPED: statistics are not compared with published ones, ${FOLDER} is absent`)
const STATS = hasFolder ? readFileSync(`${FOLDER}STATS.md`, 'utf8') : ''

const FILES = {
  azure2023_code: 'azure2023_code.csv',
  azure2023_conv_first_half: 'azure2023_conv_first_half.csv',
  mooncake_conversation: 'mooncake_conversation.jsonl',
  llmservingsim_sharegpt_llama31_8b: 'llmservingsim_sharegpt_llama31_8b_300_sps10.jsonl',
  llmservingsim_workload_me2_01_mixed: 'llmservingsim_workload_me2_01_mixed.jsonl',
  vidur_splitwise_code: 'vidur_splitwise_code.csv',
  sarathi_sharegpt_8k: 'sarathi_sharegpt_8k.csv',
  vidur_arxiv_summarization: 'vidur_arxiv_summarization.csv',
}
type Name = keyof typeof FILES

/** Files of lengths alone, which the tables of arrivals do not have. */
const TIMELESS = new Set<string>(['sarathi_sharegpt_8k', 'vidur_arxiv_summarization'])

const measuredOnce = new Map<string, Promise<TraceStatistics>>()

function statistics(name: Name): Promise<TraceStatistics> {
  const known = measuredOnce.get(name)
  if (known) return known
  const gaps = TIMELESS.has(name) ? { gaps: { kind: 'even', ratePerS: 1 } as const } : {}
  const source = opened(traceInput(`${FOLDER}${FILES[name]}`), 'auto', gaps)
  const measured = gathered(source).then(of => statisticsOf(of, !TIMELESS.has(name)))
  measuredOnce.set(name, measured)
  return measured
}

function fitOf(fits: readonly Fit[], law: LawName): Fit {
  return fits.find(fit => fit.law === law)!
}

/** Parameters and distance of a law in one cell. */
function lawNumbers(fits: readonly Fit[], law: LawName): number[] {
  const { parameters, ks } = fitOf(fits, law)
  return [...Object.values(parameters), ks]
}

function mixtureNumbers({ mixture }: LengthStatistics): number[] {
  const [a, b] = mixture!.components
  return [a.share, b.share, a.mu, b.mu, a.sigma, b.sigma, mixture!.ks]
}

const at = (of: Summary, share: number) =>
  of.quantiles[[0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1].indexOf(share)]

/**
 * Where the published number is not what its definition gives:
 * - The counts of Mooncake in windows of 60 s take the 13 arrivals at 3480 s, the end of the last whole window, into
 *   that window, which is half-open by definition.
 * - Mooncake's gaps above 0 are all 3 s but for a millisecond; which law then is nearest is a matter of rounding.
 * - Mixtures were fitted to 20,000 requests drawn from larger traces, ours to all.
 */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  mooncake_conversation: ['peak/mean', 'min/mean', 'Fano 60 s', 'best AIC'],
  sarathi_sharegpt_8k: ['2-lognormal'],
  vidur_arxiv_summarization: ['2-lognormal'],
}

function notExcepted(name: string, found: readonly string[]): string[] {
  const excepted = EXCEPTIONS[name] ?? []
  return found.filter(miss => !excepted.some(column => miss.includes(column)))
}

/** What is wrong of a row, by functions of the statistics for the columns in order. */
function rowMisses<Of>(
  { columns, rows }: ReturnType<typeof tableIn>,
  name: string,
  of: Of,
  cells: readonly (readonly [decimals: number, numbers: (of: Of) => readonly number[]])[],
): string[] {
  const row = rows.get(name)
  if (row === undefined) return [`${name}: there is no such row`]
  return notExcepted(
    name,
    cells.flatMap(([decimals, numbers], i) => misses(columns[i + 1], row[i + 1], numbers(of), decimals)),
  )
}

const names = Object.keys(FILES) as Name[]
const timed = names.filter(name => !TIMELESS.has(name))

describe.skipIf(!hasFolder)('published statistics come out to their last digit', () => {
  test.each(timed)('of arrivals of %s', async name => {
    const { requests, arrivals } = await statistics(name)
    const fano = (windowS: number) => (of: ArrivalStatistics) => [
      of.fano.find(one => one.windowS === windowS)!.fano,
    ]
    const table = tableIn(STATS, '### Arrivals', 'IAT CV')
    expect(
      rowMisses(table, name, arrivals!, [
        [0, () => [requests]],
        [1, of => [of.spanS]],
        [4, of => [of.meanRatePerS]],
        [3, of => [of.busiestMinutePerS]],
        [3, of => [of.busiestMinuteOverMean]],
        [3, of => [of.quietestMinuteOverMean]],
        [4, of => [of.gapCv]],
        [3, of => [of.zeroGaps]],
        [3, fano(1)],
        [3, fano(10)],
        [3, fano(60)],
      ]),
    ).toEqual([])
  })

  test.each(timed)('of gaps of %s', async name => {
    const { arrivals } = await statistics(name)
    const shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    const [p1, ...rest] = shares.map(share => [4, (of: Summary) => [at(of, share)]] as const)
    const table = tableIn(STATS, '### Arrivals', 'IAT p1')
    expect(
      rowMisses(table, name, arrivals!.gapS, [p1, ...rest.slice(0, 6), [3, of => [at(of, 0.99)]]]),
    ).toEqual([])
    const row = table.rows.get(name)!
    expect(Number(at(arrivals!.gapS, 1).toPrecision(4))).toBe(Number(row[9]))
  })

  test.each(timed)('of laws of gaps of %s', async name => {
    const { arrivals } = await statistics(name)
    const table = tableIn(STATS, '### Inter-arrival fits', 'best AIC')
    const laws = ['exponential', 'gamma', 'weibull', 'lognormal'] as const
    const row = table.rows.get(name)!
    for (const [i, law] of laws.entries()) {
      if (name === 'mooncake_conversation' && law === 'gamma') continue
      const published = row[i + 1].split(',').map(Number)
      for (const [j, value] of lawNumbers(arrivals!.fits, law).entries()) {
        // Published Weibull laws were left where an optimiser stopped, short of the likeliest.
        const slack = law === 'weibull' ? 2e-4 * published[j] : 0
        const decimals =
          j === 0 && law !== 'exponential' ? 4 : law === 'lognormal' ? 4 : j === published.length - 1 ? 4 : 6
        expect(Math.abs(value - published[j]), `${law} ${j}: ${value}`).toBeLessThanOrEqual(
          0.5001 * 10 ** -decimals + slack,
        )
      }
    }
    const best = arrivals!.fits[0].law
    if (name !== 'mooncake_conversation') expect(best).toBe(row[5] === 'exp' ? 'exponential' : row[5])
  })

  test('of the degenerate gamma law of gaps that are all 3 s', async () => {
    const { arrivals } = await statistics('mooncake_conversation')
    const { parameters, ks } = fitOf(arrivals!.fits, 'gamma')
    expect(parameters.shape / 19_188_131.2808).toBeCloseTo(1, 6)
    expect(ks).toBeCloseTo(0.2764, 4)
  })

  describe.each(['input', 'output'] as const)('of %s tokens', side => {
    const heading = side === 'input' ? '### Input (prompt) tokens' : '### Output (generated) tokens'

    test.each(names)('of %s', async name => {
      const of = (await statistics(name))[side]
      const shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]
      expect(
        rowMisses(tableIn(STATS, heading, 'zeros'), name, of, [
          [0, ({ count }) => [count]],
          [2, ({ mean }) => [mean]],
          [2, ({ deviation }) => [deviation]],
          [0, ({ zeros }) => [zeros]],
          ...shares.map(share => [1, (of: Summary) => [at(of, share)]] as const),
        ]),
      ).toEqual([])
    })

    test.each(names)('of laws of %s', async name => {
      const of = (await statistics(name))[side]
      const scaled = (law: LawName) => {
        const { parameters, ks } = fitOf(of.fits, law)
        return [parameters.shape, parameters.scale, ks]
      }
      const row = tableIn(STATS, heading, 'lognormal mu').rows.get(name)!
      const found = [
        ...misses('lognormal', row[1], lawNumbers(of.fits, 'lognormal'), 4),
        ...misses('gamma', row[2], scaled('gamma'), 2),
        ...misses('gamma shape', row[2].split(',')[0], scaled('gamma').slice(0, 1), 4),
        ...misses('gamma KS', row[2].split(',')[2], scaled('gamma').slice(2), 4),
        ...misses('weibull', row[3], scaled('weibull'), 2),
        ...misses('weibull shape', row[3].split(',')[0], scaled('weibull').slice(0, 1), 4),
        ...misses('weibull KS', row[3].split(',')[2], scaled('weibull').slice(2), 4),
        ...misses('2-lognormal', row[4], mixtureNumbers(of), 3),
        ...misses('2-lognormal KS', row[4].split(',').at(-1)!, [of.mixture!.ks], 4),
        ...misses('Hill', row[5], [of.tailExponent], 2),
      ]
      expect(notExcepted(name, found)).toEqual([])
    })

    test.each(['sarathi_sharegpt_8k', 'vidur_arxiv_summarization'] as const)(
      'of the mixture of %s, near those of a sample of it',
      async name => {
        const of = (await statistics(name))[side]
        const row = tableIn(STATS, heading, 'lognormal mu').rows.get(name)!
        const published = row[4].split(/[/,]/).map(Number)
        const ours = mixtureNumbers(of)
        for (const [i, value] of published.entries()) expect(Math.abs(ours[i] - value)).toBeLessThan(0.12)
      },
    )
  })

  test.each(names)('of the correlation of lengths of %s', async name => {
    const { correlation } = await statistics(name)
    expect(
      rowMisses(tableIn(STATS, '### Input–output correlation', 'Spearman'), name, correlation, [
        [4, ({ pearson }) => [pearson]],
        [4, ({ pearsonOfLogs }) => [pearsonOfLogs]],
        [4, ({ spearman }) => [spearman]],
      ]),
    ).toEqual([])
  })

  test.each(['mooncake_conversation', 'llmservingsim_sharegpt_llama31_8b'] as const)(
    'of prefixes of %s',
    async name => {
      const { prefixes } = await statistics(name)
      const five = [0.05, 0.25, 0.5, 0.75, 0.95]
      const late = [0.25, 0.5, 0.75, 0.95, 0.99]
      expect(
        rowMisses(tableIn(STATS, '### Prefix sharing', 'block refs'), name, prefixes!, [
          [0, ({ blockTokens }) => blockTokens],
          [0, ({ uses }) => [uses]],
          [0, ({ blocks }) => [blocks]],
          [4, ({ tokenHitRatio }) => [tokenHitRatio]],
          [4, ({ blockHitRatio }) => [blockHitRatio]],
          [4, ({ requestHitRatio }) => [requestHitRatio]],
          [3, ({ perRequest }) => five.map(share => at(perRequest, share))],
          [0, ({ stackDistance }) => late.map(share => at(stackDistance, share))],
          [2, ({ reuseGapS }) => late.map(share => at(reuseGapS, share))],
        ]),
      ).toEqual([])
      const lru = [0, 1, 2, 3, 4, 5].map(
        i => [4, (of: typeof prefixes) => [of!.lru[i].blockHitRatio]] as const,
      )
      expect(
        rowMisses(tableIn(STATS, 'LRU block hit ratio by cache', '1 k'), name, prefixes, [
          ...lru,
          [4, of => [of!.blockHitRatio]],
          [0, of => of!.mostUsed],
          [4, of => [of!.usedOnce]],
        ]),
      ).toEqual([])
    },
  )

  test('of the counts of Mooncake, once those at the end of the last whole minute are counted in it', async () => {
    const table = tableIn(STATS, '### Arrivals', 'IAT CV')
    const row = table.rows.get('mooncake_conversation')!
    const lines = readFileSync(`${FOLDER}mooncake_conversation.jsonl`, 'utf8').trim().split('\n')
    const timesS = lines.map(line => JSON.parse(line).timestamp / 1000)
    const counts = new Array(58).fill(0)
    for (const timeS of timesS) if (timeS <= 3480) counts[Math.min(57, Math.floor(timeS / 60))]++
    const mean = counts.reduce((a, b) => a + b, 0) / 58
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 58
    const found = [Math.max(...counts) / mean, Math.min(...counts) / mean, variance / mean]
    expect(found.map(value => Number(value.toFixed(3)))).toEqual([
      Number(row[5]),
      Number(row[6]),
      Number(row[11]),
    ])
  })
})
