import { boundedInterval, type Interval, meanInterval } from './interval.ts'
import { sum, type Values } from './moments.ts'
import { criticalZ } from './quantile-functions.ts'
import type { Sampling } from './sampling.ts'

/**
 * Of a share among independent trials (Wilson 1927): inside [0, 1], and not empty where all or none succeed.
 *
 * Requests of one run queue behind the same others, so they are not independent and this is too narrow for them: it
 * says what the count alone leaves open. With replications take `attainmentInterval`. No trials: NaN in [0, 1].
 */
export function wilsonInterval(successes: number, trials: number, confidence: number): Interval {
  const z = criticalZ(confidence)
  if (trials === 0) return boundedInterval(Number.NaN, [0, 1], 0, confidence)
  const share = successes / trials
  const weight = (z * z) / trials
  const middle = (share + weight / 2) / (1 + weight)
  const reach = Math.sqrt(weight * share * (1 - share) + (weight * weight) / 4) / (1 + weight)
  const low = successes === 0 ? 0 : middle - reach
  const high = successes === trials ? 1 : middle + reach
  return boundedInterval(share, [low, high], trials, confidence)
}

/**
 * Of the mean of the replications' shares, each out of so many requests: Student's t over replications, inside [0, 1],
 * and never narrower than Wilson's on all requests together. Where every replication attains 100 %, t alone
 * would be sure of it. Draws have the requests of one trace again and again: Wilson's is on those of one.
 *
 * Throws a RangeError where shares and requests differ in number.
 */
export function attainmentInterval(
  shares: Values,
  requests: Values,
  confidence: number,
  sampling: Sampling = 'independent',
): Interval {
  if (shares.length !== requests.length)
    throw new RangeError(`${shares.length} shares cannot be of ${requests.length} counts of requests`)
  const met = Float64Array.from(shares, (share, i) => share * requests[i])
  const across = meanInterval(shares, confidence, sampling)
  const times = sampling === 'redrawn' ? shares.length : 1
  const pooled = wilsonInterval(sum(met) / times, sum(requests) / times, confidence)
  const low = Math.max(0, Math.min(across.low, pooled.low))
  const high = Math.min(1, Math.max(across.high, pooled.high))
  return boundedInterval(across.estimate, [low, high], shares.length, confidence)
}
