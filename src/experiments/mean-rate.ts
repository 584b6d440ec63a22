import { measure } from '../arrivals/measure.ts'
import { mean } from '../statistics/moments.ts'
import type { Prepared } from './prepare.ts'
import { replicated } from './replication.ts'

/** Requests kept of a workload of which only the rate is wanted. */
const SAMPLE = 2

/**
 * The same scenario, where a rate is the mean of the replications' rates. What laws draw comes a little faster or
 * slower than they say, in the first replication too: taken for their rate, it would put every load off by as much.
 */
export async function atMeanRate(prepared: Prepared, replications: number): Promise<Prepared> {
  const { workload } = prepared
  const { measured } = workload
  const unscaled = { ...prepared, workload: { ...workload, factor: 1 } }
  const ratesPerS = [measured.meanRatePerS]
  while (ratesPerS.length < replications) {
    const { arrivals } = replicated(unscaled, ratesPerS.length)
    ratesPerS.push((await measure(arrivals(), SAMPLE)).meanRatePerS)
  }
  return { ...prepared, workload: { ...workload, measured: { ...measured, meanRatePerS: mean(ratesPerS) } } }
}
