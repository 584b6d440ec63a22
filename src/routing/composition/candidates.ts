import type { ClusterView, ReplicaId, RequestView } from '../contract.ts'
import type { Candidates } from './contract.ts'

/** Whether a replica passes. Lives as long as the policy, so that filtering allocates nothing. */
export type Test = (cluster: ClusterView, replica: ReplicaId, request: RequestView) => boolean

/** All replicas, as far as arrays of so many go. */
export function candidatesOf(replicas: number): Candidates {
  return { ids: new Int32Array(replicas), count: 0 }
}

/** Makes candidates of all replicas that are available. */
export function readmit(candidates: Candidates, cluster: ClusterView): void {
  const { ids } = candidates
  let admitted = 0
  for (let replica = 0; replica < ids.length; replica++) {
    if (cluster.isAvailable(replica)) ids[admitted++] = replica
  }
  candidates.count = admitted
}

/** Keeps those that pass. */
export function keep(candidates: Candidates, cluster: ClusterView, request: RequestView, test: Test): void {
  const { ids, count } = candidates
  let kept = 0
  for (let place = 0; place < count; place++) {
    if (test(cluster, ids[place], request)) ids[kept++] = ids[place]
  }
  candidates.count = kept
}

/** Writes by place whether each passes, 1 or 0. @returns how many do */
export function mark(
  { ids, count }: Candidates,
  marks: Uint8Array,
  cluster: ClusterView,
  request: RequestView,
  test: Test,
): number {
  let passed = 0
  for (let place = 0; place < count; place++) {
    marks[place] = test(cluster, ids[place], request) ? 1 : 0
    passed += marks[place]
  }
  return passed
}

/** Keeps those that bear the mark. */
export function keepMarked(candidates: Candidates, marks: Uint8Array, bearing: 0 | 1): void {
  const { ids, count } = candidates
  let kept = 0
  for (let place = 0; place < count; place++) {
    if (marks[place] === bearing) ids[kept++] = ids[place]
  }
  candidates.count = kept
}
