import type { Distribution } from './distribution.ts'

const TOP_SHARE = 0.05

/**
 * Hill's estimate of the exponent of a tail that falls like a power of the value, from the largest 20th of the values:
 * small means heavy. NaN where there are too few or the tail is one value.
 */
export function tailExponent({ values, counts, count }: Distribution): number {
  const wanted = Math.floor(TOP_SHARE * count)
  let taken = 0
  let logs = 0
  let i = values.length - 1
  for (; i >= 0 && taken + counts[i] <= wanted; i--) {
    taken += counts[i]
    logs += counts[i] * Math.log(values[i])
  }
  // The threshold is the largest value that is not among the top ones.
  if (wanted === 0 || i < 0 || values[i] <= 0) return Number.NaN
  const excess = (logs + (wanted - taken) * Math.log(values[i])) / wanted - Math.log(values[i])
  return excess > 0 ? 1 / excess : Number.NaN
}
