import { describe, expect, it } from 'vitest'
import { Draws } from '../../../src/planning/transitions/draws.ts'
import { influencesOnSavings } from '../../../src/planning/transitions/influences.ts'
import { cumulative, overtakes, quarterQuantile } from '../../../src/planning/transitions/overtaking.ts'
import { priceFactors } from '../../../src/planning/transitions/price-path.ts'
import { quarterOf, quartersFrom } from '../../../src/planning/transitions/quarters.ts'
import { bestWay, neverFalling, ratingAt, speedsAround } from '../../../src/planning/transitions/ratings.ts'
import { thinned } from '../../../src/planning/transitions/thinned.ts'

describe('draws', () => {
  it('of the first are the same however many follow, and each block covers every part of a range', () => {
    const [few, many] = [new Draws(1), new Draws(1)]
    const places = (draws: Draws, count: number) =>
      Array.from({ length: count }, (_, draw) => draws.placesOf(draw)('growth'))
    expect(places(many, 40).slice(0, 5)).toEqual(places(few, 5))
    const strata = places(many, 32).map(place => Math.floor(place * 16))
    expect(strata.slice(0, 16).sort((a, b) => a - b)).toEqual([...Array(16).keys()])
    expect(strata.slice(16).sort((a, b) => a - b)).toEqual([...Array(16).keys()])
  })
})

describe('overtaking', () => {
  it('is for good, clear of 1 %, and not at all where the last quarter is no cheaper', () => {
    expect(overtakes([5, 5, 5, 5], [5, 6, 5, 6])).toBe(3)
    expect(overtakes([5, 5, 5], [6, 6, 6])).toBe(0)
    expect(overtakes([5, 5, 5], [6, 6, 5])).toBeUndefined()
    expect(overtakes([5, 5], [5.04, 5.04])).toBeUndefined()
    expect(cumulative([1, 2, 3])).toEqual([1, 3, 6])
  })

  it('has quantiles in which never comes last', () => {
    const quarters = [3, undefined, 1, 2]
    expect([0.05, 0.25, 0.5, 0.75, 0.95].map(share => quarterQuantile(quarters, share))).toEqual([
      1,
      1,
      2,
      3,
      undefined,
    ])
    expect(quarterQuantile([], 0.5)).toBeUndefined()
  })
})

describe('ratings', () => {
  const option = { name: 'way' } as never
  const way = (...ratesPerS: (number | undefined)[]) => ({
    ...{ option, speeds: [1, 1.5, 2.25], idleWatts: 1 },
    ratings: ratesPerS.map(ratePerS =>
      ratePerS === undefined ? undefined : { ratePerS, busyWatts: 10 * ratePerS },
    ),
  })

  it('grow with the software from the next slower speed simulated, and are none below the first that holds', () => {
    const rated = way(undefined, 4, 8)
    expect(ratingAt(rated, 1.2)).toBeUndefined()
    expect(ratingAt(rated, 1.5)).toEqual({ ratePerS: 4, busyWatts: 40 })
    expect(ratingAt(rated, 1.875)).toEqual({ ratePerS: 5, busyWatts: 60 })
    expect(ratingAt(rated, 2.25)?.ratePerS).toBe(8)
    expect(ratingAt(rated, 4.5)).toEqual({ ratePerS: 16, busyWatts: 80 })
    expect(bestWay([way(1, 1, 1), rated, way(1, 2, 8)], 2.25)?.way).toBe(rated)
    expect(bestWay([way(undefined, undefined, undefined)], 1)).toBeUndefined()
  })

  it('are no less than by the slower software, times as much as it is slower', () => {
    const found = [undefined, 5, 4, 13].map(rate => rate && { ratePerS: rate, busyWatts: 1 })
    const rates = neverFalling([0.5, 1, 2, 3], found as never).map(rating => rating?.ratePerS)
    expect(rates).toEqual([undefined, 5, 10, 15])
    expect(
      neverFalling(
        [1, 2],
        [
          { ratePerS: 5, busyWatts: 1 },
          { ratePerS: 12, busyWatts: 2 },
        ],
      )[1],
    ).toEqual({
      ratePerS: 12,
      busyWatts: 2,
    })
  })

  it('have the watts of the run at their own speed, also where the slower one says more of the rate, or as much', () => {
    const watts = (...rates: number[]) =>
      neverFalling(
        [1, 2, 3],
        rates.map((ratePerS, i) => ({ ratePerS, busyWatts: 100 * (i + 1) })),
      ).map(rating => rating?.busyWatts)
    expect(watts(5, 10, 15)).toEqual([100, 200, 300])
    expect(watts(5, 9, 12)).toEqual([100, 200, 300])
    expect(neverFalling([1, 2], [{ ratePerS: 5, busyWatts: 100 }, undefined])).toEqual([
      { ratePerS: 5, busyWatts: 100 },
      { ratePerS: 10, busyWatts: 100 },
    ])
  })

  it('are asked for at powers of 1.5 around all speeds', () => {
    expect(speedsAround(1, 1)).toEqual([1])
    expect(speedsAround(0.7, 2)).toEqual([1 / 1.5, 1, 1.5, 2.25])
  })
})

describe('thinned fleets', () => {
  it('keep proportions and load, as whole nodes', () => {
    const { nodes, share } = thinned([60, 30, 10], [2, 1, 0], 10)
    expect(nodes).toEqual([6, 3, 1])
    expect(share).toBeCloseTo(0.1, 12)
    expect(thinned([0.25, 0], [8, 0], 10)).toEqual({ nodes: [1, 0], share: 4 })
    expect(thinned([2, 1], [1, 1], 10)).toEqual({ nodes: [2, 1], share: 1 })
  })
})

describe('price paths', () => {
  const quarters = quartersFrom(quarterOf('2025-Q1'), quarterOf('2027-Q1'))
  const path = { at: quarterOf('2026-Q1'), perYear: 0.8, logSd: 0.4, halfLifeYears: 1 }

  it('are 1 at their date and compound both ways', () => {
    const factors = priceFactors(path, quarters)
    expect(factors[4]).toBe(1)
    expect(factors[0]).toBeCloseTo(1.25, 12)
    expect(factors[8]).toBeCloseTo(0.8, 12)
    expect(factors[6]).toBeCloseTo(0.8 ** 0.5, 12)
  })

  it('are shaken after their date only', () => {
    const given = priceFactors(path, quarters)
    const drawn = priceFactors(path, quarters, new Draws(1).pricesOf(0, 'gpu'))
    expect(drawn.slice(0, 5)).toEqual(given.slice(0, 5))
    expect(drawn.slice(5).every((factor, i) => factor !== given[5 + i])).toBe(true)
  })
})

describe('influences', () => {
  it('name the unknown that decides, and tell nothing of too few draws', () => {
    const draws = Array.from({ length: 30 }, (_, i) => i)
    const values = { strong: draws.map(i => (i * 7) % 30), weak: draws.map(i => (i * 11) % 30) }
    const savings = draws.map(i => -10 * values.strong[i] + values.weak[i])
    const unknowns = Object.entries(values).map(([name, values]) => ({ name, values }))
    const [first] = influencesOnSavings(savings, unknowns)
    expect([first.unknown, first.method]).toEqual(['strong', 'partial rank correlation'])
    expect(first.correlation).toBeLessThan(-0.9)
    expect(first.adjustedP).toBeLessThan(0.001)
    const few = unknowns.map(({ name, values }) => ({ name, values: values.slice(0, 9) }))
    expect(influencesOnSavings(savings.slice(0, 9), few)).toEqual([])
    const constant = { name: 'the same in all draws', values: draws.map(() => 5) }
    expect(influencesOnSavings(savings, [constant, ...unknowns])).toEqual(
      influencesOnSavings(savings, unknowns),
    )
  })
})
