import type { ClusterView, ReplicaId } from '../../routing/contract.ts'
import { type AdmissionFactory, mayBeShed } from '../contract.ts'

// Gateway API inference extension, saturation detector: queue depth 5 and KV use 0.8, for sheddable requests.

/** Refuses what may be shed while every replica has a queue or is short of KV memory. */
export const saturation: AdmissionFactory = ({ options }) => {
  const isFree = (cluster: ClusterView, replica: ReplicaId) =>
    cluster.waitingRequests(replica) <= options.queue_depth &&
    1 - cluster.kvFreeTokens(replica) / cluster.kvCapacityTokens(replica) <= options.kv_use
  return (_request, cluster, { tier }) => {
    if (!mayBeShed(tier)) return true
    for (let replica = 0; replica < cluster.replicas; replica++) if (isFree(cluster, replica)) return true
    return false
  }
}
