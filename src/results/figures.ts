import { type Fairness, fairnessOf } from './fairness.ts'
import type { ReplicaResult, RunResult } from './run-result.ts'

const MTOK = 1e6
const HOUR_S = 3600

/** An amount of the meter over the window at the facility: while replicas ran steps, and while they stood by. */
export interface BusyIdle {
  readonly busy: number
  /** Nodes without a replica stand by all the time. */
  readonly idle: number
  readonly total: number
}

/** What follows from a run's results. NaN where unknown, such as $ in a fleet without prices. */
export interface Figures {
  readonly throughputRps: number
  readonly outputTokensPerS: number
  readonly promptTokensPerS: number
  /** Requests and output tokens a second that ended in the window and met the SLO. */
  readonly goodputRps: number
  readonly goodputTokensPerS: number
  /** Share of the requests that arrived in the window and met the SLO. */
  readonly attainment: number
  /** Between the tenants, and between the classes, of these requests. */
  readonly tenantFairness: Fairness
  readonly classFairness: Fairness
  /** Share of the prompt tokens of these requests that prefix caches held. */
  readonly prefixHitShare: number
  /** Output tokens a second over what the fleet serves when saturated. */
  readonly load: number
  /** Replica-seconds in steps over replica-seconds; replicas on the same devices have those of one. */
  readonly busyFraction: number
  readonly joules: BusyIdle
  readonly usd: BusyIdle
  readonly grams: BusyIdle
  readonly usdPerHour: number
  /** Seconds from the last arrival to the last end, which the meters leave out. */
  readonly drainS: number
  /** Joules of replicas running steps in warm-up and drain. */
  readonly busyJOutsideWindow: number
}

export function figuresOf(result: RunResult): Figures {
  const { replicas, windowS, pue } = result
  const joules = busyIdle(
    total(replicas, ({ busyJ }) => busyJ),
    total(replicas, ({ idleJ }) => idleJ) + result.spareWatts * windowS * pue,
  )
  const outputTokensPerS = result.outputTokens / windowS
  return {
    throughputRps: result.endedInWindow / windowS,
    outputTokensPerS,
    promptTokensPerS: result.promptTokens / windowS,
    goodputRps: result.attained / windowS,
    goodputTokensPerS: result.attainedTokens / windowS,
    attainment: result.attained / result.arrivedInWindow,
    tenantFairness: fairnessOf(result.groups, 'tenant'),
    classFairness: fairnessOf(result.groups, 'class'),
    prefixHitShare: result.prompts.hit / result.prompts.asked,
    load: outputTokensPerS / result.saturationTokensPerS,
    busyFraction:
      total(replicas, ({ busyS }) => busyS) / (windowS * total(replicas, ({ turns }) => 1 / turns)),
    joules,
    usd: usdOf(result),
    grams: busyIdle(
      total(replicas, ({ busyG }) => busyG),
      total(replicas, ({ idleG }) => idleG) + result.spareG,
    ),
    usdPerHour: total(replicas, ({ usdPerHour, turns }) => usdPerHour / turns) + result.spareUsdPerHour,
    drainS: result.endS - result.lastArrivalS,
    busyJOutsideWindow: total(replicas, ({ lifeBusyJ }) => lifeBusyJ) - joules.busy,
  }
}

/** An amount per million output tokens of the window. */
export function perMtok(amount: number, { outputTokens }: RunResult): number {
  return (amount / outputTokens) * MTOK
}

/** An amount per million output tokens of requests that met the SLO; NaN where there are none. */
export function perGoodMtok(amount: number, { attainedTokens }: RunResult): number {
  return attainedTokens === 0 ? Number.NaN : (amount / attainedTokens) * MTOK
}

function usdOf({ replicas, windowS, spareUsdPerHour }: RunResult): BusyIdle {
  const price = (seconds: (replica: ReplicaResult) => number) =>
    total(replicas, replica => (replica.usdPerHour / HOUR_S) * seconds(replica))
  return busyIdle(
    price(({ busyS }) => busyS),
    price(({ idleS }) => idleS) + (spareUsdPerHour / HOUR_S) * windowS,
  )
}

function busyIdle(busy: number, idle: number): BusyIdle {
  return { busy, idle, total: busy + idle }
}

function total(replicas: readonly ReplicaResult[], of: (replica: ReplicaResult) => number): number {
  return replicas.reduce((sum, replica) => sum + of(replica), 0)
}
