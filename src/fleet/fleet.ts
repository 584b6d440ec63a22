import type { Calendar } from '../core/calendar.ts'
import type { ReplicaListener } from '../replicas/batch.ts'
import type { Replica } from '../replicas/replica.ts'
import { REJECTED, type RequestTable } from '../requests/table.ts'
import type { RoutingPolicy } from '../routing/registry.ts'
import { Group } from './group.ts'
import { byModel } from './groups.ts'
import type { Handover } from './handover.ts'
import { Loads } from './loads.ts'

/** Output tokens expected while no request, or none of the class, has finished yet. */
export const PRIOR_OUTPUT_TOKENS = 256

/** Told of every request that has ended, before its slot is used again. */
export type EndObserver = (request: number) => void

/** Makes the policy that routes among the replicas of a group. */
export type RoutingOf = (group: Group) => RoutingPolicy

/** The replicas behind one router: routes requests, keeps what the router knows, and hands on what has ended. */
export class Fleet implements ReplicaListener {
  readonly replicas: Replica[] = []
  readonly loads: Loads
  /** Requests routed so far, and their prompt tokens. */
  routed = 0
  #routedInputTokens = 0
  #finished = 0
  #finishedTokens = 0
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #classes: readonly string[]
  readonly #pue: number
  readonly #observers: EndObserver[] = []
  readonly #classCount: Float64Array
  readonly #classTokens: Float64Array
  /** By model: where requests come to. */
  readonly #entries: Group[] = []
  #handover: Handover | undefined

  constructor(
    calendar: Calendar,
    requests: RequestTable,
    replicas: number,
    classes: readonly string[],
    pue: number,
  ) {
    this.#calendar = calendar
    this.#requests = requests
    this.#pue = pue
    this.loads = new Loads(replicas, requests)
    this.#classCount = new Float64Array(classes.length)
    this.#classTokens = new Float64Array(classes.length)
    this.#classes = classes
  }

  /** Mean prompt length of the requests routed so far; 0 before the first. */
  get meanInputTokens(): number {
    return this.routed === 0 ? 0 : this.#routedInputTokens / this.routed
  }

  /** Mean output length of the requests finished so far; the prior before the first. */
  get meanOutputTokens(): number {
    return this.#finished === 0 ? PRIOR_OUTPUT_TOKENS : this.#finishedTokens / this.#finished
  }

  /** Routes by these policies; to be called once, when all replicas are there. @param models that the fleet serves */
  use(
    entry: RoutingOf,
    models: number,
    decode?: { readonly routing: RoutingOf; readonly handover: Handover },
  ): void {
    for (const { entry: entries, decode: decoders } of byModel(this.replicas, models)) {
      const group = this.#groupOf(entries, entry)
      this.#entries.push(group)
      if (decode === undefined || decoders.length === 0) continue
      decode.handover.serve(group, this.#groupOf(decoders, decode.routing))
    }
    this.#handover = decode?.handover
  }

  #groupOf(members: readonly Replica[], routing: RoutingOf): Group {
    const group = new Group(
      members,
      this.#calendar,
      this.#requests,
      this.loads,
      this.#classes,
      this,
      this.#pue,
    )
    if (members.length > 0) group.use(routing(group))
    return group
  }

  observe(observer: EndObserver): void {
    this.#observers.push(observer)
  }

  /** Sends a request that has arrived now where the policy says. */
  route(request: number): void {
    const requests = this.#requests
    requests.predictedTokens[request] = this.#predict(request)
    requests.ordinal[request] = this.routed++
    this.#routedInputTokens += requests.inputTokens[request]
    const group =
      this.#entries.length === 1 ? this.#entries[0] : this.#entries[requests.notes.modelId.at(request)]
    const replica = group.pick(request)
    if (replica === undefined) return this.#refuse(request)
    this.loads.owe(replica.id, request)
    this.loads.count(replica.id, 1)
    this.#handover?.arrived(request, replica)
    replica.deliver(request)
  }

  prefilled(request: number, stepS: number): void {
    this.#handover!.prefilled(request, stepS)
  }

  ended(request: number): void {
    const requests = this.#requests
    const replica = requests.replica[request]
    this.loads.settle(replica, request)
    this.loads.count(replica, -1)
    if (requests.emittedTokens[request] > 0) {
      this.#classCount[requests.classId[request]]++
      this.#classTokens[requests.classId[request]] += requests.emittedTokens[request]
      this.#finished++
      this.#finishedTokens += requests.emittedTokens[request]
    }
    this.#handover?.ended(request)
    this.#letGo(request)
  }

  /** The policy sends it nowhere. */
  #refuse(request: number): void {
    this.#requests.outcome[request] = REJECTED
    this.#requests.endS[request] = this.#calendar.clock[0]
    this.#letGo(request)
  }

  /** The request has ended: tells everybody, and its slot may be used again. */
  #letGo(request: number): void {
    const requests = this.#requests
    for (let i = 0; i < this.#observers.length; i++) this.#observers[i](request)
    if (this.#handover !== undefined) requests.journeys.clear(request)
    requests.release(request)
  }

  /** Whole tokens, so that sums over outstanding requests return to 0 exactly. */
  #predict(request: number): number {
    const requests = this.#requests
    const group = requests.classId[request]
    const count = this.#classCount[group]
    return count === 0 ? PRIOR_OUTPUT_TOKENS : Math.max(1, Math.round(this.#classTokens[group] / count))
  }
}
