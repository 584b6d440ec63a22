import type { ClusterView, LeastLoaded, PolicySetup, ReplicaId } from './contract.ts'

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
