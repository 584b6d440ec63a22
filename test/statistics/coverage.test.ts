import { describe, expect, test } from 'vitest'
import { exponential, normal, type Random, stream } from '../../src/core/random.ts'
import { batchMeans } from '../../src/statistics/batch-means.ts'
import { holm } from '../../src/statistics/holm.ts'
import { type Interval, meanInterval } from '../../src/statistics/interval.ts'
import { pairedDifference, pValueOfMean } from '../../src/statistics/paired.ts'
import { attainmentInterval, wilsonInterval } from '../../src/statistics/proportion.ts'
import { quantileInterval } from '../../src/statistics/quantile.ts'
import { ratioInterval } from '../../src/statistics/ratio.ts'
import { autoregressive, experiments, normalRows, share } from './draws.ts'

/*
 * How often 95 % intervals hold a truth that is known, over experiments of synthetic draws: 1 % is more than twice the
 * standard error of a share of 0.95 over the long form's 4,000, and 4 % that of the short form's 300.
 */

const EXPERIMENTS = experiments(300, 4000)
const LENIENCE = EXPERIMENTS === 300 ? 0.04 : 0.01

function coverage(name: string, truth: number, interval: (random: Random) => Interval): number {
  const random = stream(1, `coverage/${name}`)
  const intervals = Array.from({ length: EXPERIMENTS }, () => interval(random))
  return share(intervals, ({ low, high }) => low <= truth && truth <= high)
}

const draws = (length: number, draw: () => number) => Array.from({ length }, draw)

function expectCoverage(covered: number, { least = 0.95, most = 0.95 } = {}): void {
  expect(covered).toBeGreaterThanOrEqual(least - LENIENCE)
  expect(covered).toBeLessThanOrEqual(most + LENIENCE)
}

describe('what is exact covers as often as it says', () => {
  test.each([2, 5, 20])('the mean of %d normal values', n => {
    const one = (random: Random) =>
      meanInterval(
        draws(n, () => 7 + 3 * normal(random)),
        0.95,
      )
    expectCoverage(coverage(`normal ${n}`, 7, one))
  })

  test('the ratio of the means of normal pairs that go together', () => {
    expectCoverage(
      coverage('ratio', 0.4, random => {
        const tokens = draws(10, () => 5 + normal(random))
        return ratioInterval(
          tokens.map(of => 0.4 * of + 0.3 * normal(random)),
          tokens,
          0.95,
        )
      }),
    )
  })

  test('the relative difference of two policies that share what they meet', () => {
    expectCoverage(
      coverage('relative', -0.2, random => {
        const met = draws(8, () => 2 * normal(random))
        const a = met.map(shared => 8 + shared + 0.5 * normal(random))
        const b = met.map(shared => 10 + shared + 0.5 * normal(random))
        return pairedDifference(a, b, 0.95).relative
      }),
    )
  })
})

describe('what is nearly so', () => {
  test('the mean of 20 exponential values covers a little less often', () => {
    const one = (random: Random) =>
      meanInterval(
        draws(20, () => exponential(random, 4)),
        0.95,
      )
    expectCoverage(coverage('exponential', 4, one), { least: 0.91 })
  })

  test('Wilson’s of a share of 0.97 among 300', () => {
    const met = (random: Random) => share(draws(300, random), it => it < 0.97) * 300
    expectCoverage(
      coverage('Wilson', 0.97, random => wilsonInterval(met(random), 300, 0.95)),
      { most: 0.97 },
    )
  })

  test('attainment over ten replications of 50 requests, more alike within one than between them', () => {
    const one = (random: Random) => {
      const shares = draws(10, () => {
        const ofRun = 0.7 + 0.2 * random()
        return share(draws(50, random), it => it < ofRun)
      })
      return attainmentInterval(
        shares,
        draws(10, () => 50),
        0.95,
      )
    }
    expectCoverage(coverage('attainment', 0.8, one), { most: 0.98 })
  })

  test('order statistics hold the p90 of 200 exponential values at least as often', () => {
    const one = (random: Random) =>
      quantileInterval(
        draws(200, () => exponential(random, 1)).sort((a, b) => a - b),
        0.9,
        0.95,
      )
    expectCoverage(coverage('order statistics', Math.log(10), one), { most: 0.98 })
  })

  test('batch means of a run with a memory of twenty values', () => {
    const long = (i: number) => batchMeans(autoregressive(`batches ${i}`, 8000, 0.95, 0), 0.95).interval
    let i = 0
    expectCoverage(
      coverage('batches', 0, () => long(i++)),
      { least: 0.92 },
    )
  })
})

test('Holm’s family of five that are all the same is called different in 5 % at most', () => {
  const families = normalRows('family', 5 * EXPERIMENTS, 10)
  const errs = Array.from({ length: EXPERIMENTS }, (_, family) => {
    const rows = families.slice(5 * family, 5 * family + 5)
    return holm(rows.map(row => pValueOfMean(row))).some(p => p < 0.05)
  })
  expect(share(errs, it => it)).toBeLessThanOrEqual(0.05 + LENIENCE / 2)
})

test('the t test calls 5 % of equal pairs different, and more of unequal ones', () => {
  const called = (gap: number) =>
    share(normalRows('pairs', EXPERIMENTS, 10, gap), gains => pValueOfMean(gains) < 0.05)
  expect(Math.abs(called(0) - 0.05)).toBeLessThanOrEqual(LENIENCE)
  expect(called(1)).toBeGreaterThan(0.75)
})
