import type { ClusterView, RequestView } from '../contract.ts'
import { keepMarked, mark, type Test } from './candidates.ts'
import type { Candidates, Filter, PartSetup } from './contract.ts'
import { prefixMatch } from './readings.ts'

/**
 * Keeps the replicas that hold enough of the prompt, unless there is none, or the best TTFT among them is expected to be
 * longer than the best among the others by more than the penalty that is allowed.
 */
export function prefixCacheAffinity({ options, random, cluster: { replicas } }: PartSetup): Filter {
  const { affinity_threshold: threshold, exploration_probability: explored } = options
  const penaltyS = options.max_ttft_penalty_ms === 0 ? Infinity : options.max_ttft_penalty_ms / 1000
  const marks = new Uint8Array(replicas)
  const isCached: Test = (cluster, replica, request) => prefixMatch(cluster, replica, request) >= threshold
  return (request, cluster, candidates) => {
    if (candidates.count <= 1 || threshold === 0 || (explored > 0 && random() < explored)) return
    const cached = mark(candidates, marks, cluster, request, isCached)
    if (cached === 0 || cached === candidates.count) return
    if (penaltyS < Infinity && lagS(candidates, marks, cluster, request) > penaltyS) return
    keepMarked(candidates, marks, 1)
  }
}

/** Seconds by which the best TTFT among the marked exceeds that among the others. */
function lagS({ ids, count }: Candidates, marks: Uint8Array, cluster: ClusterView, request: RequestView) {
  let marked = Number.POSITIVE_INFINITY
  let others = Number.POSITIVE_INFINITY
  for (let place = 0; place < count; place++) {
    const ttftS = cluster.expectedTtftS(ids[place], request)
    if (marks[place] === 1) marked = Math.min(marked, ttftS)
    else others = Math.min(others, ttftS)
  }
  return marked - others
}
