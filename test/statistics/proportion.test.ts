import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attainmentInterval, wilsonInterval } from '../../src/statistics/proportion.ts'

describe('Wilson’s interval', () => {
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d is what Newcombe (1998) gives', (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials, 0.95)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
    expect(interval).toMatchObject({ estimate: successes / trials, n: trials })
  })

  test('ends where the share is as many standard errors off as its confidence says', () => {
    const { low, high } = wilsonInterval(7, 40, 0.95)
    for (const share of [low, high])
      expect(Math.abs(7 / 40 - share) / Math.sqrt((share * (1 - share)) / 40)).toBeCloseTo(1.959964, 5)
  })

  test('is mirrored for failures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (trials, some) => {
        const met = Math.min(some, trials)
        expect(wilsonInterval(trials - met, trials, 0.9).high).toBeCloseTo(
          1 - wilsonInterval(met, trials, 0.9).low,
          12,
        )
      }),
    )
  })

  test('says nothing of nothing', () => {
    expect(wilsonInterval(0, 0, 0.95)).toMatchObject({ estimate: Number.NaN, low: 0, high: 1, n: 0 })
  })
})

describe('attainment over replications', () => {
  const hundred = (length: number) => new Array<number>(length).fill(100)

  test('is Student’s t where replications differ more than requests alone would', () => {
    const { estimate, low, high, n } = attainmentInterval([0.5, 0.9, 0.7, 0.6, 0.8], hundred(5), 0.95)
    expect(estimate).toBeCloseTo(0.7, 12)
    expect(low).toBeCloseTo(0.7 - (2.7764451 * Math.sqrt(0.025)) / Math.sqrt(5), 6)
    expect([high - estimate, n]).toEqual([expect.closeTo(estimate - low, 12), 5])
  })

  test('is not sure of 100 % because every replication had it', () => {
    const { estimate, low, high } = attainmentInterval([1, 1, 1], hundred(3), 0.95)
    expect([estimate, high]).toEqual([1, 1])
    expect(low).toBeCloseTo(wilsonInterval(300, 300, 0.95).low, 12)
  })

  test('stays a share', () => {
    const { low, high } = attainmentInterval([0.2, 1, 0.9], hundred(3), 0.95)
    expect([low, high]).toEqual([0, 1])
  })

  test('a run without requests makes it NaN, one run leaves everything open, and lists must fit', () => {
    expect(attainmentInterval([1, Number.NaN], [100, 0], 0.95).low).toBeNaN()
    expect(attainmentInterval([0.9], [100], 0.95)).toMatchObject({ estimate: 0.9, low: 0, high: 1 })
    expect(() => attainmentInterval([0.9], [], 0.95)).toThrow('1 shares cannot be of 0 counts')
  })
})
