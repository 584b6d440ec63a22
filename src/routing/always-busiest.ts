import type { ClusterView, PolicyFactory, ReplicaId } from './contract.ts'
import { leastBy } from './scan.ts'

// BLIS `always-busiest`: as wrong as can be, to see that balance matters and is measured.

/** The most requests outstanding, asking every replica. Ties: lowest id. */
export const alwaysBusiest: PolicyFactory = () => (request, cluster) => leastBy(cluster, request, idleness)

function idleness(cluster: ClusterView, replica: ReplicaId): number {
  return -cluster.outstandingRequests(replica)
}
