import { expect, it } from 'vitest'
import { meteredPerHour, wattsAt } from '../../src/costs/metered.ts'

const day = Array.from({ length: 24 }, (_, hour) => hour)

it('adds up a day hour by hour', () => {
  const watts = day.map(hour => 3000 + 200 * hour)
  const usd = day.map(hour => (hour < 7 ? 0.05 : 0.11))
  let total = 0
  for (const hour of day) total += (watts[hour] / 1000) * 1.2 * usd[hour]
  expect(meteredPerHour(watts, 1.2, usd)).toBeCloseTo(total / 24, 12)
})

it('takes one number for all hours on either side', () => {
  const grams = day.map(hour => 300 + hour)
  expect(meteredPerHour([5000], 1.1, grams)).toBeCloseTo(5 * 1.1 * 311.5, 9)
  expect(
    meteredPerHour(
      day.map(hour => 100 * hour),
      1,
      [0.1],
    ),
  ).toBeCloseTo(0.115, 12)
  expect(meteredPerHour([1000], 1, [0.1])).toBeCloseTo(0.1, 15)
})

it('costs less where the work is done when a kWh is cheap, for the same work', () => {
  const usd = day.map(hour => (hour < 12 ? 0.05 : 0.15))
  const early = meteredPerHour(
    day.map(hour => (hour < 12 ? 8000 : 2000)),
    1,
    usd,
  )
  const late = meteredPerHour(
    day.map(hour => (hour < 12 ? 2000 : 8000)),
    1,
    usd,
  )
  expect(early).toBeLessThan(late)
})

it('refuses hours that do not go together', () => {
  expect(() => meteredPerHour([1, 2, 3], 1, day)).toThrow('3 hours beside 24')
})

it('draws idle watts at no use and busy watts at full use', () => {
  const draw = { idleWatts: 2200, busyWatts: 7500 }
  expect(wattsAt(draw, 0)).toBe(2200)
  expect(wattsAt(draw, 1)).toBe(7500)
  expect(wattsAt(draw, 0.5)).toBe(4850)
})
