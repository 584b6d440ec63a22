import { checkPairs, covariance, type Values, variance } from './moments.ts'

/**
 * Spearman's correlation: Pearson's of the ranks, 1 where the one always rises with the other. NaN where either
 * does not vary or has a NaN. Throws a RangeError where a value has no partner.
 */
export function rankCorrelation(a: Values, b: Values): number {
  return correlation(ranks(a), ranks(b))
}

/** Pearson's; NaN where either does not vary. */
export function correlation(a: Values, b: Values): number {
  checkPairs(a, b)
  const spread = Math.sqrt(variance(a)) * Math.sqrt(variance(b))
  return spread > 0 ? Math.min(1, Math.max(-1, covariance(a, b) / spread)) : Number.NaN
}

/** From 1, equal values at the middle of theirs; all NaN where one is. */
export function ranks(values: Values): Float64Array {
  const places = new Float64Array(values.length)
  const order = Array.from(places.keys()).sort((i, j) => values[i] - values[j])
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++
    if (to === from) return places.fill(Number.NaN)
    for (let i = from; i < to; i++) places[order[i]] = (from + 1 + to) / 2
  }
  return places
}
