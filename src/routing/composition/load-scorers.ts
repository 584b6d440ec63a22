import type { PartSetup, Scorer } from './contract.ts'
import { greatestOf, outstanding, read, waiting } from './readings.ts'
import { downTo0At } from './scores.ts'

/** Half of what goes down to 0 at the threshold: the other half is set aside for replicas known to have room. */
export function loadAware({ options }: PartSetup): Scorer {
  const score = downTo0At(options.threshold, waiting)
  return (request, cluster, candidates, scores) => {
    score(request, cluster, candidates, scores)
    for (let place = 0; place < candidates.count; place++) scores[place] *= 0.5
  }
}

/** How much fewer requests are outstanding than where most are, as a share of those, unless the replica is idle. */
export function activeRequests({ options }: PartSetup): Scorer {
  const { idle_threshold: idle, max_busy_score: mostBusy } = options
  return (request, cluster, candidates, scores) => {
    const { count } = candidates
    read(candidates, cluster, request, outstanding, scores)
    const most = greatestOf(scores, count)
    for (let place = 0; place < count; place++) {
      scores[place] = scores[place] <= idle ? 1 : ((most - scores[place]) / most) * mostBusy
    }
  }
}
