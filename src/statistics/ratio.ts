import { boundedInterval, type Interval } from './interval.ts'
import { checkPairs, mean, sum, type Values } from './moments.ts'
import { criticalT } from './quantile-functions.ts'
import { degreesOf, errorCovariance, type Sampling } from './sampling.ts'

/**
 * Of a ratio of sums over replications, such as dollars to millions of tokens, by Fieller's theorem (1954): the
 * ratios R for which a t test does not tell the mean of `numerator - R denominator` from 0. Exact for pairs of normal
 * law, where the delta method and the mean of the replications' ratios are not, and endless where the denominator
 * itself cannot be told from 0. (Iglehart 1975 weighs it against the jackknife.)
 *
 * Throws a RangeError where a numerator has no denominator.
 */
export function ratioInterval(
  numerators: Values,
  denominators: Values,
  confidence: number,
  sampling: Sampling = 'independent',
): Interval {
  checkPairs(numerators, denominators)
  const n = numerators.length
  const estimate = sum(numerators) / sum(denominators)
  const residuals = Float64Array.from(numerators, (value, i) => value - estimate * denominators[i])
  const degrees = degreesOf(n, sampling)
  const reach2 = degrees < 1 ? Number.POSITIVE_INFINITY : criticalT(confidence, degrees) ** 2
  const spread = (a: Values, b: Values) => reach2 * errorCovariance(a, b, sampling)
  const sure = mean(denominators) ** 2 - spread(denominators, denominators)
  if (Number.isNaN(estimate)) return boundedInterval(estimate, [estimate, estimate], n, confidence)
  if (!(sure > 0)) return boundedInterval(estimate, [-Infinity, Infinity], n, confidence)
  const middle = -spread(residuals, denominators) / sure
  const reach = Math.sqrt(middle * middle + spread(residuals, residuals) / sure)
  return boundedInterval(estimate, [estimate + middle - reach, estimate + middle + reach], n, confidence)
}
