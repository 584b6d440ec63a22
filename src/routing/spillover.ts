import { UserError } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { ClusterView, LeastLoaded, PolicyFactory, PolicySetup, ReplicaId } from './contract.ts'
import { replicasByKind } from './pools.ts'

// fleet-sim `SpilloverRouter`: on to the next pool from 2 requests a replica; its pools by context, these by price.

/**
 * Kind by kind, the cheapest a request first: to the first kind with fewer outstanding requests a replica, on average,
 * than the threshold, and there to the least loaded replica (ties at random). The last kind takes what is left over. The
 * default threshold is the source's, and low for replicas that run many at once: the last kind is then flooded. A kind
 * of which no replica is available is passed over, and while it is the last, the first that is not takes its place.
 */
export const spillover: PolicyFactory = setup => {
  const { options, random } = setup
  const kinds = inOrder(setup)
  const pools = kinds.map(replicas => setup.leastLoaded('outstandingRequests', replicas))
  const full = kinds.map(
    replicas => replicas.length * (options[setup.cluster.kind(replicas[0])] ?? options.threshold),
  )
  const last = pools.length - 1
  return (_request, cluster) => {
    for (let pool = 0; pool < last; pool++) {
      if (pools[pool].total() >= full[pool]) continue
      const replica = pools[pool].pick(random)
      if (cluster.isAvailable(replica)) return replica
    }
    const leftOver = pools[last].pick(random)
    return cluster.isAvailable(leftOver) ? leftOver : firstAvailable(pools, cluster, random, leftOver)
  }
}

/** The least loaded of the first pool of which any is available, or what is given instead. */
function firstAvailable(
  pools: readonly LeastLoaded[],
  cluster: ClusterView,
  random: Random,
  instead: ReplicaId,
): ReplicaId {
  for (let pool = 0; pool < pools.length; pool++) {
    const replica = pools[pool].pick(random)
    if (cluster.isAvailable(replica)) return replica
  }
  return instead
}

function inOrder({ cluster, options }: PolicySetup): ReplicaId[][] {
  const kinds = replicasByKind(cluster)
  if (options.cheapest_first === 0 || kinds.length === 1) return kinds
  return kinds
    .map(replicas => ({ replicas, usd: usdPerRequest(cluster, replicas[0]) }))
    .sort((a, b) => a.usd - b.usd)
    .map(({ replicas }) => replicas)
}

/** Of a saturated replica. */
function usdPerRequest(cluster: ClusterView, replica: ReplicaId): number {
  const usdPerHour = cluster.usdPerHour(replica)
  const requestsPerS = cluster.saturationRequestsPerS(replica)
  const usd = usdPerHour / 3600 / requestsPerS
  if (!Number.isNaN(usd)) return usd
  throw new UserError(
    `spillover: what a request costs on '${cluster.kind(replica)}' is not known: it is ${usdPerHour} $/h at ` +
      `${requestsPerS} requests/s; 'cheapest_first: 0' takes the kinds in the order of the fleet`,
  )
}
