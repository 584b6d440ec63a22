import type { ClusterView, PolicyFactory, ReplicaId } from './contract.ts'
import { leastBy } from './scan.ts'

// vLLM's internal data-parallel balancer (`DPLBAsyncMPClient.get_core_engine_for_request`); LLMServingSim `LOAD`.

const WAITING_WEIGHT = 4

/**
 * The least of 4 * waiting + running, asking every replica. Ties: lowest id, as vLLM with one front end. Requests on
 * their way count as waiting: vLLM's front end counts what it has sent before the engine has told of it.
 */
export const vllmDp: PolicyFactory = () => (request, cluster) => leastBy(cluster, request, score)

function score(cluster: ClusterView, replica: ReplicaId): number {
  const running = cluster.runningRequests(replica)
  return WAITING_WEIGHT * (cluster.outstandingRequests(replica) - running) + running
}
