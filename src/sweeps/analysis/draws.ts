import type { Values } from '../../statistics/moments.ts'
import type { GroupSeries } from '../group-series.ts'
import { placesDrawn, type Unknown } from '../unknowns.ts'
import type { SavedResults } from './saved-results.ts'

/** What the replications of results have drawn. */
export interface Draws {
  readonly estimates: readonly Unknown[]
  /** Of the fleets that these rest on, each with its places in its range by draw. */
  of(...series: readonly GroupSeries[]): DrawnUnknown[]
}

export interface DrawnUnknown {
  readonly unknown: Unknown
  /** One for each replication of the series. */
  readonly places: Values
}

/** Undefined where replications are of chance. */
export function drawsOf({ manifest }: SavedResults): Draws | undefined {
  if (manifest?.unknowns === undefined) return undefined
  const { unknowns, points, seed } = manifest
  const { estimates, bySetting } = unknowns
  const places = placesDrawn(unknowns, seed)
  const settings = [...new Set(points.map(({ levels }) => JSON.stringify(levels)))]
  return {
    estimates,
    of(...series) {
      const used = new Set(
        series.flatMap(({ levels }) => bySetting[settings.indexOf(JSON.stringify(levels))]),
      )
      const { replications } = series[0]
      return [...used].map(unknown => ({
        unknown: estimates[unknown],
        places: Float64Array.from(replications, draw => places[unknown][draw]),
      }))
    },
  }
}
