import type { ClusterView, EndedView, ReplicaId, RequestView } from '../contract.ts'
import { LeastSquares } from './least-squares.ts'
import { PendingDecisions } from './pending-decisions.ts'
import { UpperRatio } from './upper-ratio.ts'

/** What a model reads of a request and a replica: see `#read`. */
const FEATURES = 6
/** Times below this count as it where samples are weighed. */
const LEAST_S = 1e-3

/** How long requests take on some replicas: the mean, and what a share of them stays below, over the mean. */
interface Model {
  readonly ttft: LeastSquares
  readonly tpot: LeastSquares
  readonly ttftRatio: UpperRatio
  readonly tpotRatio: UpperRatio
}

export interface LearnerSpec {
  /** Requests after which one counts for 1/e. */
  readonly memory: number
  /** Requests of which a model must have seen the end before it is believed. */
  readonly warmUp: number
  /** Share of requests that stays below what `upper` says; 0: the mean itself. */
  readonly quantile: number
  /** One model for all replicas, in place of one for each kind. */
  readonly isShared: boolean
}

/**
 * Learns TTFT and TPOT from the requests that end: linear in what the view told of the replica when they were sent. A
 * request's weight is one over its time, as longer times vary more.
 */
export class LatencyLearner {
  /** By replica, for the request that was looked at last. */
  readonly ttftS: Float64Array
  readonly tpotS: Float64Array
  /** Of the request that was looked at last. */
  #inputTokens = 0
  readonly #features: Float64Array
  readonly #models: readonly Model[]
  readonly #pending = new PendingDecisions(FEATURES)
  readonly #warmUp: number
  /** 1 where prompts come computed, and where nothing is decoded. */
  readonly #takesOver: Uint8Array
  readonly #handsOver: Uint8Array

  constructor(cluster: ClusterView, spec: LearnerSpec) {
    const replicas = Array.from({ length: cluster.replicas }, (_, replica) => replica)
    this.ttftS = new Float64Array(cluster.replicas)
    this.tpotS = new Float64Array(cluster.replicas)
    this.#features = new Float64Array(cluster.replicas * FEATURES)
    this.#models = modelsOf(replicas, cluster, spec)
    this.#warmUp = spec.warmUp
    this.#takesOver = Uint8Array.from(replicas, replica => Number(cluster.role(replica) === 'decode'))
    this.#handsOver = Uint8Array.from(replicas, replica => Number(cluster.role(replica) === 'prefill'))
  }

  /** Predicts what the request would see at every replica now. @returns whether every available one's model is believed */
  look(request: RequestView, cluster: ClusterView): boolean {
    let isKnown = true
    this.#inputTokens = request.inputTokens
    for (let replica = 0; replica < cluster.replicas; replica++) {
      if (!cluster.isAvailable(replica)) continue
      this.#read(replica, request, cluster)
      this.#predict(replica)
      isKnown &&= this.knows(replica)
    }
    return isKnown
  }

  knows(replica: ReplicaId): boolean {
    return this.#models[replica].ttft.count >= this.#warmUp
  }

  /** The request that was looked at goes there. */
  sent({ number }: RequestView, replica: ReplicaId): void {
    this.#pending.keep(number, replica, this.#features, replica * FEATURES)
  }

  ended({ number, replica, ttftS, tpotS, arrivalS, sentS }: EndedView): void {
    const at = this.#pending.release(number, replica)
    if (at < 0) return
    const { ttft, tpot, ttftRatio, tpotRatio } = this.#models[replica]
    this.#learn(ttft, ttftRatio, at, ttftS - (sentS - arrivalS))
    if (!Number.isNaN(tpotS)) this.#learn(tpot, tpotRatio, at, tpotS)
  }

  #learn(model: LeastSquares, ratio: UpperRatio, at: number, seconds: number): void {
    const { values } = this.#pending
    if (model.count >= this.#warmUp) ratio.learn(model.predict(values, at), seconds)
    model.learn(values, at, seconds, 1 / Math.max(LEAST_S, seconds))
  }

  /** Tokens of its prompt that the replica's prefix cache holds. */
  prefixHitTokens(replica: ReplicaId): number {
    return this.#inputTokens - this.#features[replica * FEATURES + 1]
  }

  /** What a share of the requests like the one looked at stays below, in place of their mean. */
  upperTtftS(replica: ReplicaId): number {
    return this.#models[replica].ttftRatio.value * this.ttftS[replica]
  }

  upperTpotS(replica: ReplicaId): number {
    return this.#models[replica].tpotRatio.value * this.tpotS[replica]
  }

  #read(replica: ReplicaId, request: RequestView, cluster: ClusterView): void {
    const features = this.#features
    const at = replica * FEATURES
    features[at] = 1
    features[at + 1] = this.#inputTokens - cluster.prefixHitTokens(replica, request)
    features[at + 2] = cluster.pendingPrefillTokens(replica)
    features[at + 3] = cluster.waitingRequests(replica)
    features[at + 4] = cluster.runningRequests(replica)
    features[at + 5] = cluster.kvCapacityTokens(replica) - cluster.kvFreeTokens(replica)
  }

  #predict(replica: ReplicaId): void {
    const { ttft, tpot } = this.#models[replica]
    const at = replica * FEATURES
    this.ttftS[replica] = this.#takesOver[replica] ? 0 : Math.max(0, ttft.predict(this.#features, at))
    this.tpotS[replica] = this.#handsOver[replica] ? 0 : Math.max(0, tpot.predict(this.#features, at))
  }
}

function modelsOf(replicas: readonly ReplicaId[], cluster: ClusterView, spec: LearnerSpec): readonly Model[] {
  const models = new Map<string, Model>()
  return replicas.map(replica => {
    const kind = spec.isShared ? '' : cluster.kind(replica)
    const model = models.get(kind) ?? newModel(spec)
    models.set(kind, model)
    return model
  })
}

function newModel({ memory, quantile }: LearnerSpec): Model {
  return {
    ttft: new LeastSquares(FEATURES, memory),
    tpot: new LeastSquares(FEATURES, memory),
    ttftRatio: new UpperRatio(quantile),
    tpotRatio: new UpperRatio(quantile),
  }
}
