import { describe, expect, it } from 'vitest'
import { DrawnPlaces } from '../../src/experiments/drawn-places.ts'
import { atPlaces, atStance } from '../../src/experiments/prepare.ts'
import { race } from '../../src/experiments/race.ts'
import { valueWithin } from '../../src/scenario/evidence.ts'
import { entrants, mixedScenario, preparedOf } from './scenarios.ts'

describe('a value within a range', () => {
  const fact = { value: 3, low: 1, high: 9, grade: 'estimate', source: 's' } as const

  it('goes from the low end by the given value to the high end', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map(place => valueWithin(fact, place))).toEqual([1, 2, 3, 6, 9])
  })

  it('is the given one where there is no range to that side', () => {
    const { low: _, ...half } = fact
    expect([0, 0.5, 1].map(place => valueWithin(half, place))).toEqual([3, 3, 9])
  })
})

describe('drawn places', () => {
  it('are one in every equal part, in an order of each estimate', () => {
    const drawn = new DrawnPlaces(8, 1)
    const placesOf = (name: string) => Array.from({ length: 8 }, (_, draw) => drawn.of(draw)(name))
    const [a, b] = [placesOf('a'), placesOf('b')]
    for (const places of [a, b]) {
      const parts = places.map(place => Math.floor(8 * place))
      expect(parts.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    }
    expect(a).not.toEqual(b)
    expect(new DrawnPlaces(8, 1).of(5)('a')).toBe(a[5])
  })
})

describe('a fleet at drawn places', () => {
  it('has the same requests, and lies between its ends', async () => {
    const prepared = await preparedOf(mixedScenario({ requests: 500 }))
    const figures = async (course: typeof prepared.course) =>
      (await race(course, entrants('round-robin')))[0].result
    const given = await figures(prepared.course)
    const drawn = await figures(await atPlaces(prepared, () => 0.5))
    expect(drawn).toEqual(given)
    const [worse, better] = await Promise.all(
      (['pessimistic', 'optimistic'] as const).map(async stance => figures(await atStance(prepared, stance))),
    )
    const other = await figures(await atPlaces(prepared, new DrawnPlaces(4, 1).of(0)))
    expect(other.lastArrivalS).toBe(given.lastArrivalS)
    expect(other.e2e.mean).toBeGreaterThan(better.e2e.mean)
    expect(other.e2e.mean).toBeLessThan(worse.e2e.mean)
  })
})
