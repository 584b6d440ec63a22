import { type Random, stream } from '../../src/core/random.ts'
import type {
  AvailabilityListener,
  ClusterView,
  EndedView,
  FlowGraph,
  Measure,
  OracleRequestView,
  PolicySetup,
  Prediction,
  ReplicaId,
  RequestView,
  Role,
  Slo,
} from '../../src/routing/contract.ts'
import { LoadIndex } from '../../src/routing/least-loaded.ts'
import { makePolicy } from '../../src/routing/making.ts'
import { type PolicyEntry, policyNamed } from '../../src/routing/registry.ts'

export interface FakeKind {
  readonly name: string
  readonly deviceKind: string
  readonly saturationRequestsPerS: number
  readonly prefillTokensPerS: number
  readonly tpotS: number
  readonly usdPerHour: number
  readonly joulesPerToken: number
  readonly role?: Role
}

export const GPU: FakeKind = {
  name: 'big-gpu tp4',
  deviceKind: 'gpu',
  saturationRequestsPerS: 5,
  prefillTokensPerS: 40_000,
  tpotS: 0.01,
  usdPerHour: 12,
  joulesPerToken: 4,
}

export const ASIC: FakeKind = {
  name: 'small-asic tp1',
  deviceKind: 'asic',
  saturationRequestsPerS: 2,
  prefillTokensPerS: 8_000,
  tpotS: 0.03,
  usdPerHour: 1.5,
  joulesPerToken: 1,
}

/** A fleet whose state the test writes, and which counts the questions it is asked. */
export class FakeCluster implements ClusterView {
  nowS = 0
  questions = 0
  readonly kinds: readonly FakeKind[]
  readonly waiting: Int32Array
  readonly running: Int32Array
  readonly tokens: Float64Array
  /** Prompt tokens that each replica's cache holds of any request. */
  readonly hits: Int32Array
  /** 0 of a replica to which nothing may be sent. */
  readonly available: Uint8Array
  readonly endListeners: ((ended: EndedView) => void)[] = []
  /** By hour. */
  grid: readonly number[] = [400]
  askAgainS = Number.NaN
  graph: FlowGraph | undefined
  /** What the policy has said by itself that it expects. */
  readonly predictions = new Map<Prediction, number>()
  readonly #gateListeners: AvailabilityListener[] = []
  #indexes: { measure: Measure; index: LoadIndex }[] = []

  constructor(kinds: readonly FakeKind[]) {
    this.kinds = kinds
    this.waiting = new Int32Array(kinds.length)
    this.running = new Int32Array(kinds.length)
    this.tokens = new Float64Array(kinds.length)
    this.hits = new Int32Array(kinds.length)
    this.available = new Uint8Array(kinds.length).fill(1)
  }

  /** Indexes that are kept up to date. */
  get indexes(): number {
    return this.#indexes.length
  }

  /** Says whether anything may be sent to the replica, and tells who wants to know. */
  open(replica: ReplicaId, isAvailable: boolean): void {
    this.available[replica] = isAvailable ? 1 : 0
    for (const { index } of this.#indexes) index.close(replica, !isAvailable)
    for (const listener of this.#gateListeners) listener(replica, isAvailable)
  }

  get replicas(): number {
    return this.kinds.length
  }

  /** Writes a replica's load and tells the indexes. */
  load(replica: ReplicaId, waiting: number, running: number, tokens = 1000 * (waiting + running)): void {
    this.waiting[replica] = waiting
    this.running[replica] = running
    this.tokens[replica] = tokens
    for (const { measure, index } of this.#indexes) index.update(replica, this.#measured(measure, replica))
  }

  /** Tells those who learn that the request which was sent to a replica has ended there. */
  end({ number, requestClass, inputTokens, hitTokens, arrivalS }: RequestView, replica: ReplicaId): void {
    const { tpotS, prefillTokensPerS } = this.kinds[replica]
    const ttftS = inputTokens / prefillTokensPerS
    const request = { number, requestClass, inputTokens, hitTokens, arrivalS, sentS: arrivalS }
    const ended = { ...request, replica, outputTokens: 100, ttftS, tpotS, e2eS: ttftS + 99 * tpotS }
    for (const listener of this.endListeners) listener(ended)
  }

  setup({
    seed = 'seed',
    options = {},
    slo = { ttftS: 1, tpotS: 0.05 },
  }: {
    seed?: string
    options?: Record<string, number>
    slo?: Slo
  } = {}): PolicySetup {
    return {
      cluster: this,
      random: stream(seed, 'policy'),
      slo,
      options,
      leastLoaded: (measure, members = this.kinds.map((_, replica) => replica)) => {
        const index = new LoadIndex(members, this.replicas)
        for (const replica of members) {
          index.update(replica, this.#measured(measure, replica))
          index.close(replica, !this.isAvailable(replica))
        }
        this.#indexes.push({ measure, index })
        return index
      },
      release: released => {
        this.#indexes = this.#indexes.filter(({ index }) => index !== released)
      },
      indexPrefixes: () => {},
      onEnd: listener => this.endListeners.push(listener),
      flowGraph: () => this.graph,
      onAvailable: listener => {
        this.#gateListeners.push(listener)
        for (let replica = 0; replica < this.replicas; replica++)
          if (!this.isAvailable(replica)) listener(replica, false)
      },
      askAgainAt: timeS => {
        this.askAgainS = timeS
      },
      predicted: (prediction, value) => this.predictions.set(prediction, value),
    }
  }

  kind(replica: ReplicaId): string {
    return this.#asked(replica).name
  }
  deviceKind(replica: ReplicaId): string {
    return this.#asked(replica).deviceKind
  }
  role(replica: ReplicaId): Role {
    return this.#asked(replica).role ?? 'both'
  }
  isAvailable(replica: ReplicaId): boolean {
    return this.available[replica] === 1
  }
  gramsPerKwh(atS: number): number {
    return this.grid[Math.floor(atS / 3600) % this.grid.length]
  }
  usdPerHour(replica: ReplicaId): number {
    return this.#asked(replica).usdPerHour
  }
  saturationRequestsPerS(replica: ReplicaId): number {
    return this.#asked(replica).saturationRequestsPerS
  }
  waitingRequests(replica: ReplicaId): number {
    this.#asked(replica)
    return this.waiting[replica]
  }
  runningRequests(replica: ReplicaId): number {
    this.#asked(replica)
    return this.running[replica]
  }
  outstandingRequests(replica: ReplicaId): number {
    this.#asked(replica)
    return this.waiting[replica] + this.running[replica]
  }
  outstandingTokens(replica: ReplicaId): number {
    this.#asked(replica)
    return this.tokens[replica]
  }
  pendingPrefillTokens(replica: ReplicaId): number {
    this.#asked(replica)
    return 1000 * this.waiting[replica]
  }
  waitingKvTokens(replica: ReplicaId): number {
    this.#asked(replica)
    return 1000 * this.waiting[replica]
  }
  kvFreeTokens(replica: ReplicaId): number {
    this.#asked(replica)
    return 100_000 - this.tokens[replica]
  }
  kvCapacityTokens(replica: ReplicaId): number {
    this.#asked(replica)
    return 100_000
  }
  prefixHitTokens(replica: ReplicaId): number {
    this.#asked(replica)
    return this.hits[replica]
  }
  expectedTtftS(replica: ReplicaId, request: RequestView): number {
    const kind = this.#asked(replica)
    return (this.waiting[replica] * 1000 + request.inputTokens) / kind.prefillTokensPerS
  }
  expectedTpotS(replica: ReplicaId, _request: RequestView): number {
    return this.#asked(replica).tpotS * (1 + this.running[replica] / 64)
  }
  expectedE2eS(replica: ReplicaId, request: RequestView): number {
    const decodeS = (request.predictedTokens - 1) * this.expectedTpotS(replica, request)
    return this.expectedTtftS(replica, request) + decodeS
  }
  expectedUsd(replica: ReplicaId, request: RequestView): number {
    const usdPerS = this.#asked(replica).usdPerHour / 3600
    return (usdPerS * this.expectedE2eS(replica, request)) / (1 + this.running[replica])
  }
  expectedJoules(replica: ReplicaId, request: RequestView): number {
    return this.#asked(replica).joulesPerToken * (request.inputTokens / 10 + request.predictedTokens)
  }

  sizedRequestsPerS(replica: ReplicaId, inputTokens: number, outputTokens: number, slo: Slo): number {
    const { prefillTokensPerS, tpotS, role = 'both' } = this.#asked(replica)
    const prefillS = role === 'decode' ? 0 : inputTokens / prefillTokensPerS
    const decodeS = role === 'prefill' ? 0 : outputTokens * tpotS
    return prefillS > slo.ttftS || tpotS > slo.tpotS ? 0 : 1 / (prefillS + decodeS / 64)
  }

  #asked(replica: ReplicaId): FakeKind {
    this.questions++
    const kind = this.kinds[replica]
    if (kind === undefined) throw new RangeError(`asked about replica ${replica} of ${this.replicas}`)
    return kind
  }

  #measured(measure: Measure, replica: ReplicaId): number {
    if (measure === 'outstandingTokens') return this.tokens[replica]
    return this.waiting[replica] + this.running[replica]
  }
}

export function fleet(gpus: number, asics = 0): FakeCluster {
  return new FakeCluster([...Array(gpus).fill(GPU), ...Array(asics).fill(ASIC)])
}

export function request(inputTokens = 1000, predictedTokens = 200): RequestView {
  return Object.assign(new SealedRequest(), { inputTokens, predictedTokens })
}

/** A policy at work on the cluster: asks it for one request. */
export type Decide = (request: RequestView) => ReplicaId

/**
 * Makes the policy as the simulator does. Only oracles are handed requests whose output length can be read. With an
 * `slo`, every request is promised it.
 */
export function deciding(
  name: string,
  cluster: FakeCluster,
  setup: Parameters<FakeCluster['setup']>[0] = {},
  entry: PolicyEntry = policyNamed(name),
): Decide {
  const made = makePolicy(name, cluster.setup(setup), entry)
  const { slo } = setup
  const promised = (view: RequestView) => (slo === undefined ? view : Object.assign(view, { slo }))
  if ('oracle' in made) return view => made.oracle(promised(view) as OracleRequestView, cluster)
  return view => made.policy(promised(view), cluster)
}

const PROMISED: Slo = { ttftS: 1, tpotS: 0.05 }

/** A request that is written anew for each decision, and whose output length nobody may read. */
export class SealedRequest implements OracleRequestView {
  number = 0
  heldS = 0
  slo: Slo = PROMISED
  arrivalS = 0
  inputTokens = 1
  hitTokens = 0
  requestClass = 'chat'
  predictedTokens = 200
  session = -1
  tenant = -1
  deadlineS = Number.NaN
  prefixBlockTokens = 0
  /** Ids of its prefix blocks. */
  blocks: readonly number[] = []
  get prefixBlocks(): number {
    return this.blocks.length
  }
  prefixBlock(place: number): number {
    return this.blocks[place]
  }
  get outputTokens(): number {
    throw new Error('read the output length')
  }
}

export class OpenRequest extends SealedRequest {
  override get outputTokens(): number {
    return 1 + (this.inputTokens % 700)
  }
}

/**
 * Sends requests of random lengths through a policy, with at most `outstanding` on the fleet: the oldest ends
 * before the next is sent, and a replica runs its first 16.
 */
export function drive(
  decide: Decide,
  cluster: FakeCluster,
  { decisions, outstanding, view }: { decisions: number; outstanding: number; view: SealedRequest },
): Int32Array {
  const lengths: Random = stream('drive', 'lengths')
  const chosen = new Int32Array(decisions)
  const load = (replica: number, change: number) => {
    const requests = cluster.waiting[replica] + cluster.running[replica] + change
    cluster.load(replica, Math.max(0, requests - 16), Math.min(16, requests))
  }
  for (let i = 0; i < decisions; i++) {
    cluster.nowS = i
    view.arrivalS = i
    view.inputTokens = 1 + Math.floor(4000 * lengths())
    view.predictedTokens = 1 + Math.floor(400 * lengths())
    if (i >= outstanding) load(chosen[i - outstanding], -1)
    chosen[i] = decide(view)
    load(chosen[i], 1)
  }
  return chosen
}
