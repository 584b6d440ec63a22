import { DrawnPlaces } from '../experiments/drawn-places.ts'
import { valueWithin } from '../scenario/evidence.ts'

/** A number of the catalogue that is an estimate, and its range. */
export interface Unknown {
  /** Id of the catalogue's entry and path in it. */
  readonly name: string
  readonly low: number
  readonly value: number
  readonly high: number
}

/** What the replications of an experiment draw. */
export interface Unknowns {
  readonly draws: number
  /** Of all fleets of the experiment, in order of name. */
  readonly estimates: readonly Unknown[]
  /** By combination of levels, those that its fleet rests on, as places in `estimates`. */
  readonly bySetting: readonly (readonly number[])[]
}

/** What was drawn of every estimate: place in its range, 0 at the low end and 1 at the high one, by draw. */
export function placesDrawn({ draws, estimates }: Unknowns, seed: string | number): Float64Array[] {
  const places = new DrawnPlaces(draws, seed)
  return estimates.map(({ name }) => Float64Array.from({ length: draws }, (_, draw) => places.of(draw)(name)))
}

/** The value at a place in the range. */
export function drawnValue(unknown: Unknown, place: number): number {
  return valueWithin({ ...unknown, grade: 'estimate', source: '' }, place)
}
