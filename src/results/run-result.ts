import type { Spread } from './stats.ts'

/** Seconds, joules, grams and tokens of one replica over the window. $ follows from seconds. */
export interface ReplicaResult {
  readonly replica: number
  readonly kind: string
  readonly deviceKind: string
  /** Requests sent there over the whole run. */
  readonly requests: number
  readonly outputTokens: number
  readonly promptTokens: number
  readonly busyS: number
  readonly idleS: number
  readonly busyJ: number
  readonly idleJ: number
  readonly busyG: number
  readonly idleG: number
  /** Busy seconds, joules and grams of the whole run, warm-up and drain included. */
  readonly lifeBusyS: number
  readonly lifeBusyJ: number
  readonly lifeBusyG: number
  /** NaN where the kind has no price. */
  readonly usdPerHour: number
  readonly preemptions: number
  readonly steps: number
  readonly events: number
  /** Output tokens a second of this kind when saturated by the workload; NaN when not estimated. */
  readonly saturationTokensPerS: number
}

/** One row of the time series: what one kind of replica did since the last row, and how it stands. */
export interface SampleRow {
  readonly timeS: number
  readonly kind: string
  readonly replicas: number
  readonly waitingRequests: number
  readonly runningRequests: number
  readonly kvUsedFraction: number
  readonly busyFraction: number
  /** Requests sent there. */
  readonly requestsPerS: number
  readonly outputTokensPerS: number
  /** At the node's wall, PUE left out. */
  readonly watts: number
}

/** What one simulation found. The window runs from warm-up to the last arrival; J and g are at the facility. */
export interface RunResult {
  readonly windowS: number
  readonly warmupS: number
  readonly lastArrivalS: number
  /** Time of the last end. */
  readonly endS: number
  /** Requests that arrived in the run and in the window. */
  readonly requests: number
  readonly arrivedInWindow: number
  readonly finished: number
  readonly rejected: number
  readonly cutByLength: number
  readonly preemptions: number
  /** Finished inside the window, whenever they arrived. */
  readonly endedInWindow: number
  /** Of the requests that arrived in the window, those that met the SLO, and their output tokens. */
  readonly attained: number
  readonly attainedTokens: number
  readonly outputTokens: number
  readonly promptTokens: number
  readonly ttft: Spread
  readonly ttftFromAdmission: Spread
  readonly tpot: Spread
  readonly itl: Spread
  readonly e2e: Spread
  readonly replicas: readonly ReplicaResult[]
  readonly samples: readonly SampleRow[]
  /** Watts and $/h of what stands in the fleet without a replica. */
  readonly spareWatts: number
  readonly spareUsdPerHour: number
  readonly spareG: number
  readonly pue: number
  readonly isSaturated: boolean
  readonly events: number
}
