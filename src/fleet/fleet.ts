import type { Calendar } from '../core/calendar.ts'
import type { ReplicaListener } from '../replicas/batch.ts'
import type { Replica } from '../replicas/replica.ts'
import type { RequestTable } from '../requests/table.ts'
import type { ClusterView, LeastLoaded, Measure, ReplicaId } from '../routing/contract.ts'
import { LoadIndex } from '../routing/least-loaded.ts'
import type { RoutingPolicy } from '../routing/registry.ts'
import { Cluster, type CurrentRequest, currentRequest, currentRequestWithTruth } from './cluster.ts'

/** Output tokens expected while no request, or none of the class, has finished yet. */
export const PRIOR_OUTPUT_TOKENS = 256

/** Told of every request that has ended, before its slot is used again. */
export type EndObserver = (request: number) => void

interface Index {
  readonly measure: Measure
  readonly index: LoadIndex
}

/** The replicas behind one router: routes requests, keeps what the router knows, and hands on what has ended. */
export class Fleet implements ReplicaListener {
  readonly replicas: Replica[] = []
  readonly cluster: Cluster
  /** Requests routed so far, and their prompt tokens. */
  routed = 0
  #routedInputTokens = 0
  #finished = 0
  #finishedTokens = 0
  readonly #requests: RequestTable
  readonly #outstandingTokens: Float64Array
  readonly #classes: readonly string[]
  readonly #observers: EndObserver[] = []
  readonly #indexes: Index[] = []
  readonly #classCount: Float64Array
  readonly #classTokens: Float64Array
  #current: CurrentRequest
  #policy: (request: CurrentRequest, cluster: ClusterView) => ReplicaId = () => 0

  constructor(
    calendar: Calendar,
    requests: RequestTable,
    replicas: number,
    classes: readonly string[],
    pue: number,
  ) {
    this.#requests = requests
    this.#outstandingTokens = new Float64Array(replicas)
    this.#classCount = new Float64Array(classes.length)
    this.#classTokens = new Float64Array(classes.length)
    this.#classes = classes
    this.#current = currentRequest(requests, classes)
    this.cluster = new Cluster(calendar, this.replicas, this.#outstandingTokens, this, pue)
  }

  /** Mean prompt length of the requests routed so far; 0 before the first. */
  get meanInputTokens(): number {
    return this.routed === 0 ? 0 : this.#routedInputTokens / this.routed
  }

  /** Mean output length of the requests finished so far; the prior before the first. */
  get meanOutputTokens(): number {
    return this.#finished === 0 ? PRIOR_OUTPUT_TOKENS : this.#finishedTokens / this.#finished
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

  observe(observer: EndObserver): void {
    this.#observers.push(observer)
  }

  /** An index over replicas that the fleet keeps up to date from now on. */
  leastLoaded(measure: Measure, replicas?: readonly ReplicaId[]): LeastLoaded {
    const members = replicas ?? this.replicas.map(replica => replica.id)
    const index = new LoadIndex(members, this.replicas.length)
    for (const replica of members) index.update(replica, this.cluster[measure](replica))
    this.#indexes.push({ measure, index })
    return index
  }

  /** Sends a request that has arrived now where the policy says. */
  route(request: number): void {
    const requests = this.#requests
    requests.predictedTokens[request] = this.#predict(request)
    requests.ordinal[request] = this.routed++
    this.#routedInputTokens += requests.inputTokens[request]
    this.#current.id = request
    const replica = this.#policy(this.#current, this.cluster)
    this.#outstandingTokens[replica] += requests.inputTokens[request] + requests.predictedTokens[request]
    this.replicas[replica].deliver(request)
    this.#measure(replica)
  }

  ended(request: number): void {
    const requests = this.#requests
    const replica = requests.replica[request]
    this.#outstandingTokens[replica] -= requests.inputTokens[request] + requests.predictedTokens[request]
    if (requests.emittedTokens[request] > 0) {
      this.#classCount[requests.classId[request]]++
      this.#classTokens[requests.classId[request]] += requests.emittedTokens[request]
      this.#finished++
      this.#finishedTokens += requests.emittedTokens[request]
    }
    for (let i = 0; i < this.#observers.length; i++) this.#observers[i](request)
    requests.release(request)
    this.#measure(replica)
  }

  /** Whole tokens, so that sums over outstanding requests return to 0 exactly. */
  #predict(request: number): number {
    const requests = this.#requests
    const group = requests.classId[request]
    const count = this.#classCount[group]
    return count === 0 ? PRIOR_OUTPUT_TOKENS : Math.max(1, Math.round(this.#classTokens[group] / count))
  }

  #measure(replica: ReplicaId): void {
    for (let i = 0; i < this.#indexes.length; i++) {
      const { measure, index } = this.#indexes[i]
      index.update(replica, this.cluster[measure](replica))
    }
  }
}
