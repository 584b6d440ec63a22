import type { Calendar } from '../core/calendar.ts'
import type { CarbonIntensity } from '../energy/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import {
  FREE_BLOCKS,
  PENDING_PREFILL_TOKENS,
  RUNNING,
  WAITING,
  WAITING_KV_TOKENS,
} from '../replicas/reading.ts'
import type { Replica } from '../replicas/replica.ts'
import type {
  ClusterView,
  OracleRequestView,
  ReplicaId,
  RequestView,
  Role,
  ScoreListener,
  Slo,
} from '../routing/contract.ts'
import { Expectations } from './expectations.ts'
import type { Loads } from './loads.ts'
import { PrefixMatches } from './prefix-matches.ts'
import type { Readings } from './readings.ts'
import type { RouterSetup } from './router-setup.ts'
import { sizedRequestsPerS } from './sizing.ts'
import { StepPrices } from './step-prices.ts'

const HOUR_S = 3600

/** The request being routed: a window on one row of the table, moved by setting `id`. */
export interface CurrentRequest extends RequestView {
  id: number
}

/** The request as a policy may see it. @param takesOver whether its prompt has been computed by now */
export function currentRequest(setup: RouterSetup, takesOver: boolean): CurrentRequest {
  const { calendar, requests, classes, slos } = setup
  return {
    id: 0,
    get number() {
      return requests.ordinal[this.id]
    },
    get arrivalS() {
      return requests.arrivalS[this.id]
    },
    get heldS() {
      return takesOver ? 0 : calendar.clock[0] - this.arrivalS
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
    get slo() {
      return slos[requests.classId[this.id]]
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
  setup: RouterSetup,
  takesOver: boolean,
): CurrentRequest & OracleRequestView {
  const request = currentRequest(setup, takesOver)
  const truth = { get: () => setup.requests.outputTokens[request.id], enumerable: true }
  return Object.defineProperty(request, 'outputTokens', truth) as CurrentRequest & OracleRequestView
}

/** The fleet as a policy may see it, answered from the replicas' state at the moment of asking. */
export class Cluster implements ClusterView {
  onScore: ScoreListener | undefined = undefined
  /** Which request is being routed. */
  #request = 0
  #prefixes: PrefixMatches | undefined
  readonly #calendar: Calendar
  readonly #replicas: readonly Replica[]
  /** Number of each replica in the fleet. */
  readonly #ids: Int32Array
  readonly #setup: RouterSetup
  readonly #loads: Loads
  /** Where the router is told late of it. */
  readonly #lateLoad: Readings | undefined
  readonly #kv: Readings
  readonly #expectations: Expectations
  /** Made at the first question: models are asked for what they are made of. */
  #prices: readonly StepPrices[] | undefined
  readonly #pue: number
  readonly #carbon: CarbonIntensity

  constructor(replicas: readonly Replica[], setup: RouterSetup) {
    this.#replicas = replicas
    this.#ids = Int32Array.from(replicas, ({ id }) => id)
    this.#calendar = setup.calendar
    this.#setup = setup
    this.#loads = setup.loads
    this.#lateLoad = setup.signals.spec.load && setup.signals.load
    this.#kv = setup.signals.kv
    this.#expectations = new Expectations(setup.seen, setup.requests, setup.signals)
    this.#pue = setup.pue
    this.#carbon = setup.carbon
    if (setup.signals.spec.cache !== undefined) this.indexPrefixes()
  }

  /** Turns to the request that is being routed, at this instant. */
  turnTo(request: number): void {
    this.#request = request
    this.#prefixes?.turnTo(request)
    this.#expectations.turnTo(request)
  }

  /** One index over all replicas answers what their caches hold from now on. */
  indexPrefixes(): void {
    this.#prefixes ??= new PrefixMatches(this.#replicas, this.#setup, this.#request)
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

  role(replica: ReplicaId): Role {
    return this.#replicas[replica].kind.role ?? 'both'
  }

  isAvailable(replica: ReplicaId): boolean {
    return this.#loads.closed[this.#ids[replica]] === 0
  }

  usdPerHour(replica: ReplicaId): number {
    return this.#replicas[replica].kind.usdPerHour
  }

  saturationRequestsPerS(replica: ReplicaId): number {
    return this.#replicas[replica].kind.saturationRequestsPerS
  }

  waitingRequests(replica: ReplicaId): number {
    const late = this.#lateLoad
    if (late === undefined) return this.#replicas[replica].look.waiting
    return late.numbers[late.at(this.#ids[replica]) + WAITING]
  }

  runningRequests(replica: ReplicaId): number {
    const late = this.#lateLoad
    if (late === undefined) return this.#replicas[replica].look.running
    return late.numbers[late.at(this.#ids[replica]) + RUNNING]
  }

  outstandingRequests(replica: ReplicaId): number {
    return this.#loads.requests[this.#ids[replica]]
  }

  outstandingTokens(replica: ReplicaId): number {
    return this.#loads.tokens[this.#ids[replica]]
  }

  pendingPrefillTokens(replica: ReplicaId): number {
    const late = this.#lateLoad
    if (late === undefined) return this.#replicas[replica].look.pendingPrefillTokens
    return late.numbers[late.at(this.#ids[replica]) + PENDING_PREFILL_TOKENS]
  }

  waitingKvTokens(replica: ReplicaId): number {
    const late = this.#lateLoad
    if (late === undefined) return this.#replicas[replica].look.waitingKvTokens
    return late.numbers[late.at(this.#ids[replica]) + WAITING_KV_TOKENS]
  }

  kvFreeTokens(replica: ReplicaId): number {
    const freeBlocks = this.#kv.numbers[this.#kv.at(this.#ids[replica]) + FREE_BLOCKS]
    return freeBlocks * this.#replicas[replica].kind.blockTokens
  }

  kvCapacityTokens(replica: ReplicaId): number {
    return this.#replicas[replica].kind.kvBlocks * this.#replicas[replica].kind.blockTokens
  }

  /** Of the request being routed. */
  prefixHitTokens(replica: ReplicaId): number {
    if (this.#prefixes !== undefined) return this.#prefixes.tokensOf(replica)
    return this.#replicas[replica].look.prefixHitTokens(this.#request)
  }

  expectedTtftS(replica: ReplicaId): number {
    const hitTokens = this.prefixHitTokens(replica)
    return this.#expectations.ttftS(this.#ids[replica], this.#pricesOf(replica), hitTokens)
  }

  expectedTpotS(replica: ReplicaId): number {
    const hitTokens = this.prefixHitTokens(replica)
    return this.#expectations.tpotS(this.#ids[replica], this.#pricesOf(replica), hitTokens)
  }

  expectedE2eS(replica: ReplicaId): number {
    const hitTokens = this.prefixHitTokens(replica)
    return this.#expectations.e2eS(this.#ids[replica], this.#pricesOf(replica), hitTokens)
  }

  expectedUsd(replica: ReplicaId): number {
    const prices = this.#pricesOf(replica)
    const seconds = this.#expectations.ownS(this.#ids[replica], prices, this.prefixHitTokens(replica))
    return (prices.kind.usdPerHour / 3600) * seconds
  }

  expectedJoules(replica: ReplicaId): number {
    const prices = this.#pricesOf(replica)
    const joules = this.#expectations.ownJ(this.#ids[replica], prices, this.prefixHitTokens(replica))
    return joules * this.#pue
  }

  #pricesOf(replica: ReplicaId): StepPrices {
    this.#prices ??= pricesOf(this.#replicas)
    return this.#prices[replica]
  }

  sizedRequestsPerS(replica: ReplicaId, inputTokens: number, outputTokens: number, slo: Slo): number {
    return sizedRequestsPerS(this.#replicas[replica].kind, { inputTokens, outputTokens }, slo)
  }

  gramsPerKwh(atS: number): number {
    const { gramsPerKwh } = this.#carbon
    return gramsPerKwh[Math.floor(atS / HOUR_S) % gramsPerKwh.length]
  }
}

/** By replica, the prices of its kind. */
function pricesOf(replicas: readonly Replica[]): StepPrices[] {
  const byKind = new Map<ReplicaKind, StepPrices>()
  return replicas.map(({ kind }) => {
    const prices = byKind.get(kind) ?? new StepPrices(kind)
    byKind.set(kind, prices)
    return prices
  })
}
