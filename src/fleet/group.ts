import type { Calendar } from '../core/calendar.ts'
import type { Replica } from '../replicas/replica.ts'
import type { RequestTable } from '../requests/table.ts'
import {
  type ClusterView,
  type LeastLoaded,
  type Measure,
  REJECT,
  type ReplicaId,
} from '../routing/contract.ts'
import { LoadIndex } from '../routing/least-loaded.ts'
import type { RoutingPolicy } from '../routing/registry.ts'
import { Cluster, type CurrentRequest, currentRequest, currentRequestWithTruth } from './cluster.ts'
import type { SeenLengths } from './expectations.ts'
import type { Loads } from './loads.ts'

/** Replicas among which a policy chooses. It sees no others, and these numbered from 0. */
export class Group {
  readonly members: readonly Replica[]
  readonly cluster: Cluster
  readonly #requests: RequestTable
  readonly #classes: readonly string[]
  readonly #loads: Loads
  #current: CurrentRequest
  #policy: (request: CurrentRequest, cluster: ClusterView) => ReplicaId = () => 0

  /** @param loads of all replicas of the fleet */
  constructor(
    members: readonly Replica[],
    calendar: Calendar,
    requests: RequestTable,
    loads: Loads,
    classes: readonly string[],
    seen: SeenLengths,
    pue: number,
  ) {
    this.members = members
    this.#requests = requests
    this.#classes = classes
    this.#loads = loads
    this.#current = currentRequest(requests, classes)
    this.cluster = new Cluster(calendar, members, requests, loads, seen, pue)
  }

  use(routing: RoutingPolicy): void {
    if ('policy' in routing) {
      this.#policy = routing.policy
      return
    }
    const current = currentRequestWithTruth(this.#requests, this.#classes)
    this.#current = current
    this.#policy = (_, cluster) => routing.oracle(current, cluster)
  }

  /** The replica that the policy sends the request to now; absent where it refuses it. */
  pick(request: number): Replica | undefined {
    this.#current.id = request
    this.cluster.turnTo(request)
    const member = this.#policy(this.#current, this.cluster)
    return member === REJECT ? undefined : this.members[member]
  }

  /** An index over members that is kept up to date from now on. */
  leastLoaded(measure: Measure, replicas?: readonly ReplicaId[]): LeastLoaded {
    const members = replicas ?? this.members.map((_, member) => member)
    const index = new LoadIndex(members, this.members.length)
    for (const member of members) this.#loads.watch(measure, this.members[member].id, { index, member })
    return index
  }
}
