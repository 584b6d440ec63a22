import type { AdmissionFactory } from '../contract.ts'
import { Bucket } from './bucket.ts'

// BLIS `token-bucket`: requests a second with bursts.

/** So many requests a second, and a burst of them at once. */
export const tokenBucket: AdmissionFactory = ({ options }) => {
  const bucket = new Bucket(options.rate_per_s, options.burst)
  return (_request, _cluster, { nowS }) => bucket.take(1, nowS)
}
