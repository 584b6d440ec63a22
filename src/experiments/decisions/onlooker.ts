import type { ClusterView, PolicySetup, ReplicaId, RequestView } from '../../routing/contract.ts'
import type { PolicyEntry } from '../../routing/registry.ts'

/** A policy has answered, and nothing has come of it yet. */
export interface Answered {
  readonly request: RequestView
  readonly cluster: ClusterView
  readonly replica: ReplicaId
  /** When it wants to be asked again; NaN where it has not said. */
  readonly againS: number
  /** Of the replicas among which it chooses, each of which has a policy of its own; from 0. */
  readonly group: number
}

/** Looks over the shoulder of a policy. */
export interface Onlooker {
  /** Before the policy is asked. */
  asked?(request: RequestView, cluster: ClusterView): void
  answered(answered: Answered): void
}

/** The same policy with someone looking. Good for one run. */
export function lookedAt(entry: PolicyEntry, onlooker: Onlooker): PolicyEntry {
  let groups = 0
  const shown = <R extends RequestView>(make: (setup: PolicySetup) => Decide<R>) => {
    return (setup: PolicySetup) => shownAt(make, setup, onlooker, groups++)
  }
  if ('make' in entry) return { ...entry, make: shown(entry.make) }
  return { ...entry, oracle: shown(entry.oracle) }
}

type Decide<R> = (request: R, cluster: ClusterView) => ReplicaId

function shownAt<R extends RequestView>(
  make: (setup: PolicySetup) => Decide<R>,
  setup: PolicySetup,
  onlooker: Onlooker,
  group: number,
): Decide<R> {
  let againS = Number.NaN
  const askAgainAt = (timeS: number) => {
    againS = timeS
    setup.askAgainAt(timeS)
  }
  const policy = make({ ...setup, askAgainAt })
  return (request, cluster) => {
    againS = Number.NaN
    onlooker.asked?.(request, cluster)
    const replica = policy(request, cluster)
    onlooker.answered({ request, cluster, replica, againS, group })
    return replica
  }
}
