import type { Replica } from '../replicas/replica.ts'
import type {
  AvailabilityListener,
  ClusterView,
  EndedView,
  LeastLoaded,
  Measure,
  Prediction,
  ReplicaId,
  RequestView,
} from '../routing/contract.ts'
import { LoadIndex } from '../routing/least-loaded.ts'
import type { RoutingPolicy } from '../routing/making.ts'
import { Cluster, type CurrentRequest, currentRequest, currentRequestWithTruth } from './cluster.ts'
import { EndedRequest } from './ended-request.ts'
import { PredictionNotes, type PredictionRecord } from './prediction-record.ts'
import type { RouterSetup } from './router-setup.ts'

/** Replicas among which a policy chooses. It sees no others, and these numbered from 0. */
export class Group {
  readonly members: readonly Replica[]
  readonly cluster: Cluster
  /** When the policy that answered `WAIT` wants to be asked again; Infinity: when a request has ended. */
  askAgainS = Number.POSITIVE_INFINITY
  readonly #setup: RouterSetup
  /** Whether it takes over requests whose prompts others have computed. */
  readonly #takesOver: boolean
  readonly #ended: EndedRequest
  /** By id of the replica; filled once somebody listens. */
  readonly #memberOf = new Map<number, ReplicaId>()
  readonly #listeners: ((ended: EndedView) => void)[] = []
  #predictions: PredictionNotes | undefined
  #current: CurrentRequest
  #policy: (request: CurrentRequest, cluster: ClusterView) => ReplicaId = () => 0

  constructor(members: readonly Replica[], setup: RouterSetup, takesOver = false) {
    this.members = members
    this.#setup = setup
    this.#takesOver = takesOver
    this.#ended = new EndedRequest(setup)
    this.#current = currentRequest(setup, takesOver)
    this.cluster = new Cluster(members, setup)
  }

  use(routing: RoutingPolicy): void {
    if ('policy' in routing) {
      this.#policy = routing.policy
      return
    }
    const current = currentRequestWithTruth(this.#setup, this.#takesOver)
    this.#current = current
    this.#policy = (_, cluster) => routing.oracle(current, cluster)
  }

  /** The request as the policy sees it, which may ask about it from now on. */
  look(request: number): RequestView {
    this.#current.id = request
    this.cluster.turnTo(request)
    return this.#current
  }

  /** What the policy answers for the request now: a member, `REJECT` or `WAIT`. */
  pick(request: number): ReplicaId {
    this.look(request)
    const answer = this.#policy(this.#current, this.cluster)
    this.#predictions?.note(request, this.#current, this.cluster, answer)
    return answer
  }

  /** Notes in the record what this group's policy, which goes by these, expects of the requests that it sends. */
  notePredictions(record: PredictionRecord, predicts: readonly Prediction[]): void {
    this.#predictions = new PredictionNotes(record, predicts, this.#takesOver)
  }

  /** The policy expects this of the request that it is deciding about. */
  predicted(prediction: Prediction, value: number): void {
    this.#predictions?.tell(prediction, value)
  }

  /** An index over members that is kept up to date from now on. */
  leastLoaded(measure: Measure, replicas?: readonly ReplicaId[]): LeastLoaded {
    const members = replicas ?? this.members.map((_, member) => member)
    const index = new LoadIndex(members, this.members.length)
    const { loads } = this.#setup
    for (const member of members) loads.watch(measure, this.members[member].id, { index, member })
    return index
  }

  /** The index is kept up to date no longer. */
  release(index: LeastLoaded): void {
    const { members } = index as LoadIndex
    for (const member of members) this.#setup.loads.unwatch(this.members[member].id, index as LoadIndex)
  }

  /** Tells whenever a member becomes available or no longer is, and now of those that are not. */
  onAvailable(listener: AvailabilityListener): void {
    this.members.forEach(({ id }, member) => {
      this.#setup.loads.watchGate(id, isOpen => listener(member, isOpen))
    })
  }

  /** Tells of every request that this group's policy sent, when it has ended. */
  onEnd(listener: (ended: EndedView) => void): void {
    for (const [member, { id }] of this.members.entries()) this.#memberOf.set(id, member)
    this.#listeners.push(listener)
  }

  /** A request of the fleet has ended with an output. */
  ended(request: number): void {
    if (this.#listeners.length === 0) return
    const { replica, journeys } = this.#setup.requests
    const first = journeys.prefillReplica.at(request)
    const isHandedOver = first >= 0
    if (this.#takesOver && !isHandedOver) return
    const sentTo = isHandedOver && !this.#takesOver ? first : replica[request]
    const member = this.#memberOf.get(sentTo)
    if (member === undefined) return
    this.#ended.turnTo(request, member)
    for (let i = 0; i < this.#listeners.length; i++) this.#listeners[i](this.#ended)
  }
}
