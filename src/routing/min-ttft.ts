import { type PolicyFactory, REJECT } from './contract.ts'
import { leastBy, ttftS } from './scan.ts'
import { meets } from './within-slo.ts'

// Mooncake Conductor (Qin et al. 2024), Algorithm 1 without the transfer of caches, which replicas do by themselves.

/**
 * The least expected time to the first token, prompts cached counted as computed. Asks every replica. Ties: lowest id.
 * With `reject`, a request that is expected to break the SLO even there is refused, unless no replica is available.
 */
export const minTtft: PolicyFactory = ({ indexPrefixes, options }) => {
  const rejects = options.reject === 1
  indexPrefixes()
  return (request, cluster) => {
    const best = leastBy(cluster, request, ttftS)
    const isJudged = rejects && cluster.isAvailable(best)
    return isJudged && !meets(request, cluster, best) ? REJECT : best
  }
}
