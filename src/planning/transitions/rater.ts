import type { Prepared } from '../../experiments/prepare.ts'
import { saturationRequestsPerS } from '../../fleet/saturation.ts'
import type { PlaceInRange } from '../../scenario/evidence.ts'
import { appraised, idleWatts, preparedAt, preparedFor, refusedOr } from '../fleets/appraisal.ts'
import type { Option } from '../fleets/options.ts'
import type { Rating } from '../fleets/programme.ts'
import { scenarioOf } from '../fleets/scenario-of.ts'
import type { Service, Transition } from './load-transition.ts'
import { neverFalling, type WayRatings } from './ratings.ts'
import { requestsIn } from './service-requests.ts'

/** By service, and by its options in order. */
export type RatingTable = readonly (readonly WayRatings[])[]

/** One node of a service's way to use it, by exact simulation of the speed-up of each. */
export interface RatingTask {
  readonly service: Service
  readonly option: Option
  readonly speeds: readonly number[]
}

/**
 * Every way to use every node, rated at every speed.
 *
 * @param placeOf where estimates of the hardware lie; as given where absent
 * @param onRated told after each node is rated at one speed
 */
export async function ratingTable(
  transition: Transition,
  speedsOf: (option: Option) => readonly number[],
  placeOf?: PlaceInRange,
  onRated: () => Promise<void> = async () => {},
): Promise<RatingTable> {
  const table: WayRatings[][] = []
  for (const service of transition.services) {
    const rows: WayRatings[] = []
    for (const option of service.options) {
      rows.push(await ratedWay(transition, { service, option, speeds: speedsOf(option) }, placeOf, onRated))
    }
    table.push(rows)
  }
  return table
}

async function ratedWay(
  transition: Transition,
  { service, option, speeds }: RatingTask,
  placeOf: PlaceInRange | undefined,
  onRated: () => Promise<void>,
): Promise<WayRatings> {
  const found: Found[] = []
  for (const speed of speeds) {
    found.push(await ratedAt(transition, service, spedOption(option, speed), placeOf))
    await onRated()
  }
  return {
    option,
    speeds,
    ratings: neverFalling(
      speeds,
      found.map(({ rating }) => rating),
    ),
    idleWatts: found.find(({ idleWatts }) => idleWatts !== undefined)?.idleWatts ?? Number.NaN,
    why: found.find(({ why }) => why !== undefined)?.why,
  }
}

/** What simulation found of one node at one speed. */
interface Found {
  readonly rating?: Rating
  readonly idleWatts?: number
  readonly why?: string
}

async function ratedAt(
  transition: Transition,
  service: Service,
  option: Option,
  placeOf: PlaceInRange | undefined,
): Promise<Found> {
  const prepared = await refusedOr(() => preparedToRate(transition, service, option, placeOf))
  if ('why' in prepared) return prepared
  const idle = idleWatts(prepared.course)
  const found = await appraised(prepared)
  if ('why' in found) return { idleWatts: idle, why: found.why }
  const { ratePerS, busyWatts } = found
  return { idleWatts: idle, rating: { ratePerS, busyWatts } }
}

/** With as many requests as it takes at the rate that saturates a node, which a first few tell. */
async function preparedToRate(
  { catalogue, open }: Transition,
  { spec, plan, source, requests }: Service,
  option: Option,
  placeOf: PlaceInRange | undefined,
): Promise<Prepared> {
  const preparedWith = async (count: number) => {
    const parsed = scenarioOf(plan, source, { fleet: [{ option, nodes: 1 }], warmupS: 0, rateScale: 1 })
    const given = await preparedFor(parsed, catalogue, open, { arrivals: requests.toRate }, count)
    return placeOf === undefined ? given : preparedAt(given, placeOf)
  }
  const few = await preparedWith(spec.requests)
  const count = requestsIn(requests, saturationRequestsPerS(few.course), spec.requests)
  return count === spec.requests ? few : preparedWith(count)
}

/** The option under software so many times as fast. */
export function spedOption(option: Option, speed: number): Option {
  return speed === 1 ? option : { ...option, pool: { ...option.pool, speedup: speed } }
}
