import type { Random } from '../core/random.ts'

/** Number of a replica, from 0 to `cluster.replicas - 1`. */
export type ReplicaId = number

/** In place of a replica: the request is refused, and counted so. */
export const REJECT = -1

/** What a router knows of the request before it. The output length is not among it. */
export interface RequestView {
  readonly arrivalS: number
  readonly inputTokens: number
  /** Tokens of its prompt that the prefix caches already hold, as the workload says. */
  readonly hitTokens: number
  /** Name of the request's class. */
  readonly requestClass: string
  /** Output tokens as predicted: the mean of the finished requests of its class. */
  readonly predictedTokens: number

  // What few workloads say; kept for policies whose entry says `readsNotes`.

  /** Tells the sessions of the workload apart; -1 where it belongs to none. */
  readonly session: number
  /** Index of its tenant among the workload's; -1 where it has none. */
  readonly tenant: number
  /** Seconds from its arrival by which it must have ended; NaN where there is no such moment. */
  readonly deadlineS: number
  /** How many prefix blocks the workload tells of its prompt, and the prompt tokens of each; 0 where it tells none. */
  readonly prefixBlocks: number
  readonly prefixBlockTokens: number
  /**
   * Id of its block at a place counted from 0. Equal ids are equal blocks behind equal blocks: one tells the whole prefix
   * up to it.
   */
  prefixBlock(place: number): number
}

/**
 * What a router knows of the fleet: questions, answered from the state at the moment of asking. Nothing here
 * tells a true output length that has not been emitted yet.
 */
export interface ClusterView {
  readonly nowS: number
  readonly replicas: number
  /** Name of the replica's kind, such as `h100 tp4`. */
  kind(replica: ReplicaId): string
  /** `gpu`, `asic`, ... as the catalogue says of its devices. */
  deviceKind(replica: ReplicaId): string
  /** Price of the replica's hour; NaN where it has none. */
  usdPerHour(replica: ReplicaId): number
  /** Requests a second that the replica serves when saturated by this workload; the natural routing weight. */
  saturationRequestsPerS(replica: ReplicaId): number
  /** Sent there and not in the batch: not yet admitted, or preempted. */
  waitingRequests(replica: ReplicaId): number
  /** In the batch. */
  runningRequests(replica: ReplicaId): number
  /** Waiting and running. */
  outstandingRequests(replica: ReplicaId): number
  /** Prompt plus predicted output tokens of all outstanding requests. */
  outstandingTokens(replica: ReplicaId): number
  /** Prompt tokens there whose prefill is still to be computed; none of prompts that come computed. */
  pendingPrefillTokens(replica: ReplicaId): number
  kvFreeTokens(replica: ReplicaId): number
  kvCapacityTokens(replica: ReplicaId): number
  /** Tokens of the request's prompt that the replica's prefix cache holds. */
  prefixHitTokens(replica: ReplicaId, request: RequestView): number
  /**
   * Seconds to the first token if the request went there now: front end, queue and prefill. Of a replica that takes
   * prompts over computed, to its first token of the request.
   */
  expectedTtftS(replica: ReplicaId, request: RequestView): number
  /** Seconds per output token if the request went there now; 0 where only prompts are computed. */
  expectedTpotS(replica: ReplicaId, request: RequestView): number
  /** expectedTtftS + (predictedTokens - 1) * expectedTpotS. */
  expectedE2eS(replica: ReplicaId, request: RequestView): number
  /** The replica's price for the share of its time that the request would take; NaN where it has no price. */
  expectedUsd(replica: ReplicaId, request: RequestView): number
  /** Joules at the meter that the request would add. */
  expectedJoules(replica: ReplicaId, request: RequestView): number
}

/** Whole-number or real measures of a replica that can be kept in order as they change. */
export type Measure = 'outstandingRequests' | 'outstandingTokens'

/** Keeps some replicas in order of a measure: O(log n) when it changes, O(log n) to ask. */
export interface LeastLoaded {
  /** The replica with the least of the measure, uniformly at random among ties. */
  pick(random: Random): ReplicaId
  /** The measure summed over the replicas, exact where it is a whole number: O(1). */
  total(): number
}

/** Service level objective per request; a request with one output token has no TPOT and meets that part. */
export interface Slo {
  readonly ttftS: number
  readonly tpotS: number
  readonly e2eS?: number
  readonly worstItlS?: number
}

/** What a policy is made from. */
export interface PolicySetup {
  readonly cluster: ClusterView
  /** The policy's own stream of chance. */
  readonly random: Random
  readonly slo: Slo
  /** The policy's options from the scenario, such as `threshold_tokens`. */
  readonly options: Readonly<Record<string, number>>
  /** An index over these replicas (all by default) by a measure. */
  leastLoaded(measure: Measure, replicas?: readonly ReplicaId[]): LeastLoaded
  /**
   * For policies that ask every replica what its cache holds: one index over the fleet answers `prefixHitTokens` from now
   * on. The answers are the same; the price is that caches tell it of all that comes and goes.
   */
  indexPrefixes(): void
}

/** Picks the replica for a request, or answers `REJECT`. Its memory is its closure, its randomness is handed in. */
export type Policy = (request: RequestView, cluster: ClusterView) => ReplicaId
export type PolicyFactory = (setup: PolicySetup) => Policy

/** A request seen by an oracle: one that is told the true output length, for bounds and never for products. */
export interface OracleRequestView extends RequestView {
  readonly outputTokens: number
}
export type OraclePolicy = (request: OracleRequestView, cluster: ClusterView) => ReplicaId
export type OraclePolicyFactory = (setup: PolicySetup) => OraclePolicy
