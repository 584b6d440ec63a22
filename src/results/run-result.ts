import type { GatewayResult } from '../gateway/account.ts'
import type { GroupResult } from './group-result.ts'
import type { PredictionResult } from './prediction-result.ts'
import type { Spread } from './stats.ts'

/** Seconds, joules, grams and tokens of one replica over the window. $ follows from seconds. */
export interface ReplicaResult {
  readonly replica: number
  readonly kind: string
  readonly deviceKind: string
  /** What it does with requests. */
  readonly role: 'prefill' | 'decode' | 'both'
  /** That it serves; empty where the fleet serves one. */
  readonly model: string
  /** Replicas that have its devices by turns: 1 where it has them to itself. */
  readonly turns: number
  /** Requests sent there over the whole run, to compute their prompts or to decode. */
  readonly requests: number
  readonly outputTokens: number
  readonly promptTokens: number
  readonly busyS: number
  /** With its devices, and without others having them. */
  readonly idleS: number
  /** In which others had its devices. */
  readonly awayS: number
  readonly busyJ: number
  readonly idleJ: number
  readonly busyG: number
  readonly idleG: number
  /** Busy seconds and joules from the end of warm-up to the last end, the drain included. */
  readonly servingS: number
  readonly servingJ: number
  /** Busy seconds, joules and grams of the whole run, warm-up and drain included. */
  readonly lifeBusyS: number
  readonly lifeBusyJ: number
  readonly lifeBusyG: number
  /** NaN where the kind has no price. */
  readonly usdPerHour: number
  /** Whole run, and those of them whose KV went to the host's memory. */
  readonly preemptions: number
  readonly swaps: number
  /** Times that its weights were loaded in place of others, whole run. */
  readonly loads: number
  /** Of the requests that arrived in the window and whose prompts were its part. */
  readonly prompts: PromptTokens
  /** Places of its steps that were padding, over all of them, whole run; NaN where its steps are not compiled. */
  readonly paddingShare: number
  readonly steps: number
  readonly events: number
  /** Output tokens a second of this kind when saturated by the workload; NaN when not estimated. */
  readonly saturationTokensPerS: number
}

/** Tokens of some prompts, and those of them that prefix caches held or the workload said they did. */
export interface PromptTokens {
  readonly asked: number
  readonly hit: number
}

/** KV that went from replica to replica, of the requests that arrived in the window. */
export interface TransferResult {
  readonly count: number
  /** From sending to landing. */
  readonly meanS: number
  /** Mean of what each took over what it would have taken alone. */
  readonly meanContention: number
}

/** What one link carried in the window. */
export interface LinkResult {
  readonly link: string
  readonly role: string
  /** That it can carry. */
  readonly bytesPerS: number
  readonly bytes: number
  /** With at least one transfer on it. */
  readonly busyS: number
  /** Transfers on it, integrated over time. */
  readonly transferS: number
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
  /** By a replica, for the length of their prompts; and by the policy or the gateway, before any saw them. */
  readonly rejected: number
  readonly refused: number
  /** Waited at the gateway for as long as they may. */
  readonly expired: number
  /** Given up by their clients. */
  readonly timedOut: number
  readonly cutByLength: number
  readonly preemptions: number
  readonly swaps: number
  /** Finished inside the window, whenever they arrived. */
  readonly endedInWindow: number
  /** Of the requests that arrived in the window, those that met the SLO, and their output tokens. */
  readonly attained: number
  readonly attainedTokens: number
  readonly outputTokens: number
  readonly promptTokens: number
  /** Of the requests that arrived in the window. */
  readonly prompts: PromptTokens
  /** Output tokens a second of the fleet when saturated by the workload; NaN when not estimated. */
  readonly saturationTokensPerS: number
  readonly ttft: Spread
  readonly ttftFromAdmission: Spread
  readonly tpot: Spread
  readonly itl: Spread
  readonly e2e: Spread
  /** Classes and then tenants, where there are some to tell apart. */
  readonly groups: readonly GroupResult[]
  readonly replicas: readonly ReplicaResult[]
  /** Absent where nothing goes from replica to replica. */
  readonly links?: readonly LinkResult[]
  readonly transfers?: TransferResult
  /** Where something stands between the arrivals and the router. */
  readonly gateway?: GatewayResult
  readonly samples: readonly SampleRow[]
  /** Absent where the policy predicts nothing. */
  readonly predictions?: readonly PredictionResult[]
  /** Watts and $/h of what stands in the fleet without a replica. */
  readonly spareWatts: number
  readonly spareUsdPerHour: number
  readonly spareG: number
  readonly pue: number
  readonly isSaturated: boolean
  readonly events: number
}
