import type { ClusterView, ReplicaId, RequestView, Role, ScoreListener, Slo } from '../contract.ts'
import type { LatencyLearner } from './latency-learner.ts'

/** The fleet as the view tells it, but for the latencies of the request that the learner has looked at: those it predicts. */
export class LearnedView implements ClusterView {
  readonly #view: ClusterView
  readonly #learner: LatencyLearner

  constructor(view: ClusterView, learner: LatencyLearner) {
    this.#view = view
    this.#learner = learner
  }

  expectedTtftS(replica: ReplicaId): number {
    return this.#learner.upperTtftS(replica)
  }
  expectedTpotS(replica: ReplicaId): number {
    return this.#learner.upperTpotS(replica)
  }
  expectedE2eS(replica: ReplicaId, { predictedTokens }: RequestView): number {
    return this.expectedTtftS(replica) + Math.max(0, predictedTokens - 1) * this.expectedTpotS(replica)
  }

  get nowS(): number {
    return this.#view.nowS
  }
  get replicas(): number {
    return this.#view.replicas
  }
  get onScore(): ScoreListener | undefined {
    return this.#view.onScore
  }
  kind(replica: ReplicaId): string {
    return this.#view.kind(replica)
  }
  deviceKind(replica: ReplicaId): string {
    return this.#view.deviceKind(replica)
  }
  role(replica: ReplicaId): Role {
    return this.#view.role(replica)
  }
  isAvailable(replica: ReplicaId): boolean {
    return this.#view.isAvailable(replica)
  }
  usdPerHour(replica: ReplicaId): number {
    return this.#view.usdPerHour(replica)
  }
  saturationRequestsPerS(replica: ReplicaId): number {
    return this.#view.saturationRequestsPerS(replica)
  }
  waitingRequests(replica: ReplicaId): number {
    return this.#view.waitingRequests(replica)
  }
  runningRequests(replica: ReplicaId): number {
    return this.#view.runningRequests(replica)
  }
  outstandingRequests(replica: ReplicaId): number {
    return this.#view.outstandingRequests(replica)
  }
  outstandingTokens(replica: ReplicaId): number {
    return this.#view.outstandingTokens(replica)
  }
  pendingPrefillTokens(replica: ReplicaId): number {
    return this.#view.pendingPrefillTokens(replica)
  }
  waitingKvTokens(replica: ReplicaId): number {
    return this.#view.waitingKvTokens(replica)
  }
  kvFreeTokens(replica: ReplicaId): number {
    return this.#view.kvFreeTokens(replica)
  }
  kvCapacityTokens(replica: ReplicaId): number {
    return this.#view.kvCapacityTokens(replica)
  }
  prefixHitTokens(replica: ReplicaId): number {
    return this.#learner.prefixHitTokens(replica)
  }
  expectedUsd(replica: ReplicaId, request: RequestView): number {
    return this.#view.expectedUsd(replica, request)
  }
  expectedJoules(replica: ReplicaId, request: RequestView): number {
    return this.#view.expectedJoules(replica, request)
  }
  sizedRequestsPerS(replica: ReplicaId, inputTokens: number, outputTokens: number, slo: Slo): number {
    return this.#view.sizedRequestsPerS(replica, inputTokens, outputTokens, slo)
  }
  gramsPerKwh(atS: number): number {
    return this.#view.gramsPerKwh(atS)
  }
}
