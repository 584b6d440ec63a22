import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { dayAfter, firstDay } from './dates.ts'

/** What a device cost by the hour in a market from a date on. */
export interface PricePoint {
  /** A year, a month or a day: `2026`, `2026-03`, `2026-03-31`. The price holds from the first day of it. */
  readonly date: string
  /** Whose list it is, or of which quotes it is the index: `aws`, `neocloud`. */
  readonly market: string
  readonly usdPerDeviceHour: number
}

/** The price that holds, and for how long it has been known. */
export interface KnownPrice<P extends PricePoint> {
  readonly point: P
  readonly ageDays: number
}

/**
 * The last price of a market that was known on a date. Throws a UserError where there is no such market, naming the
 * nearest, or nothing was known of it yet.
 *
 * @param points in any order
 * @param date asked about the last day of: prices of June are known where the question is about `2025-06`
 * @param where what the message begins with
 */
export function priceAt<P extends PricePoint>(
  points: readonly P[],
  market: string,
  date: string,
  where: string,
): KnownPrice<P> {
  const ofMarket = pathOf(points, market, where)
  const end = dayAfter(date, where)
  const point = ofMarket.findLast(point => firstDay(point.date, where) < end)
  if (point === undefined) {
    throw new UserError(
      `${where}: no price in market ${market} is known by ${date}; the first is of ${ofMarket[0].date}`,
    )
  }
  return { point, ageDays: end - 1 - firstDay(point.date, where) }
}

/** The prices of a market, oldest first. Throws a UserError where there is none, naming the nearest. */
export function pathOf<P extends PricePoint>(points: readonly P[], market: string, where: string): P[] {
  const ofMarket = points.filter(point => point.market === market)
  if (ofMarket.length === 0) {
    throw new UserError(`${where}: market "${market}" has no price; ${suggestion(market, marketsOf(points))}`)
  }
  return ofMarket.sort((a, b) => firstDay(a.date, where) - firstDay(b.date, where))
}

/** The markets of which there are prices, in the order of the list. */
export function marketsOf(points: readonly Pick<PricePoint, 'market'>[]): string[] {
  return [...new Set(points.map(({ market }) => market))]
}
