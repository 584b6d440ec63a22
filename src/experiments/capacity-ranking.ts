import type { Interval } from '../statistics/interval.ts'
import { differences, mean } from '../statistics/moments.ts'
import { pairedDifference } from '../statistics/paired.ts'
import { moreToSeparate } from '../statistics/sequential.ts'
import type { Capacity } from './capacity.ts'
import type { Crossings } from './crossings.ts'

/** A policy's capacity, and where each replication has it; left out where there is nobody to compare it with. */
export interface Contender {
  readonly capacity: Capacity
  readonly crossings?: Crossings
}

/** A policy beside the first. */
export interface Ranked extends Contender {
  /** Load that the first carries more, over replications of the same chance; undefined where a replication has none. */
  readonly behind?: Behind
}

export interface Behind {
  readonly load: Interval
  /** Whether it is surely behind; else it cannot be told from the first. */
  readonly isSure: boolean
  /** About so many replications more would tell; 0 where a closer search may, Infinity where none would. */
  readonly more: number
}

/**
 * The one that carries the most first. Every other is compared with it, each at its part of the chance of error
 * (Bonferroni): then the truly best is among those that are not surely behind with the confidence given, though the
 * first is chosen by the same runs (Nelson and Matejcik 1995).
 */
export function rankedByCapacity(contenders: readonly Contender[], confidence: number): Ranked[] {
  const [first, ...others] = contenders.toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const each = 1 - (1 - confidence) / others.length
  return [first, ...others.map(other => ({ ...other, ...behind(first, other, each) }))]
}

/** The mean of its replications, or else the load at which it holds. */
function sizeOf({ capacity: { bound, holds }, crossings }: Contender): number {
  if (bound === 'above') return Number.POSITIVE_INFINITY
  const middle = mean(crossings?.loads ?? [])
  return Number.isNaN(middle) ? (holds?.load ?? 0) : middle
}

function behind(first: Contender, other: Contender, confidence: number): { behind?: Behind } {
  if (first.crossings === undefined || other.crossings === undefined) return {}
  const [ahead, after] = [first.crossings.loads, other.crossings.loads]
  const { difference } = pairedDifference(ahead, after, confidence)
  if (Number.isNaN(difference.estimate)) return {}
  const load = widened(difference, errorOf(first.crossings) + errorOf(other.crossings))
  const more = moreToSeparate(differences(ahead, after), confidence)
  return { behind: { load, isSure: load.low > 0, more } }
}

/** By what the search has left open. */
function widened(interval: Interval, by: number): Interval {
  const { low, high, halfWidth } = interval
  return { ...interval, low: low - by, high: high + by, halfWidth: halfWidth + by }
}

function errorOf({ loads, error }: Crossings): number {
  return mean(loads) * error
}
