import type { ArrivalSource, Lengths } from '../arrivals/contract.ts'
import { type ArrivalRow, fromMemory, fromRows } from '../arrivals/memory.ts'
import { batchers } from '../batching/registry.ts'
import { UserError } from '../core/errors.ts'
import { ConstantEnergy } from '../energy/constant.ts'
import { type Setup, type Subject, subjectOf } from '../fidelity/subject.ts'
import type { ClosedLoop, Course } from '../fleet/course.ts'
import { devicesOf } from '../latency/layout.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import { type ReplicaMemory, replicaMemory } from '../scenario/memory.ts'
import { simulate } from '../simulate.ts'
import type { Limits } from './formats/contract.ts'

/** Seconds of the requests that one replica served, in order of arrival; NaN for the TPOT of an output of one token. */
export interface Latencies {
  readonly ttft: readonly number[]
  readonly tpot: readonly number[]
  readonly e2e: readonly number[]
}

/** Clients who each send again as soon as they are answered, so many requests in all. */
export interface Loop {
  readonly clients: number
  readonly requests: number
  readonly bodies: readonly Lengths[]
}

const SEED = 1

/** One replica of the subject serves clients, who take the bodies in turns. */
export function servedLoop(subject: Subject, limits: Limits, loop: Loop): Promise<Latencies> {
  const { clients, requests, bodies } = loop
  const lengths = (client: number, turn: number) => bodies[(turn * clients + client) % bodies.length]
  const closedLoop = { clients, requests, thinkS: 0, lengths }
  return served(subject, limits, requests, { arrivals: () => fromMemory(fromRows([])), closedLoop })
}

/** One replica of the subject serves requests as they arrive, in order of time from 0 s on. */
export function servedArrivals(
  subject: Subject,
  limits: Limits,
  rows: readonly ArrivalRow[],
): Promise<Latencies> {
  return served(subject, limits, rows.length, { arrivals: () => fromMemory(fromRows(rows)) })
}

interface Workload {
  readonly arrivals: () => ArrivalSource
  readonly closedLoop?: ClosedLoop
}

async function served(
  subject: Subject,
  limits: Limits,
  requests: number,
  workload: Workload,
): Promise<Latencies> {
  const blank = () => Array<number>(requests).fill(Number.NaN)
  const latencies = { ttft: blank(), tpot: blank(), e2e: blank() }
  const onEnd = (request: number, table: RequestTable) => {
    const { arrivalS, firstTokenS, endS, emittedTokens, ordinal } = table
    const row = ordinal[request]
    latencies.ttft[row] = firstTokenS[request] - arrivalS[request]
    latencies.e2e[row] = endS[request] - arrivalS[request]
    latencies.tpot[row] = (endS[request] - firstTokenS[request]) / (emittedTokens[request] - 1)
  }
  await simulate(courseOf(subject, limits, workload), { name: 'round-robin' }, { onEnd })
  return latencies
}

/** A course of one replica, of which nothing but times is asked. */
function courseOf(subject: Subject, limits: Limits, workload: Workload): Course {
  return {
    ...workload,
    seed: SEED,
    kinds: [kindOf(subject, limits)],
    replicas: [0],
    spareWatts: 0,
    spareUsdPerHour: 0,
    slo: { ttftS: 1, tpotS: 1 },
    warmupS: 0,
    pue: 1,
    carbon: { gramsPerKwh: [0] },
    sampleS: Number.POSITIVE_INFINITY,
  }
}

/** Throws a UserError where the model leaves no memory for KV. */
export function checkFits(place: string, setup: Setup, limits: Limits): void {
  const { kvBlocks, kvBytes } = memoryOf(subjectOf(setup), limits)
  if (kvBlocks > 0) return
  const { model, weights, tp, device } = setup
  throw new UserError(
    `${place}: ${model.id} in ${weights} does not fit ${tp} x ${device.id} with ${limits.tokenBudget} tokens a step ` +
      `and ${limits.maxSequences} sequences: ${(-kvBytes / 1e9).toFixed(1)} GB too much; check model, weights and tp`,
  )
}

/** Most tokens of a prompt and its answer that one replica takes. */
export function longestRequest(subject: Subject, limits: Limits): number {
  const { kvBlocks } = memoryOf(subject, limits)
  return Math.min(subject.model.maxContextTokens, kvBlocks * subject.engine.blockTokens)
}

function memoryOf(
  { engine, model, parallelism, hardware }: Subject,
  { tokenBudget, maxSequences }: Limits,
): ReplicaMemory {
  return replicaMemory({
    model,
    parallelism,
    memoryBytes: hardware.memoryBytes,
    utilization: hardware.memoryUtilization,
    runtimeBytes: hardware.runtimeBytes,
    tokenBudget,
    maxSequences,
    blockTokens: engine.blockTokens,
  })
}

function kindOf(subject: Subject, limits: Limits): ReplicaKind {
  const { device, engine, parallelism, hardware, latency } = subject
  const { tokenBudget, maxSequences } = limits
  const { blockTokens } = engine
  const { kvBlocks } = memoryOf(subject, limits)
  return {
    name: device.id,
    deviceKind: device.kind,
    devices: devicesOf(parallelism),
    latency,
    energy: new ConstantEnergy({ idleWatts: 0, busyWatts: 0 }),
    batcher: batchers['chunked-prefill'].batcher,
    tokenBudget,
    maxSequences,
    maxModelLen: longestRequest(subject, limits),
    kvBlocks,
    blockTokens,
    watermarkBlocks: 0,
    frontEndS: hardware.frontEndS,
    usdPerHour: 0,
    saturationRequestsPerS: Number.NaN,
    saturationTokensPerS: Number.NaN,
  }
}
