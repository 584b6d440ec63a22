import fc from 'fast-check'
import jStat from 'jstat'
import { describe, expect, test } from 'vitest'
import { gammaDraws, normalQuantile } from '../../../src/arrivals/draws.ts'
import {
  type Distribution,
  exactDistribution,
  meanOf,
} from '../../../src/arrivals/statistics/distribution.ts'
import { type Fit, fits, ksDistance, type LawName } from '../../../src/arrivals/statistics/laws.ts'
import {
  gammaShare,
  logGammaAt,
  logMinusDigamma,
  trigamma,
} from '../../../src/arrivals/statistics/special.ts'
import { tailExponent } from '../../../src/arrivals/statistics/tail.ts'
import {
  improved,
  logDensity,
  start,
  twoLognormals,
} from '../../../src/arrivals/statistics/two-lognormals.ts'
import { stream } from '../../../src/core/random.ts'

function drawn(count: number, draw: (u: number) => number, seed = 1): Distribution {
  const random = stream(seed, 'laws')
  return exactDistribution(Float64Array.from({ length: count }, () => draw(random())))
}

function law(all: readonly Fit[], name: LawName): Fit {
  return all.find(fit => fit.law === name)!
}

describe('special functions', () => {
  test('agree with a library', () => {
    for (const shape of [0.05, 0.23, 0.5, 1, 3.7, 44, 300]) {
      expect(logGammaAt(shape)).toBeCloseTo(jStat.gammaln(shape), 8)
      for (const ratio of [0.01, 0.3, 0.9, 1, 1.1, 2, 5]) {
        expect(gammaShare(shape, ratio * shape)).toBeCloseTo(jStat.lowRegGamma(shape, ratio * shape), 9)
      }
    }
  })

  test('hold by their recurrences and at known points', () => {
    const euler = 0.5772156649015329
    expect(Math.log(1) - logMinusDigamma(1)).toBeCloseTo(-euler, 13)
    expect(Math.log(0.5) - logMinusDigamma(0.5)).toBeCloseTo(-euler - 2 * Math.log(2), 13)
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 13)
    for (const x of [0.1, 0.7, 3, 11.9, 12, 40]) {
      expect(trigamma(x) - trigamma(x + 1)).toBeCloseTo(1 / x ** 2, 10)
      expect(Math.log(x + 1) - logMinusDigamma(x + 1) - Math.log(x) + logMinusDigamma(x)).toBeCloseTo(
        1 / x,
        12,
      )
    }
    expect(logMinusDigamma(1e9) * 2e9).toBeCloseTo(1, 8)
  })

  test('reach from none to all of a gamma law, also of a very narrow one', () => {
    expect(gammaShare(2, 0)).toBe(0)
    expect(gammaShare(2, 1e3)).toBe(1)
    expect(gammaShare(1e7, 1e7)).toBeCloseTo(0.5, 3)
    expect(gammaShare(1e7, 1e7 + 2 * Math.sqrt(1e7))).toBeCloseTo(0.97725, 3)
  })
})

describe('laws by maximum likelihood', () => {
  test('are found again', () => {
    const weibull = drawn(20_000, u => 3 * (-Math.log(1 - u)) ** (1 / 0.6))
    expect(fits(weibull)[0].law).toBe('weibull')
    expect(fits(weibull)[0].parameters.shape).toBeCloseTo(0.6, 1)
    expect(fits(weibull)[0].parameters.scale / 3).toBeCloseTo(1, 1)
    const random = stream(1, 'gamma')
    const gamma = exactDistribution(Float64Array.from({ length: 20_000 }, gammaDraws(random, 5, 2)))
    expect(fits(gamma)[0].law).toBe('gamma')
    expect(fits(gamma)[0].parameters.shape).toBeCloseTo(0.25, 2)
    const lognormal = drawn(20_000, u => Math.exp(2 + 0.7 * normalQuantile(u)))
    expect(fits(lognormal)[0].law).toBe('lognormal')
    expect(fits(lognormal)[0].parameters.mu).toBeCloseTo(2, 1)
    expect(fits(lognormal)[0].ks).toBeLessThan(0.012)
    const exponential = drawn(20_000, u => -7 * Math.log(1 - u))
    expect(law(fits(exponential), 'exponential').parameters.mean).toBeCloseTo(7, 0)
    expect(law(fits(exponential), 'weibull').parameters.shape).toBeCloseTo(1, 1)
  })

  test('cannot be bettered by moving a parameter', () => {
    const of = drawn(300, u => Math.exp(3 * u * u))
    const likelihoods: Record<string, (a: number, b: number) => number> = {
      gamma: (k, scale) =>
        meanOf(of, x => (k - 1) * Math.log(x) - x / scale - k * Math.log(scale) - jStat.gammaln(k)),
      weibull: (k, scale) =>
        meanOf(of, x => Math.log(k / scale) + (k - 1) * Math.log(x / scale) - (x / scale) ** k),
      lognormal: (mu, sigma) =>
        meanOf(
          of,
          x => -Math.log(x * sigma * Math.sqrt(2 * Math.PI)) - ((Math.log(x) - mu) / sigma) ** 2 / 2,
        ),
    }
    for (const [name, likelihood] of Object.entries(likelihoods)) {
      const { parameters, aic } = law(fits(of), name as LawName)
      const [a, b] = Object.values(parameters)
      const best = likelihood(a, b)
      expect(aic).toBeCloseTo(4 - 2 * 300 * best, 6)
      for (const step of [0.999, 1.001]) {
        expect(likelihood(a * step, b)).toBeLessThan(best)
        expect(likelihood(a, b * step)).toBeLessThan(best)
      }
    }
  })

  test('do not depend on how equal values are listed, and leave zeros out', () => {
    const once = fits({
      values: Float64Array.of(1, 2, 5),
      counts: Float64Array.of(2, 1, 1),
      count: 4,
      binWidth: 0,
    })
    expect(once).toEqual(fits(exactDistribution(Float64Array.of(0, 1, 1, 2, 5, 0))))
  })

  test('are none where values do not differ', () => {
    expect(fits(exactDistribution(Float64Array.of(0, 3, 3, 3)))).toEqual([])
    expect(twoLognormals(exactDistribution(Float64Array.of(3, 3)))).toBeUndefined()
  })

  test('are measured by the largest distance on either side of a step', () => {
    const of = exactDistribution(Float64Array.of(1, 2, 2, 2))
    expect(ksDistance(of, () => 0.6)).toBeCloseTo(0.6, 12)
    expect(ksDistance(of, value => (value === 1 ? 0.1 : 0.2))).toBeCloseTo(0.8, 12)
  })
})

describe('two lognormals', () => {
  const halves = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 20, maxLength: 60 })

  test('grow likelier in every round', () => {
    fc.assert(
      fc.property(halves, values => {
        fc.pre(new Set(values).size > 5)
        const logs = exactDistribution(Float64Array.from(values, Math.log))
        const likelihood = (pair: ReturnType<typeof start>) =>
          meanOf(logs, log => Math.log(pair.reduce((sum, one) => sum + Math.exp(logDensity(one, log)), 0)))
        let pair = start(logs)
        for (let round = 0; round < 20; round++) {
          const next = improved(logs, pair, 0)
          if (next.some(({ sigma }) => sigma < 1e-3)) return
          expect(likelihood(next)).toBeGreaterThan(likelihood(pair) - 1e-12)
          expect(next[0].share + next[1].share).toBeCloseTo(1, 12)
          pair = next
        }
      }),
    )
  })

  test('are found again where they lie apart', () => {
    const of = drawn(20_000, u => {
      const first = u < 0.3
      const rest = first ? u / 0.3 : (u - 0.3) / 0.7
      return first ? Math.exp(2 + 0.3 * normalQuantile(rest)) : Math.exp(6 + 0.8 * normalQuantile(rest))
    })
    const { components, ks } = twoLognormals(of)!
    expect(components[0].share).toBeCloseTo(0.3, 2)
    expect(components[0].mu).toBeCloseTo(2, 1)
    expect(components[1].mu).toBeCloseTo(6, 1)
    expect(Math.abs(components[1].sigma - 0.8)).toBeLessThan(0.05)
    expect(ks).toBeLessThan(0.015)
  })
})

describe('the exponent of a tail', () => {
  test('is that of a Pareto law', () => {
    const exponent = tailExponent(drawn(100_000, u => (1 - u) ** (-1 / 1.7)))
    expect(Math.abs(exponent - 1.7)).toBeLessThan(0.06)
  })

  test('is of the logarithms above the threshold, equal values one by one', () => {
    const values = [...Array.from({ length: 38 }, () => 1), 4, 8]
    expect(tailExponent(exactDistribution(Float64Array.from(values)))).toBeCloseTo(2 / Math.log(32), 12)
    const tied = [...Array.from({ length: 36 }, () => 1), 2, 2, 2, 8]
    expect(tailExponent(exactDistribution(Float64Array.from(tied)))).toBeCloseTo(2 / Math.log(4), 12)
  })

  test('is unknown where the tail is one value or there are too few', () => {
    expect(tailExponent(exactDistribution(Float64Array.from({ length: 100 }, () => 7)))).toBeNaN()
    expect(tailExponent(exactDistribution(Float64Array.of(1, 2, 3)))).toBeNaN()
  })
})
