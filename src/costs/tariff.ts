import { gramsPerHour } from './embodied.ts'

/** How a node is come by: by the hour, under contract, by the hour until somebody pays more, or bought. */
export const BASES = ['on-demand', 'reserved', 'spot', 'owned'] as const
export type Basis = (typeof BASES)[number]

/** What a node costs by the hour and by the kWh, whatever it serves. */
export interface Tariff {
  /** $ an hour of the node whatever it does, the kWh apart; NaN where that is not known. */
  readonly usdPerHour: number
  /** $ a kWh at the facility's meter (the node's wall times PUE), beside it; 0 where the rent includes power. */
  readonly usdPerKwh: number
  /** Grams of CO2e of making the node that fall on an hour of its life; NaN where that is not known. */
  readonly embodiedGramsPerHour: number
}

/** Of a node whose rent includes its power. @param embodiedKg NaN where unknown */
export function rentedTariff(usdPerHour: number, embodiedKg: number, years: number): Tariff {
  return { usdPerHour, usdPerKwh: 0, embodiedGramsPerHour: gramsPerHour(embodiedKg, years) }
}

/**
 * $ an hour of a node at a mean of so many watts at its wall.
 *
 * @param pue facility energy per unit of IT energy
 */
export function usdPerHourAt({ usdPerHour, usdPerKwh }: Tariff, watts: number, pue: number): number {
  return usdPerHour + (usdPerKwh * watts * pue) / 1000
}
