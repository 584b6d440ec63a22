import { UserError } from '../core/errors.ts'
import { atLeast } from './bounds.ts'

/** A share from 0 to 1, and the value that this share of the draws stays at or below. */
export type QuantilePoint = readonly [share: number, value: number]

const BUCKETS = 1024

/**
 * The piecewise linear function through the points, for shares in [0, 1). Constant time on average, by a
 * table of where each 1024th of the way begins. Throws a UserError unless shares rise from 0 to 1 and values, from
 * `least` on, do not fall.
 */
export function interpolated(points: readonly QuantilePoint[], least: number): (share: number) => number {
  checkPoints(points, least)
  const shares = Float64Array.from(points, point => point[0])
  const values = Float64Array.from(points, point => point[1])
  const begins = new Int32Array(BUCKETS)
  for (let bucket = 0, i = 0; bucket < BUCKETS; bucket++) {
    while (shares[i + 1] <= bucket / BUCKETS) i++
    begins[bucket] = i
  }
  return share => {
    let i = begins[Math.floor(share * BUCKETS)]
    while (shares[i + 1] <= share) i++
    return values[i] + ((share - shares[i]) / (shares[i + 1] - shares[i])) * (values[i + 1] - values[i])
  }
}

const KNOTS = 4096
const EDGE = 1 / 64

/**
 * A smooth function of a share at the price of a table: linear between 4096 knots, and the function itself in the
 * outer 64ths, where it bends. For a lognormal of sigma 1 the relative error stays below 2e-5.
 */
export function tabulated(at: (share: number) => number): (share: number) => number {
  const knots = Float64Array.from({ length: KNOTS + 1 }, (_, knot) => at(knot / KNOTS))
  return share => {
    if (share < EDGE || share >= 1 - EDGE) return at(share)
    const place = share * KNOTS
    const knot = Math.floor(place)
    return knots[knot] + (place - knot) * (knots[knot + 1] - knots[knot])
  }
}

function checkPoints(points: readonly QuantilePoint[], least: number): void {
  const last = points.length - 1
  if (last < 1 || points[0][0] !== 0 || points[last][0] !== 1) {
    throw new UserError(
      `quantiles go from share ${points[0]?.[0]} to ${points[last]?.[0]}; must go from 0 to 1`,
    )
  }
  for (const [i, [share, value]] of points.entries()) {
    atLeast(`quantiles[${i}] value`, value, i === 0 ? least : points[i - 1][1])
    if (i === 0 || share > points[i - 1][0]) continue
    throw new UserError(`quantiles[${i}] share is ${share}; must be above ${points[i - 1][0]}`)
  }
}
