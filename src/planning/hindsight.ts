import { type Entrant, race, type Standing } from '../experiments/race.ts'
import type { Course } from '../fleet/course.ts'
import type { ClusterView, OracleRequestView, ReplicaId, RequestView } from '../routing/contract.ts'
import type { PolicyEntry } from '../routing/registry.ts'
import { cheapestWithinSlo, WITHIN_SLO_OPTIONS } from '../routing/within-slo.ts'

/**
 * Schedules made with the true output lengths in hand. Each has been run, so it can be achieved, by who knows the
 * lengths; it is no bound, and something better may be possible.
 */
export const HINDSIGHT: readonly Entrant[] = [
  { name: 'oracle-least-expected-latency', label: 'hindsight: ends first' },
  {
    name: 'hindsight-cheapest',
    label: 'hindsight: cheapest in time',
    entry: greedy('fewest dollars within the SLO, told the true output length', (view, replica, request) =>
      view.expectedUsd(replica, request),
    ),
  },
  {
    name: 'hindsight-thriftiest',
    label: 'hindsight: fewest joules in time',
    entry: greedy('fewest joules within the SLO, told the true output length', (view, replica, request) =>
      view.expectedJoules(replica, request),
    ),
  },
]

/** Runs all schedules that the fleet has prices for. */
export function hindsightRuns(course: Course): Promise<Standing[]> {
  const isPriced = course.replicas.every(kind => !Number.isNaN(course.kinds[kind].usdPerHour))
  return race(course, isPriced ? HINDSIGHT : HINDSIGHT.filter(({ name }) => name !== 'hindsight-cheapest'))
}

function greedy(
  about: string,
  price: (cluster: ClusterView, replica: ReplicaId, request: RequestView) => number,
): PolicyEntry {
  const oracle = (setup: Parameters<typeof cheapestWithinSlo>[0]) => {
    const policy = cheapestWithinSlo(setup, price)
    const informed = informer()
    return (request: OracleRequestView, cluster: ClusterView) => policy(informed(request), cluster)
  }
  return { about, options: WITHIN_SLO_OPTIONS, oracle }
}

/** Shows requests as if their true output lengths were the predicted ones. The request is one and the same window. */
function informer(): (request: OracleRequestView) => RequestView {
  let shown: RequestView | undefined
  let of: OracleRequestView | undefined
  return request => {
    if (shown === undefined || of !== request) {
      of = request
      shown = Object.create(request, { predictedTokens: { get: () => request.outputTokens } }) as RequestView
    }
    return shown
  }
}
