import type { Calendar } from '../core/calendar.ts'
import type { Replica } from '../replicas/replica.ts'
import type { RequestTable } from '../requests/table.ts'
import type { ClusterView, OracleRequestView, ReplicaId, RequestView } from '../routing/contract.ts'
import { Expectations, type SeenLengths } from './expectations.ts'
import type { Loads } from './loads.ts'
import { PrefixMatches } from './prefix-matches.ts'

/** The request being routed: a window on one row of the table, moved by setting `id`. */
export interface CurrentRequest extends RequestView {
  id: number
}

/** The request as a policy may see it. */
export function currentRequest(requests: RequestTable, classes: readonly string[]): CurrentRequest {
  return {
    id: 0,
    get arrivalS() {
      return requests.arrivalS[this.id]
    },
    get inputTokens() {
      return requests.inputTokens[this.id]
    },
    get hitTokens() {
      return requests.hitTokens[this.id]
    },
    get requestClass() {
      return classes[requests.classId[this.id]]
    },
    get predictedTokens() {
      return requests.predictedTokens[this.id]
    },
    get session() {
      return requests.notes.sessionId.at(this.id)
    },
    get tenant() {
      return requests.notes.tenantId.at(this.id)
    },
    get deadlineS() {
      return requests.notes.deadlineS.at(this.id)
    },
    get prefixBlocks() {
      return requests.notes.blocks.count(this.id)
    },
    get prefixBlockTokens() {
      return requests.notes.blocks.blockTokens(this.id)
    },
    prefixBlock(place) {
      const { blocks } = requests.notes
      return blocks.idsOf(this.id)[blocks.startOf(this.id) + place]
    },
  }
}

/** The request as an oracle sees it: with its true output length. */
export function currentRequestWithTruth(
  requests: RequestTable,
  classes: readonly string[],
): CurrentRequest & OracleRequestView {
  const request = currentRequest(requests, classes)
  const truth = { get: () => requests.outputTokens[request.id], enumerable: true }
  return Object.defineProperty(request, 'outputTokens', truth) as CurrentRequest & OracleRequestView
}

/** The fleet as a policy may see it, answered from the replicas' state at the moment of asking. */
export class Cluster implements ClusterView {
  /** Which request is being routed. */
  #request = 0
  #prefixes: PrefixMatches | undefined
  readonly #calendar: Calendar
  readonly #replicas: readonly Replica[]
  readonly #requests: RequestTable
  /** Number of each replica in the fleet. */
  readonly #ids: Int32Array
  readonly #loads: Loads
  readonly #expectations: Expectations
  readonly #pue: number

  constructor(
    calendar: Calendar,
    replicas: readonly Replica[],
    requests: RequestTable,
    loads: Loads,
    seen: SeenLengths,
    pue: number,
  ) {
    this.#calendar = calendar
    this.#replicas = replicas
    this.#requests = requests
    this.#ids = Int32Array.from(replicas, ({ id }) => id)
    this.#loads = loads
    this.#expectations = new Expectations(seen)
    this.#pue = pue
  }

  /** Turns to the request that is being routed, at this instant. */
  turnTo(request: number): void {
    this.#request = request
    this.#prefixes?.turnTo(request)
  }

  /** One index over all replicas answers what their caches hold from now on. */
  indexPrefixes(): void {
    this.#prefixes ??= new PrefixMatches(this.#replicas, this.#requests, this.#request)
  }

  get nowS(): number {
    return this.#calendar.clock[0]
  }

  get replicas(): number {
    return this.#replicas.length
  }

  kind(replica: ReplicaId): string {
    return this.#replicas[replica].kind.name
  }

  deviceKind(replica: ReplicaId): string {
    return this.#replicas[replica].kind.deviceKind
  }

  usdPerHour(replica: ReplicaId): number {
    return this.#replicas[replica].kind.usdPerHour
  }

  saturationRequestsPerS(replica: ReplicaId): number {
    return this.#replicas[replica].kind.saturationRequestsPerS
  }

  waitingRequests(replica: ReplicaId): number {
    return this.#replicas[replica].waiting
  }

  runningRequests(replica: ReplicaId): number {
    return this.#replicas[replica].running
  }

  outstandingRequests(replica: ReplicaId): number {
    return this.#loads.requests[this.#ids[replica]]
  }

  outstandingTokens(replica: ReplicaId): number {
    return this.#loads.tokens[this.#ids[replica]]
  }

  pendingPrefillTokens(replica: ReplicaId): number {
    return this.#replicas[replica].pendingPrefillTokens
  }

  kvFreeTokens(replica: ReplicaId): number {
    return this.#replicas[replica].freeBlocksNow() * this.#replicas[replica].kind.blockTokens
  }

  kvCapacityTokens(replica: ReplicaId): number {
    return this.#replicas[replica].kind.kvBlocks * this.#replicas[replica].kind.blockTokens
  }

  /** Of the request being routed. */
  prefixHitTokens(replica: ReplicaId): number {
    if (this.#prefixes !== undefined) return this.#prefixes.tokensOf(replica)
    return this.#replicas[replica].prefixHitTokens(this.#request)
  }

  expectedTtftS(replica: ReplicaId, request: RequestView): number {
    return this.#expectations.ttftS(this.#replicas[replica], this.#prompt(replica, request))
  }

  expectedTpotS(replica: ReplicaId, request: RequestView): number {
    return this.#expectations.tpotS(this.#replicas[replica], this.#prompt(replica, request))
  }

  expectedE2eS(replica: ReplicaId, request: RequestView): number {
    const decodeSteps = Math.max(0, request.predictedTokens - 1)
    return this.expectedTtftS(replica, request) + decodeSteps * this.expectedTpotS(replica, request)
  }

  expectedUsd(replica: ReplicaId, request: RequestView): number {
    const { kind } = this.#replicas[replica]
    const prompt = this.#prompt(replica, request)
    const seconds = this.#expectations.ownS(this.#replicas[replica], prompt, request.predictedTokens)
    return (kind.usdPerHour / 3600) * seconds
  }

  expectedJoules(replica: ReplicaId, request: RequestView): number {
    const prompt = this.#prompt(replica, request)
    return this.#expectations.ownJ(this.#replicas[replica], prompt, request.predictedTokens) * this.#pue
  }

  /** Prompt tokens that the replica would have to compute. */
  #prompt(replica: ReplicaId, request: RequestView): number {
    return request.inputTokens - this.prefixHitTokens(replica)
  }
}
