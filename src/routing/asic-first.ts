import type { PolicyFactory } from './contract.ts'
import { poolsBy } from './pools.ts'

// Spill-over from the preferred pool: vLLM semantic router `SpilloverRouter`, with the TTFT objective as threshold.

/**
 * The least loaded ASIC replica unless the ASICs are saturated, and then the least loaded of the others
 * (least outstanding requests, ties at random). Saturated: the request's expected TTFT on the least loaded
 * ASIC exceeds the objective. Not "a request waits there": everything that arrives during a step waits for its
 * end, on an idle fleet too. Not TPOT: a card slower than the objective misses it when empty as well.
 */
export const asicFirst: PolicyFactory = setup => {
  const { inside: asics, outside: others } = poolsBy('asic', setup)
  const { random, slo } = setup
  if (asics === undefined || others === undefined) {
    const all = setup.leastLoaded('outstandingRequests')
    return () => all.pick(random)
  }
  return (request, cluster) => {
    const asic = asics.pick(random)
    return cluster.expectedTtftS(asic, request) <= slo.ttftS ? asic : others.pick(random)
  }
}
