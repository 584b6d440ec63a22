import type { Highs } from 'highs'
import { UserError } from '../core/errors.ts'
import { solver } from '../core/linear-program.ts'
import type { Random } from '../core/random.ts'
import { bucketShares, type KindOfReplicas } from './bucket-shares.ts'
import type { ClusterView, LeastLoaded, PolicyFactory, PolicySetup, ReplicaId } from './contract.ts'
import { replicasByKind } from './pools.ts'
import { type SizeBucket, SizeBuckets } from './size-buckets.ts'

// Mélange (Griggs et al. 2024): shares of every bucket of request sizes by kind from a program, drawn online.

interface Kind extends KindOfReplicas {
  readonly index: LeastLoaded
}

let highs: Highs | undefined

/** Done once the solver is there, which `melangeAssign` needs. */
export async function assignReady(): Promise<void> {
  highs = await solver()
}

/**
 * Requests fall into buckets of like size (prompt and predicted output, each within a factor of 2). The shares of a
 * bucket that go to each kind are those of least $ by which no kind is busier than `most_busy`; where that cannot be, or
 * `by_price` is 0, those by which the busiest is least so. A request draws a kind by the shares of its bucket and goes
 * to its least loaded replica (ties at random) or, if nothing may be sent there, to another kind that serves its size.
 *
 * What comes is learned. Shares are worked out after `learn_requests`, again whenever twice as many have come, and at
 * the latest after another `assign_requests`; what came before counts half each time. Until then a bucket's shares are
 * by what the kinds serve of it.
 *
 * Kinds are compared by what their replicas do of a request: a price is comparable only where all do the same part.
 */
export const melangeAssign: PolicyFactory = setup => {
  const { cluster, random, options } = setup
  const pools = replicasByKind(cluster)
  const kinds = pools.map(replicas => kindOf(replicas, setup))
  const buckets = new SizeBuckets(
    kinds.map(({ replicas }) => replicas),
    (kind, { inputTokens, outputTokens }, slo) =>
      cluster.sizedRequestsPerS(pools[kind][0], inputTokens, outputTokens, slo),
  )
  const mostBusy = options.by_price === 1 ? options.most_busy : 0
  let due = options.learn_requests
  return (request, { nowS }) => {
    const bucket = buckets.add(request, nowS)
    if (buckets.seen === due) {
      if (kinds.length > 1) assign(buckets, kinds, mostBusy, nowS)
      due += Math.min(due, options.assign_requests)
    }
    return sentBy(bucket, kinds, cluster, random)
  }
}

function kindOf(replicas: readonly ReplicaId[], { cluster, options, leastLoaded }: PolicySetup): Kind {
  const [first] = replicas
  const price = options.by_price === 1 ? cluster.usdPerHour(first) : 1
  if (Number.isNaN(price)) {
    throw new UserError(
      `melange-assign: the price of '${cluster.kind(first)}' is not known; 'by_price: 0' assigns by how busy kinds are`,
    )
  }
  return { replicas: replicas.length, price, index: leastLoaded('outstandingRequests', replicas) }
}

/** Gives every bucket its shares. All that comes at one instant says nothing of how busy kinds will be. */
function assign(buckets: SizeBuckets, kinds: readonly Kind[], mostBusy: number, nowS: number): void {
  if (highs === undefined) throw new Error('melange-assign was made before it was ready')
  const recent = buckets.recent()
  const seconds = buckets.countedS(nowS)
  const demand = recent.map(({ count, ratesPerS }) => ({ requestsPerS: count / (seconds || 1), ratesPerS }))
  const shares = bucketShares(highs, demand, kinds, seconds > 0 ? mostBusy : 0)
  recent.forEach((bucket, number) => {
    bucket.shares = shares[number]
  })
  buckets.halve(nowS)
}

/** The least loaded replica of a kind that is drawn, or of the next one that serves the bucket and can be sent to. */
function sentBy(
  { shares, ratesPerS }: SizeBucket,
  kinds: readonly Kind[],
  cluster: ClusterView,
  random: Random,
): ReplicaId {
  const kind = drawn(shares, random())
  const replica = kinds[kind].index.pick(random)
  if (cluster.isAvailable(replica)) return replica
  for (let i = 1; i < kinds.length; i++) {
    const other = (kind + i) % kinds.length
    if (ratesPerS[other] === 0) continue
    const instead = kinds[other].index.pick(random)
    if (cluster.isAvailable(instead)) return instead
  }
  return replica
}

/** An index by its share. @param draw from 0 to below 1 */
function drawn(shares: Float64Array, draw: number): number {
  let left = draw
  let last = 0
  for (let i = 0; i < shares.length; i++) {
    if (shares[i] === 0) continue
    last = i
    left -= shares[i]
    if (left < 0) break
  }
  return last
}
