import type { ClusterView, LeastLoaded, Measure, PolicySetup, ReplicaId, Role } from './contract.ts'

/** The fleet in two pools by device kind, each with an index by outstanding requests; none for an empty pool. */
export interface Pools {
  readonly inside: LeastLoaded | undefined
  readonly outside: LeastLoaded | undefined
}

/** The replicas on devices of the kind, and the others. */
export function poolsBy(deviceKind: string, { cluster, leastLoaded }: PolicySetup): Pools {
  const inside = replicasOf(cluster).filter(replica => cluster.deviceKind(replica) === deviceKind)
  const outside = replicasOf(cluster).filter(replica => cluster.deviceKind(replica) !== deviceKind)
  return { inside: index(inside), outside: index(outside) }

  function index(pool: readonly ReplicaId[]): LeastLoaded | undefined {
    return pool.length > 0 ? leastLoaded('outstandingRequests', pool) : undefined
  }
}

/** An index over the replicas of a role; undefined where there are none. */
export function poolOf(
  role: Role,
  measure: Measure,
  { cluster, leastLoaded }: PolicySetup,
): LeastLoaded | undefined {
  const pool = replicasOf(cluster).filter(replica => cluster.role(replica) === role)
  return pool.length > 0 ? leastLoaded(measure, pool) : undefined
}

/** The replica that is meant, unless nothing may be sent there and something may to the other. */
export function availableOf(cluster: ClusterView, meant: ReplicaId, other: ReplicaId): ReplicaId {
  return cluster.isAvailable(meant) || !cluster.isAvailable(other) ? meant : other
}

/** The replicas of each kind, the kinds in the order in which the fleet has them. */
export function replicasByKind(cluster: ClusterView): ReplicaId[][] {
  const byKind = new Map<string, ReplicaId[]>()
  for (const replica of replicasOf(cluster)) {
    const sameKind = byKind.get(cluster.kind(replica))
    if (sameKind === undefined) byKind.set(cluster.kind(replica), [replica])
    else sameKind.push(replica)
  }
  return [...byKind.values()]
}

function replicasOf(cluster: ClusterView): ReplicaId[] {
  return Array.from({ length: cluster.replicas }, (_, replica) => replica)
}
