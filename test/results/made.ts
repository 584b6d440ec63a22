import type { GroupResult } from '../../src/results/group-result.ts'
import type { ReplicaResult, RunResult } from '../../src/results/run-result.ts'

const NONE = { count: 0, mean: Number.NaN, p50: Number.NaN, p90: Number.NaN, p99: Number.NaN }

/** A replica that ran 30 s of a window of 100 s. */
export function madeReplica(changes: Partial<ReplicaResult> = {}): ReplicaResult {
  return {
    replica: 0,
    kind: 'one',
    deviceKind: 'gpu',
    role: 'both',
    model: '',
    turns: 1,
    requests: 10,
    outputTokens: 3000,
    promptTokens: 9000,
    busyS: 30,
    idleS: 70,
    awayS: 0,
    busyJ: 6000,
    idleJ: 1400,
    busyG: 0.6,
    idleG: 0.14,
    servingS: 33,
    servingJ: 6600,
    lifeBusyS: 36,
    lifeBusyJ: 7200,
    lifeBusyG: 0.72,
    usdPerHour: 36,
    preemptions: 1,
    swaps: 0,
    loads: 0,
    prompts: { asked: 9000, hit: 0 },
    paddingShare: Number.NaN,
    steps: 100,
    events: 50,
    saturationTokensPerS: 100,
    ...changes,
  }
}

/** A tenant of whose ten requests eight met the SLO. */
export function madeGroup(changes: Partial<GroupResult> = {}): GroupResult {
  return {
    by: 'tenant',
    name: 'acme',
    arrived: 10,
    finished: 9,
    rejected: 1,
    refused: 0,
    expired: 0,
    timedOut: 0,
    attained: 8,
    attainedTokens: 2400,
    askedTokens: 5000,
    servedTokens: 4000,
    ttftMeanS: 0.5,
    tpotMeanS: 0.05,
    e2eMeanS: 2,
    ...changes,
  }
}

export function madeResult(changes: Partial<RunResult> = {}): RunResult {
  const replicas = changes.replicas ?? [madeReplica()]
  return {
    windowS: 100,
    warmupS: 10,
    lastArrivalS: 110,
    endS: 125,
    requests: 12,
    arrivedInWindow: 10,
    finished: 12,
    rejected: 0,
    refused: 0,
    expired: 0,
    timedOut: 0,
    cutByLength: 0,
    preemptions: 1,
    swaps: 0,
    endedInWindow: 9,
    attained: 8,
    attainedTokens: 2400,
    outputTokens: replicas.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    promptTokens: replicas.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    prompts: {
      asked: replicas.reduce((sum, { prompts }) => sum + prompts.asked, 0),
      hit: replicas.reduce((sum, { prompts }) => sum + prompts.hit, 0),
    },
    saturationTokensPerS: replicas.reduce((sum, replica) => sum + replica.saturationTokensPerS, 0),
    ttft: NONE,
    ttftFromAdmission: NONE,
    tpot: NONE,
    itl: NONE,
    e2e: NONE,
    groups: [],
    replicas,
    samples: [],
    spareWatts: 0,
    spareUsdPerHour: 0,
    spareG: 0,
    pue: 1.2,
    isSaturated: false,
    events: 100,
    ...changes,
  }
}
