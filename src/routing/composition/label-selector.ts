import { keep, type Test } from './candidates.ts'
import type { Filter, PartSetup } from './contract.ts'

/** Keeps replicas that have every label told: `matchLabels` of a Kubernetes label selector. */
export function labelSelector({ cluster, labels }: PartSetup): Filter {
  const { kind, device_kind: deviceKind } = labels
  const isMatch = Uint8Array.from({ length: cluster.replicas }, (_, replica) => {
    const isKind = kind === undefined || cluster.kind(replica) === kind
    return isKind && (deviceKind === undefined || cluster.deviceKind(replica) === deviceKind) ? 1 : 0
  })
  const test: Test = (_cluster, replica) => isMatch[replica] === 1
  return (request, view, candidates) => keep(candidates, view, request, test)
}
