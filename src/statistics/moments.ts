/** Numbers in order, such as one figure of every replication. One that is NaN makes every statistic of them NaN. */
export type Values = ArrayLike<number>

export function sum(values: Values): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

/** NaN of nothing. What rounding left of the first pass is added in a second: equal values have exactly their mean. */
export function mean(values: Values): number {
  const rough = sum(values) / values.length
  if (!Number.isFinite(rough)) return rough
  let left = 0
  for (let i = 0; i < values.length; i++) left += values[i] - rough
  return rough + left / values.length
}

/** Of the population that the values are drawn from; NaN of fewer than two. */
export function variance(values: Values): number {
  return covariance(values, values)
}

/** Of the population that the pairs are drawn from, around both means; NaN of fewer than two. */
export function covariance(a: Values, b: Values): number {
  checkPairs(a, b)
  const meanA = mean(a)
  const meanB = mean(b)
  let products = 0
  for (let i = 0; i < a.length; i++) products += (a[i] - meanA) * (b[i] - meanB)
  return a.length < 2 ? Number.NaN : products / (a.length - 1)
}

/** Of the mean, as an estimate of the population's; the values are independent. */
export function standardError(values: Values): number {
  return Math.sqrt(variance(values) / values.length)
}

export function differences(a: Values, b: Values): Float64Array {
  checkPairs(a, b)
  return Float64Array.from(a, (value, i) => value - b[i])
}

/** Throws a RangeError where the one has no partner in the other. */
export function checkPairs(a: Values, b: Values): void {
  if (a.length !== b.length) throw new RangeError(`${a.length} values cannot be paired with ${b.length}`)
}
