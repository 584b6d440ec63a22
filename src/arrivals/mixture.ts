import { UserError } from '../core/errors.ts'
import { within } from './bounds.ts'

/** A function of a share, and the share of all draws that are its. */
export interface Part<T> {
  readonly share: number
  readonly at: (share: number) => T
}

/** Shares given with four digits are near enough to 1. */
const TOLERANCE = 1e-4

/** Running sums of shares, the last of them 1. Throws a UserError unless shares from 0 to 1 add up to 1. */
export function runningShares(shares: readonly number[]): Float64Array {
  let total = 0
  const ends = Float64Array.from(shares, (share, i) => {
    total += within(`share ${i + 1}`, share, 0, 1)
    return total
  })
  if (!(Math.abs(total - 1) <= TOLERANCE)) throw new UserError(`shares add up to ${total}; must to 1`)
  return ends.map(end => end / total)
}

/** The place in running shares that a share in [0, 1) falls to. */
export function placeOf(ends: Float64Array, share: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ends[middle] <= share) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * One of several functions, each for its share of the shares: what is left of the share picks in it. Throws a UserError
 * unless shares add up to 1.
 */
export function mixed<T>(parts: readonly Part<T>[]): (share: number) => T {
  const ends = runningShares(parts.map(part => part.share))
  return share => {
    const place = placeOf(ends, share)
    const from = place === 0 ? 0 : ends[place - 1]
    return parts[place].at(Math.min((share - from) / (ends[place] - from), BELOW_ONE))
  }
}

/** The largest number below 1. */
export const BELOW_ONE = 1 - Number.EPSILON / 2
