import type { PolicyFactory } from './contract.ts'
import { longestMatch, NONE } from './longest-match.ts'
import { leastBy, ttftS } from './scan.ts'

// Preble's E2 (Srivatsa et al. 2024, "Preble: Efficient Distributed Prompt Scheduling for LLM Serving"); its code's `HIGH_LOAD_THRESHOLD`.

/**
 * Exploits where more of the prompt is cached than is to be computed: the longest match, unless it has far more tokens
 * outstanding than the least loaded, which then gets a copy. Else explores: the least seconds of queue and prefill, and
 * of waiting for memory, to the first token. Asks every replica.
 */
export const preble: PolicyFactory = ({ leastLoaded, indexPrefixes, random, options }) => {
  const { balance_ratio: balanceRatio } = options
  const index = leastLoaded('outstandingTokens')
  indexPrefixes()
  return (request, cluster) => {
    const holder = longestMatch(cluster, request)
    const cached = holder === NONE ? 0 : cluster.prefixHitTokens(holder, request)
    if (cached <= request.inputTokens - cached) return leastBy(cluster, request, ttftS)
    const idlest = index.pick(random)
    const own = request.inputTokens + request.predictedTokens
    const least = cluster.outstandingTokens(idlest) + own
    return cluster.outstandingTokens(holder) + own <= balanceRatio * least ? holder : idlest
  }
}
