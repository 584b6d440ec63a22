import { describe, expect, it } from 'vitest'
import { dayAfter, firstDay } from '../../src/costs/dates.ts'
import { marketsOf, type PricePoint, pathOf, priceAt } from '../../src/costs/price-history.ts'
import { replayed, timedPrices } from '../../src/costs/replayed.ts'
import { messageOf } from '../scenario/helpers.ts'

const point = (date: string, market: string, usdPerDeviceHour: number): PricePoint => ({
  ...{ date, market, usdPerDeviceHour },
})
const points = [
  point('2025-06', 'aws', 6.88),
  point('2023-07', 'aws', 12.29),
  point('2026', 'nebius', 2.95),
  point('2026-05-31', 'tape', 6.39),
]

describe('a dated price', () => {
  it.each([
    ['2023-07', 12.29],
    ['2023-07-01', 12.29],
    ['2025-05-31', 12.29],
    ['2025-06-01', 6.88],
    ['2025-06', 6.88],
    ['2025', 6.88],
    ['2030-01', 6.88],
  ])('of %s is the last known by then', (date, usd) => {
    expect(priceAt(points, 'aws', date, 'x').point.usdPerDeviceHour).toBe(usd)
  })

  it('says how old it is', () => {
    expect(priceAt(points, 'aws', '2023-07-01', 'x').ageDays).toBe(0)
    expect(priceAt(points, 'aws', '2023-07', 'x').ageDays).toBe(30)
    expect(priceAt(points, 'aws', '2024-07-01', 'x').ageDays).toBe(366)
    expect(priceAt(points, 'tape', '2026-05', 'x').ageDays).toBe(0)
  })

  it('is not known before the first of its market', () => {
    expect(messageOf(() => priceAt(points, 'aws', '2023-06-30', 'here'))).toBe(
      'here: no price in market aws is known by 2023-06-30; the first is of 2023-07',
    )
    expect(messageOf(() => priceAt(points, 'nebius', '2025', 'here'))).toContain('the first is of 2026')
  })

  it('is not known of a market that is not there', () => {
    const message = messageOf(() => priceAt(points, 'nebios', '2026', 'here'))
    expect(message).toBe('here: market "nebios" has no price; did you mean nebius?')
  })

  it('comes in the order of time, market by market', () => {
    expect(pathOf(points, 'aws', 'x').map(({ date }) => date)).toEqual(['2023-07', '2025-06'])
    expect(marketsOf(points)).toEqual(['aws', 'nebius', 'tape'])
  })
})

describe('a date', () => {
  it('stands for all its days', () => {
    expect(dayAfter('2024', 'x') - firstDay('2024', 'x')).toBe(366)
    expect(dayAfter('2024-02', 'x') - firstDay('2024-02', 'x')).toBe(29)
    expect(dayAfter('2023-12', 'x')).toBe(firstDay('2024-01', 'x'))
    expect(dayAfter('2023-12-31', 'x')).toBe(firstDay('2024', 'x'))
    expect(firstDay('1970-01-02', 'x')).toBe(1)
  })

  it.each(['2024-13', '2023-02-29', '24', '2024-1', 'today', ''])('is not "%s"', text => {
    expect(messageOf(() => firstDay(text, 'here'))).toBe(
      `here: "${text}" is no date; must be like 2026, 2026-03 or 2026-03-31`,
    )
  })
})

describe('a replayed history', () => {
  it('steps where a price was known', () => {
    const dates = ['2024-01', '2025-05', '2025-06', '2026']
    expect([...replayed(points, 'aws', dates, 'x')]).toEqual([12.29, 12.29, 6.88, 6.88])
    expect(messageOf(() => replayed(points, 'aws', ['2022', ...dates], 'x'))).toContain('known by 2022')
  })

  it('is told in years since its first price', () => {
    const [first, second] = timedPrices(points, 'aws', 'x')
    expect(first).toEqual({ years: 0, usd: 12.29 })
    expect(second.years).toBeCloseTo(701 / 365.2425, 12)
  })
})
