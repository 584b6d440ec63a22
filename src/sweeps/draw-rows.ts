import type { Column } from '../results/columns/column.ts'
import { drawnValue, placesDrawn, type Unknown, type Unknowns } from './unknowns.ts'

/** What one replication takes one estimate for. */
export interface DrawRow {
  readonly draw: number
  readonly unknown: Unknown
  readonly place: number
}

/** Draw by draw, of the estimates of all fleets. */
export function* drawRows(unknowns: Unknowns, seed: string | number): Generator<DrawRow> {
  const places = placesDrawn(unknowns, seed)
  for (let draw = 0; draw < unknowns.draws; draw++) {
    for (const [i, unknown] of unknowns.estimates.entries()) yield { draw, unknown, place: places[i][draw] }
  }
}

/** Of draws.csv. */
export const drawColumns: readonly Column<DrawRow>[] = [
  { name: 'draw', about: 'Number of the replication that takes it, from 0.', value: ({ draw }) => draw },
  { name: 'unknown', about: "Name of the catalogue's estimate.", value: ({ unknown }) => unknown.name },
  {
    name: 'value',
    about: 'What the replication takes it for.',
    value: ({ unknown, place }) => drawnValue(unknown, place),
  },
  {
    name: 'place',
    about: 'Where in its range that is: 0 at the low end, 1 at the high one, 0.5 as given.',
    value: ({ place }) => place,
  },
  { name: 'low', about: 'Low end of the range.', value: ({ unknown }) => unknown.low },
  { name: 'given', about: "The catalogue's value.", value: ({ unknown }) => unknown.value },
  { name: 'high', about: 'High end of the range.', value: ({ unknown }) => unknown.high },
]
