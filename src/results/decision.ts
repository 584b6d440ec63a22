/** What becomes of a request at a replica. */
export interface Fate {
  /** One of those of the request table. */
  readonly outcome: number
  /** From arrival; NaN where no token came out. */
  readonly ttftS: number
  /** From arrival; NaN where the request was not served. */
  readonly e2eS: number
  readonly outputTokens: number
  readonly metSlo: boolean
}

/** What the router was told of a replica when it decided. */
export interface Sight {
  /** Number of the replica in the fleet. */
  readonly replica: number
  readonly kind: string
  readonly outstandingRequests: number
  readonly waitingRequests: number
  readonly runningRequests: number
  readonly kvFreeTokens: number
  readonly prefixHitTokens: number
  readonly expectedTtftS: number
  readonly expectedTpotS: number
  readonly expectedE2eS: number
  /** NaN where the replica has no price. */
  readonly expectedUsd: number
  readonly expectedJoules: number
  /** What the policy scored it by; NaN where the policy tells none. */
  readonly score: number
}

/** A replica that the request could have been sent to, and what would have become of it there. */
export interface Candidate extends Sight {
  readonly isChosen: boolean
  readonly fate: Fate
}

/** What was to be decided. */
export interface Question {
  /** Place of the request in the workload, from 0. */
  readonly number: number
  readonly timeS: number
  readonly requestClass: string
  readonly inputTokens: number
  readonly predictedTokens: number
  /** Replicas that could have been chosen; more than there are candidates where not all were tried. */
  readonly choices: number
}

/** One decision of a policy, and what each of its choices would have led to. */
export interface Decision extends Question {
  readonly candidates: readonly Candidate[]
  /** What did become of it. */
  readonly fate: Fate
}
