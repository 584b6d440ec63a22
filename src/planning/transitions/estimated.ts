import { z } from 'zod'
import { type PlaceInRange, valueWithin } from '../../scenario/evidence.ts'

/** A number of the story: known, or an estimate with its range. */
export type Estimated = number | { readonly value: number; readonly low: number; readonly high: number }

/** Of numbers that fit the schema. */
export function estimated(number: z.ZodNumber) {
  const range = z
    .strictObject({ value: number, low: number, high: number })
    .refine(({ value, low, high }) => low <= value && value <= high, {
      error: 'must have low <= value <= high',
    })
  return z.union([number, range])
}

/** What a draw took an unknown for. */
export interface TakenEstimate {
  readonly name: string
  /** Where in its range: 0 at the low end, 1 at the high one. */
  readonly place: number
}

/** Takes the story's estimates at places in their ranges, and keeps account of them. */
export class EstimateReader {
  readonly #placeOf: PlaceInRange
  readonly #taken = new Map<string, number>()

  constructor(placeOf: PlaceInRange) {
    this.#placeOf = name => {
      const place = placeOf(name)
      this.#taken.set(name, place)
      return place
    }
  }

  /** Where estimates of the catalogue lie, which are kept account of as well. */
  get placeOf(): PlaceInRange {
    return this.#placeOf
  }

  take(name: string, estimate: Estimated): number {
    if (typeof estimate === 'number') return estimate
    if (estimate.low === estimate.high) return estimate.value
    return valueWithin({ ...estimate, grade: 'estimate', source: '' }, this.#placeOf(name))
  }

  get taken(): TakenEstimate[] {
    return [...this.#taken].map(([name, place]) => ({ name, place }))
  }
}
