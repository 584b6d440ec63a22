import { HOURS_PER_YEAR } from './hours.ts'

/** Grams of CO2e an hour: what making a node emitted, spread evenly over the years that it serves. */
export function gramsPerHour(embodiedKg: number, years: number): number {
  return (embodiedKg * 1000) / (years * HOURS_PER_YEAR)
}
