import type { Random } from '../core/random.ts'

/** Number of a replica, from 0 to `cluster.replicas - 1`. */
export type ReplicaId = number

/** In place of a replica: the request is refused, and counted so. */
export const REJECT = -1

/**
 * In place of a replica: not now. The request is held and asked for again when a request has ended somewhere, or, where a
 * time is given to `askAgainAt`, then and not before. Only policies whose entry says `waits` may answer it.
 */
export const WAIT = -2

/** What a router knows of the request before it. The output length is not among it. */
export interface RequestView {
  /** Tells the requests of a run apart: its place among the arrivals, from 0. */
  readonly number: number
  readonly arrivalS: number
  /** Seconds that it has been held since, and not decided; 0 of one whose prompt is computed. */
  readonly heldS: number
  readonly inputTokens: number
  /** Tokens of its prompt that the prefix caches already hold, as the workload says. */
  readonly hitTokens: number
  /** Name of the request's class. */
  readonly requestClass: string
  /** Output tokens as the course has them predicted: by default the mean of the finished requests of its class. */
  readonly predictedTokens: number
  /** What is promised to its class. */
  readonly slo: Slo

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
 * tells a true output length that has not been emitted yet. The request that is asked about is always the one being
 * routed: answers are of no other.
 */
export interface ClusterView {
  readonly nowS: number
  readonly replicas: number
  /** Name of the replica's kind, such as `h100 tp4`. */
  kind(replica: ReplicaId): string
  /** `gpu`, `asic`, ... as the catalogue says of its devices. */
  deviceKind(replica: ReplicaId): string
  /** Whether it computes prompts only, takes requests over once theirs are computed, or does both. */
  role(replica: ReplicaId): Role
  /**
   * Whether a request may go there now: with room, where requests are held until there is some. Always, where none are. A
   * policy that answers another replica has its request held, and is asked again.
   */
  isAvailable(replica: ReplicaId): boolean
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
  /** Tokens of KV for which requests there have no blocks yet: of those not in the batch, and of prompts to compute. */
  waitingKvTokens(replica: ReplicaId): number
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
  /**
   * Requests a second, all of these lengths, that the replica serves within the objectives when its batch is as large as
   * they and its memory allow; 0 where it never meets them. Nothing of it depends on what is there now.
   */
  sizedRequestsPerS(replica: ReplicaId, inputTokens: number, outputTokens: number, slo: Slo): number
  /** Grams of CO2 for a kWh of the grid at a time of the run: forecast without error. */
  gramsPerKwh(atS: number): number
  /** There while a decision is to be explained: a policy that scores replicas tells it what each scores. */
  onScore?: ScoreListener | undefined
}

/** Told what a policy scores a replica by in the decision that it is making. */
export type ScoreListener = (replica: ReplicaId, score: number) => void

/** Told that a replica may be sent to from now on, or may not. */
export type AvailabilityListener = (replica: ReplicaId, isAvailable: boolean) => void

export type Role = 'prefill' | 'decode' | 'both'

/** What has become of a request that the policy sent somewhere; void after the call that hands it over. */
export interface EndedView {
  readonly number: number
  readonly replica: ReplicaId
  readonly requestClass: string
  readonly inputTokens: number
  readonly hitTokens: number
  /** Output tokens that it got. */
  readonly outputTokens: number
  readonly arrivalS: number
  /** When the policy decided. */
  readonly sentS: number
  readonly ttftS: number
  /** NaN of an output of one token. */
  readonly tpotS: number
  readonly e2eS: number
}

/** What a policy may go by of a request that it has not sent yet. */
export const PREDICTIONS = ['ttft', 'tpot', 'e2e', 'usd', 'joules'] as const
export type Prediction = (typeof PREDICTIONS)[number]

/** Whole-number or real measures of a replica that can be kept in order as they change. */
export type Measure = 'outstandingRequests' | 'outstandingTokens'

/** Keeps some replicas in order of a measure: O(log n) when it changes, O(log n) to ask. */
export interface LeastLoaded {
  /** The available replica with the least of the measure, uniformly at random among ties; any if none is available. */
  pick(random: Random): ReplicaId
  /** The measure summed over the replicas, available or not, exact where it is a whole number: O(1). */
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
  /** An index is asked no more: it is kept up to date no longer. */
  release(index: LeastLoaded): void
  /**
   * For policies that ask every replica what its cache holds: one index over the fleet answers `prefixHitTokens` from now
   * on. The answers are the same; the price is that caches tell it of all that comes and goes.
   */
  indexPrefixes(): void
  /** For policies that learn: tells of every request sent by this policy, when it has ended with an output. */
  onEnd(listener: (ended: EndedView) => void): void
  /**
   * For policies that keep an order of their own among replicas: told of each one that becomes available or no longer is,
   * and at once of those that are not.
   */
  onAvailable(listener: AvailabilityListener): void
  /** Called in a decision that answers `WAIT`: when to ask again, after now. */
  askAgainAt(timeS: number): void
  /**
   * Called in a decision, for policies that predict by themselves: what is expected of the request at the replica that is
   * the answer, in seconds, dollars or joules, in place of what the view expects; NaN: nothing.
   */
  predicted(prediction: Prediction, value: number): void
  /** How requests get through a fleet that hands them over; undefined where nobody does, and replicas are all there is. */
  flowGraph(): FlowGraph | undefined
}

/** The ways of requests through a fleet that hands them over: from place 0, where they come from, to place 1, done. */
export interface FlowGraph {
  readonly places: number
  readonly edges: readonly FlowEdge[]
  /** By replica of the policy's, the edges by which requests that it sends there come; numbers of `edges`. */
  readonly into: readonly (readonly number[])[]
}

export interface FlowEdge {
  readonly from: number
  readonly to: number
  /** That it carries at most; Infinity where it bounds nothing. */
  readonly requestsPerS: number
}

/** Picks the replica for a request, or answers `REJECT` or `WAIT`. Its memory is its closure, its randomness is handed in. */
export type Policy = (request: RequestView, cluster: ClusterView) => ReplicaId
export type PolicyFactory = (setup: PolicySetup) => Policy

/** A request seen by an oracle: one that is told the true output length, for bounds and never for products. */
export interface OracleRequestView extends RequestView {
  readonly outputTokens: number
}
export type OraclePolicy = (request: OracleRequestView, cluster: ClusterView) => ReplicaId
export type OraclePolicyFactory = (setup: PolicySetup) => OraclePolicy
