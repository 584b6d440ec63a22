import type { Option } from '../fleets/options.ts'
import type { Rating } from '../fleets/programme.ts'

/** What one node does of a service in one way of using it, by how fast its software is. */
export interface WayRatings {
  readonly option: Option
  /** Rising: at which it was simulated, in units of the speed that the catalogue has. */
  readonly speeds: readonly number[]
  /** Undefined where the SLO does not hold. */
  readonly ratings: readonly (Rating | undefined)[]
  /** A node at the facility without work; NaN where it cannot be built. */
  readonly idleWatts: number
  /** Why it can serve at no speed, or at the slowest. */
  readonly why?: string | undefined
}

/** The way to use a node that serves most, and how much. */
export interface BestWay {
  readonly way: WayRatings
  readonly rating: Rating
}

/** From one speed at which nodes are simulated to the next. */
const STEP = 1.5

/** Powers of 1.5 that have all speeds from the low one to the high one between them. */
export function speedsAround(low: number, high: number): number[] {
  const powers = (speed: number) => Math.log(speed) / Math.log(STEP)
  const first = Math.floor(powers(low) + 1e-9)
  const last = Math.max(first, Math.ceil(powers(high) - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) => powerOf(first + i))
}

/** By multiplication, so that it has the same bits everywhere. */
function powerOf(exponent: number): number {
  let power = 1
  for (let i = 0; i < Math.abs(exponent); i++) power *= STEP
  return exponent < 0 ? 1 / power : power
}

/**
 * Software that is s times as fast serves s times as many requests at the least: all that happens takes 1/s of the time,
 * and the SLO stays where it is. Where simulation says less, by chance, the rate that follows from the slower one
 * stands; watts are always those of the speed's own run, where it has one.
 */
export function neverFalling(
  speeds: readonly number[],
  ratings: readonly (Rating | undefined)[],
): (Rating | undefined)[] {
  let sure: Rating | undefined
  return ratings.map((rating, i) => {
    const carried = sure && sped(sure, speeds[i] / speeds[i - 1])
    const ratePerS = Math.max(rating?.ratePerS ?? 0, carried?.ratePerS ?? 0)
    sure = rating === undefined ? carried : { ...rating, ratePerS }
    return sure
  })
}

/**
 * What is sure by the next slower speed simulated: its rate, more by as much as the software is faster. An SLO that is
 * met from some speed on makes ratings jump, and nothing between tells where. Watts are linear between the two. Undefined
 * below the first speed at which the SLO holds.
 */
export function ratingAt({ speeds, ratings }: WayRatings, speed: number): Rating | undefined {
  const next = speeds.findIndex(known => known > speed)
  const place = Math.max(0, (next === -1 ? speeds.length : next) - 1)
  const low = ratings[place]
  if (low === undefined) return undefined
  const { ratePerS } = sped(low, speed / speeds[place])
  const high = ratings[place + 1] ?? low
  const width = (speeds[place + 1] ?? Number.POSITIVE_INFINITY) - speeds[place]
  const share = Math.max(0, speed - speeds[place]) / width
  return { ratePerS, busyWatts: low.busyWatts + share * (high.busyWatts - low.busyWatts) }
}

function sped({ ratePerS, busyWatts }: Rating, times: number): Rating {
  return { ratePerS: ratePerS * times, busyWatts }
}

/** Of several ways the first that serves most; undefined where none holds the SLO. */
export function bestWay(ways: readonly WayRatings[], speed: number): BestWay | undefined {
  let best: BestWay | undefined
  for (const way of ways) {
    const rating = ratingAt(way, speed)
    if (rating !== undefined && rating.ratePerS > (best?.rating.ratePerS ?? 0)) best = { way, rating }
  }
  return best
}
