import { DAYS_PER_YEAR, firstDay } from './dates.ts'
import type { TimedPrice } from './fitted-reversion.ts'
import { type PricePoint, pathOf, priceAt } from './price-history.ts'

/**
 * The prices of a market on some dates, as they were known then. Throws a UserError where there is no such market, or
 * nothing was known of it yet.
 */
export function replayed(
  points: readonly PricePoint[],
  market: string,
  dates: readonly string[],
  where: string,
): Float64Array {
  return Float64Array.from(dates, date => priceAt(points, market, date, where).point.usdPerDeviceHour)
}

/** A market's history by years since its first price, as `fittedReversion` takes it. */
export function timedPrices(points: readonly PricePoint[], market: string, where: string): TimedPrice[] {
  const path = pathOf(points, market, where)
  const start = firstDay(path[0].date, where)
  return path.map(({ date, usdPerDeviceHour }) => ({
    years: (firstDay(date, where) - start) / DAYS_PER_YEAR,
    usd: usdPerDeviceHour,
  }))
}
