import { stream } from '../../src/core/random.ts'
import { drawnPath } from '../../src/costs/mean-reverting.ts'
import { replayed } from '../../src/costs/replayed.ts'
import { entryOf } from '../../src/scenario/entries.ts'
import { latinHypercube } from '../../src/statistics/latin-hypercube.ts'
import type { ClaimFile } from './claim-file.ts'
import type { PricePath } from './claim-schema.ts'

/** What a device cost a month, month by month. */
export type Prices = Float64Array

/** Prices of the market from the month of its first to the path's last, each as it was known then. */
export function replayedPrices({ catalogue }: ClaimFile, path: PricePath, where: string): Prices {
  const list = entryOf(catalogue, 'prices', path.list, `${where}: list`)
  const points = list.points
    .filter(({ basis }) => basis === path.basis)
    .map(({ date, market, usdPerDeviceHour }) => ({ date, market, usdPerDeviceHour: usdPerDeviceHour.value }))
  const first = points
    .filter(({ market }) => market === path.market)
    .map(({ date }) => date.slice(0, 7))
    .sort()[0]
  const months = first === undefined ? [path.until] : monthsBetween(first, path.until)
  return replayed(points, path.market, months, where)
}

/** From one month to another, both included: `2024-11`, `2024-12`, `2025-01`. */
export function monthsBetween(from: string, to: string): string[] {
  const numberOf = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7) || 1) - 1
  const first = numberOf(from)
  return Array.from({ length: numberOf(to) - first + 1 }, (_, i) => {
    const month = first + i
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
  })
}

/** Drawn months from a price on, to which it is drawn back: one path for each draw, each of its own volatility. */
export function drawnPrices({ claim }: ClaimFile, path: PricePath, startUsd: number): Prices[] {
  const random = stream(claim.seed, `price path/${path.list} ${path.market}`)
  const { low, high } = path.annual_log_sd
  return latinHypercube(claim.draws, 1, random).map(([place]) => {
    const annualLogSd = low + place * (high - low)
    const reversion = { longRunUsd: startUsd, annualLogSd, halfLifeYears: path.half_life_years }
    return drawnPath(startUsd, reversion, path.months, 1 / 12, random)
  })
}
