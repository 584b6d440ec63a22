import { partOf } from '../../src/scenario/document.ts'
import { type PlaceInRange, valueWithin } from '../../src/scenario/evidence.ts'
import { type ParsedScenario, parseScenario } from '../../src/scenario/schema.ts'
import type { ClaimFile } from './claim-file.ts'
import type { Pool } from './claim-schema.ts'

/** A work of a claim on one replica of one of its pools. */
export interface Serving {
  readonly work: string
  readonly pool: string
}

/** What a replica is told beside the pool's own. */
export type Way = Readonly<Record<string, unknown>>

type Ranged = NonNullable<Pool['speedup']>

/** Ways in which the pool's replicas may lie on its node. */
export function waysOf({ ways = [{}] }: Pool): readonly Way[] {
  return ways
}

/** An estimate of the file itself, with its range. */
export interface OwnEstimate {
  readonly name: string
  readonly low: number
  readonly high: number
}

/** Estimates that the pool itself has. */
export function ownEstimates(name: string, { speedup }: Pool): OwnEstimate[] {
  return typeof speedup === 'object' ? [{ name: speedupName(name), ...speedup }] : []
}

/**
 * One replica of the pool that serves the work, at a place in the ranges of the file's own estimates. Throws a UserError
 * with the claim's places, as scenarios do.
 */
export function replicaScenario(
  { claim, source }: ClaimFile,
  { work, pool }: Serving,
  way: Way,
  placeOf: PlaceInRange = () => 0.5,
): ParsedScenario {
  const { input } = source
  const { ways: _, speedup, replica, ...given } = claim.pools[pool]
  const ofWork = partOf(source, ['works', work])
  const ofPool = partOf(source, ['pools', pool])
  return parseScenario({
    input: {
      ...input.works![work],
      name: claim.id,
      seed: claim.seed,
      region: claim.region,
      pue: claim.pue,
      policies: ['round-robin'],
      fleet: [
        {
          ...given,
          ...{ name: pool, nodes: 1 },
          ...('task' in input.works![work]
            ? { replica: { ...replica, ...way, replicas_per_node: 1 } }
            : { replica: { ...replica, ...way }, replicas: 1 }),
          ...(speedup !== undefined && { speedup: numberOf(speedup, placeOf(speedupName(pool))) }),
        },
      ],
    },
    place: path => (path[0] === 'fleet' ? ofPool.place(path.slice(2)) : ofWork.place(path)),
    keyPlace: (path, key) =>
      path[0] === 'fleet' ? ofPool.keyPlace(path.slice(2), key) : ofWork.keyPlace(path, key),
  })
}

function speedupName(pool: string): string {
  return `${pool} speedup`
}

function numberOf(given: Ranged, place: number): number {
  return typeof given === 'number'
    ? given
    : valueWithin({ ...given, grade: 'estimate', source: 'the claim' }, place)
}
