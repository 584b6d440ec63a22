import type { Random } from '../core/random.ts'

/**
 * Draws a place with a probability in proportion to exp(-cost / (range * temperature)), where the range is that from the
 * least cost to the greatest that is finite: so the scale of the costs does not matter. At temperature 0, one of the
 * least. What costs Infinity is never drawn, unless all does. One draw.
 */
export function softMin(costs: Float64Array, temperature: number, random: Random): number {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < costs.length; i++) {
    least = Math.min(least, costs[i])
    if (costs[i] < Number.POSITIVE_INFINITY) most = Math.max(most, costs[i])
  }
  const scale = (most - least) * temperature
  let sum = 0
  for (let i = 0; i < costs.length; i++) sum += weight(costs[i], least, scale)
  let left = random() * sum
  let last = 0
  for (let i = 0; i < costs.length; i++) {
    const share = weight(costs[i], least, scale)
    if (share === 0) continue
    last = i
    left -= share
    if (left < 0) break
  }
  return last
}

function weight(cost: number, least: number, scale: number): number {
  if (cost === least) return 1
  return scale > 0 ? Math.exp((least - cost) / scale) : 0
}
