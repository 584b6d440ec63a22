import type { Calendar } from '../core/calendar.ts'
import type { ReplicaListener } from '../replicas/batch.ts'
import type { Replica } from '../replicas/replica.ts'
import { isServed } from '../requests/outcomes.ts'
import { type Outcome, REFUSED, type RequestTable } from '../requests/table.ts'
import type { Slo } from '../routing/contract.ts'
import type { RoutingPolicy } from '../routing/making.ts'
import type { Course } from './course.ts'
import { Group } from './group.ts'
import { byModel } from './groups.ts'
import type { Handover } from './handover.ts'
import { type Lengths, lengthsBy, PRIOR_OUTPUT_TOKENS } from './length-predictor.ts'
import { Loads } from './loads.ts'
import type { RouterSetup } from './router-setup.ts'
import { Signals } from './signals.ts'

/** Told of every request that has ended, before its slot is used again. */
export type EndObserver = (request: number) => void

/** Where requests come to, and who tells of their end. */
export interface Door {
  /** Takes in a request that has arrived now. */
  route(request: number): void
  observe(observer: EndObserver): void
}

/** Who may try a request at several replicas, or more than once. */
export interface Attempts {
  /** Its first token is out. */
  answered(request: number): void
  /** It has ended at a replica. @returns whether that is its end; if not, it is theirs */
  ended(request: number): boolean
  /** It is to go on at another replica. */
  moved(from: number, to: number): void
}

/** Makes the policy that routes among the replicas of a group. */
export type RoutingOf = (group: Group) => RoutingPolicy

/** The replicas behind one router: routes requests, keeps what the router knows, and hands on what has ended. */
export class Fleet implements ReplicaListener, Door {
  readonly replicas: Replica[] = []
  readonly loads: Loads
  /** Requests that have arrived so far, and their prompt tokens. */
  routed = 0
  #routedInputTokens = 0
  #finished = 0
  #finishedTokens = 0
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #routers: RouterSetup
  readonly #observers: EndObserver[] = []
  readonly #lengths: Lengths
  readonly #groups: Group[] = []
  /** By model: where requests come to. */
  readonly entries: Group[] = []
  #handover: Handover | undefined
  #attempts: Attempts | undefined

  constructor(calendar: Calendar, requests: RequestTable, classes: readonly string[], course: Course) {
    const { pue, carbon, replicas, predictor, seed } = course
    this.#calendar = calendar
    this.#requests = requests
    this.loads = new Loads(replicas.length, requests)
    this.#lengths = lengthsBy(predictor, requests, classes.length, seed)
    const slos = classes.map((_, i): Slo => course.classSlos?.[i]?.slo ?? course.slo)
    const signals = new Signals(calendar, this.replicas, course.signals)
    this.#routers = { calendar, requests, loads: this.loads, signals, classes, slos, seen: this, pue, carbon }
  }

  /** Mean prompt length of the requests that have arrived so far; 0 before the first. */
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
      const group = this.#groupOf(entries, entry, false)
      this.entries.push(group)
      if (decode === undefined || decoders.length === 0) continue
      decode.handover.serve(group, this.#groupOf(decoders, decode.routing, true))
    }
    this.#handover = decode?.handover
  }

  /** Has somebody decide what becomes of attempts; to be called before the run. */
  tryBy(attempts: Attempts): void {
    this.#attempts = attempts
  }

  #groupOf(members: readonly Replica[], routing: RoutingOf, takesOver: boolean): Group {
    const group = new Group(members, this.#routers, takesOver)
    this.#groups.push(group)
    if (members.length > 0) group.use(routing(group))
    return group
  }

  observe(observer: EndObserver): void {
    this.#observers.push(observer)
  }

  // --- What becomes of a request --------------------------------------------------------------------------------

  /** Sends a request that has arrived now where the policy says. */
  route(request: number): void {
    this.arrive(request)
    const group = this.entryOf(request)
    const member = group.pick(request)
    if (member < 0) return this.end(request, REFUSED)
    this.send(request, group.members[member])
  }

  /** Takes note of a request that has arrived now. */
  arrive(request: number): void {
    const requests = this.#requests
    requests.ordinal[request] = this.routed++
    requests.predictedTokens[request] = this.#lengths.predict(request)
    this.#routedInputTokens += requests.inputTokens[request]
  }

  /** The replicas among which one is to be chosen for a request that has arrived. */
  entryOf(request: number): Group {
    return this.entries[this.entryIdOf(request)]
  }

  /** Their place among the `entries`. */
  entryIdOf(request: number): number {
    return this.entries.length === 1 ? 0 : this.#requests.notes.modelId.at(request)
  }

  send(request: number, replica: Replica): void {
    this.loads.owe(replica.id, request)
    this.loads.count(replica.id, 1)
    this.#handover?.arrived(request, replica)
    replica.deliver(request)
  }

  answered(request: number): void {
    this.#attempts?.answered(request)
  }

  prefilled(request: number, stepS: number): void {
    const from = this.#requests.replica[request]
    this.#handover!.prefilled(request, stepS)
    this.#attempts?.moved(from, this.#requests.journeys.decodeReplica.at(request))
  }

  ended(request: number): void {
    const requests = this.#requests
    const replica = requests.replica[request]
    this.loads.settle(replica, request)
    this.loads.count(replica, -1)
    this.#handover?.ended(request)
    if (this.#attempts === undefined || this.#attempts.ended(request)) this.#letGo(request)
  }

  /** Ends a request now that is at no replica. */
  end(request: number, outcome: Outcome): void {
    this.#requests.outcome[request] = outcome
    this.#requests.endS[request] = this.#calendar.clock[0]
    this.#letGo(request)
  }

  /** The request has ended: tells everybody, and its slot may be used again. */
  #letGo(request: number): void {
    const requests = this.#requests
    if (isServed(requests.outcome[request])) {
      this.#lengths.ended(request)
      this.#finished++
      this.#finishedTokens += requests.emittedTokens[request]
      for (let i = 0; i < this.#groups.length; i++) this.#groups[i].ended(request)
    }
    for (let i = 0; i < this.#observers.length; i++) this.#observers[i](request)
    this.forget(request)
  }

  /** Nothing more will be asked of the request, or of this attempt at it. */
  forget(request: number): void {
    const requests = this.#requests
    if (this.#handover !== undefined || this.#attempts !== undefined) requests.journeys.clear(request)
    requests.release(request)
  }
}
