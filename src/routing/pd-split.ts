import type { PolicyFactory } from './contract.ts'
import { availableOf, poolOf } from './pools.ts'

// llm-d `prefix-based-pd-decider`; Dynamo's conditional disaggregation.

/**
 * In a fleet with prefill replicas beside ones that do both: a request stays whole on the least loaded of the latter
 * where fewer than `threshold_tokens` of its prompt are not cached there; others go to the least loaded prefill replica,
 * to be decoded elsewhere (least outstanding requests, ties at random). A threshold of 0 hands all over, one above every
 * prompt none. If the pool that is meant cannot be sent to, the other takes the request. With one pool it is
 * least-requests.
 */
export const pdSplit: PolicyFactory = setup => {
  const { random, options } = setup
  const apart = poolOf('prefill', 'outstandingRequests', setup)
  const whole = poolOf('both', 'outstandingRequests', setup)
  if (apart === undefined || whole === undefined) {
    const all = setup.leastLoaded('outstandingRequests')
    return () => all.pick(random)
  }
  return (request, cluster) => {
    const stay = whole.pick(random)
    const go = apart.pick(random)
    const uncached = request.inputTokens - cluster.prefixHitTokens(stay, request)
    const isShort = uncached < options.threshold_tokens
    return isShort ? availableOf(cluster, stay, go) : availableOf(cluster, go, stay)
  }
}
