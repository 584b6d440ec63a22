import type { ArrivalSource } from '../arrivals/contract.ts'
import { type ArrivalRow, fromMemory, fromRows } from '../arrivals/memory.ts'
import { type BatcherName, batchers } from '../batching/registry.ts'
import { ConstantEnergy } from '../energy/constant.ts'
import type { ClosedLoop, Course } from '../fleet/course.ts'
import { devicesOf, placesOf } from '../latency/layout.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { RequestTable } from '../requests/table.ts'
import { type ReplicaMemory, replicaMemory } from '../scenario/memory.ts'
import { simulate } from '../simulate.ts'
import type { Subject } from './subject.ts'

/** How an engine was run. */
export interface Limits {
  readonly batcher: BatcherName
  /** Most tokens in a step, and most requests that run at once, of one attention rank. */
  readonly tokenBudget: number
  readonly maxSequences: number
  /** Tokens that the engine reserves for a request before it runs; 0 where it takes blocks as it goes. */
  readonly reservedTokens: number
  /** False where arrival times are those at the engine, behind its front end. */
  readonly hasFrontEnd?: boolean
  /** Tokens that the KV pool holds; by default what memory leaves. */
  readonly kvTokens?: number
}

/** What requests come: clients in a closed loop, or at times. */
export type Load = { readonly loop: Omit<ClosedLoop, 'thinkS'> } | { readonly rows: readonly ArrivalRow[] }

/** Seconds of the requests in order of arrival; NaN for the TPOT of an output of one token. */
export interface Served {
  readonly ttft: readonly number[]
  readonly tpot: readonly number[]
  readonly e2e: readonly number[]
  /** From the first arrival to the last end. */
  readonly seconds: number
  readonly outputTokens: number
}

const SEED = 1

/** What serves: kinds of replica, how many there are of each, and what lies between them. */
export type Servers = Pick<Course, 'kinds' | 'replicas' | 'places' | 'network' | 'handoff'>

/** Like replicas of the subject serve the load. Throws Unusable where weights leave no memory for KV. */
export function served(subject: Subject, limits: Limits, load: Load, replicas = 1): Promise<Served> {
  return servedBy({ kinds: [kindOf(subject, limits)], replicas: Array(replicas).fill(0) }, load)
}

/** The servers serve the load, each request where fewest are. */
export async function servedBy(servers: Servers, load: Load): Promise<Served> {
  const count = 'loop' in load ? load.loop.requests : load.rows.length
  const blank = () => Array<number>(count).fill(Number.NaN)
  const latencies = { ttft: blank(), tpot: blank(), e2e: blank() }
  let seconds = 0
  let outputTokens = 0
  const onEnd = (request: number, table: RequestTable) => {
    const { arrivalS, firstTokenS, endS, emittedTokens, ordinal } = table
    const row = ordinal[request]
    latencies.ttft[row] = firstTokenS[request] - arrivalS[request]
    latencies.e2e[row] = endS[request] - arrivalS[request]
    latencies.tpot[row] = (endS[request] - firstTokenS[request]) / (emittedTokens[request] - 1)
    seconds = Math.max(seconds, endS[request])
    outputTokens += emittedTokens[request]
  }
  await simulate(courseOf(servers, load), { name: 'least-requests' }, { onEnd })
  return { ...latencies, seconds, outputTokens }
}

/** Servers of which nothing but times is asked. */
function courseOf(servers: Servers, load: Load): Course {
  return {
    ...workloadOf(load),
    ...servers,
    seed: SEED,
    spareWatts: 0,
    spareUsdPerHour: 0,
    slo: { ttftS: 1, tpotS: 1 },
    warmupS: 0,
    pue: 1,
    carbon: { gramsPerKwh: [0] },
    sampleS: Number.POSITIVE_INFINITY,
  }
}

function workloadOf(load: Load): { arrivals: () => ArrivalSource; closedLoop?: ClosedLoop } {
  if ('rows' in load) return { arrivals: () => fromMemory(fromRows(load.rows)) }
  return { arrivals: () => fromMemory(fromRows([])), closedLoop: { ...load.loop, thinkS: 0 } }
}

/** What the memory of a replica holds under these limits of an attention rank. */
export function memoryOf(
  { engine, model, parallelism, hardware, drafting }: Subject,
  { tokenBudget, maxSequences }: Pick<Limits, 'tokenBudget' | 'maxSequences'>,
): ReplicaMemory {
  return replicaMemory({
    ...{ model, parallelism, tokenBudget, maxSequences, blockTokens: engine.blockTokens },
    ...(drafting && { draft: drafting }),
    ...hardware.memory,
  })
}

/** Tokens that the KV pool of a replica holds. Throws Unusable where weights leave no memory for it. */
export function kvTokensOf(subject: Subject, { tokenBudget, maxSequences, kvTokens }: Limits): number {
  const { engine, model, parallelism, weights, device } = subject
  const { blockTokens } = engine
  if (kvTokens !== undefined) return Math.floor(kvTokens / blockTokens) * blockTokens
  const { kvBlocks } = memoryOf(subject, { tokenBudget, maxSequences })
  if (kvBlocks > 0) return kvBlocks * blockTokens
  throw new Unusable(
    `${model.id} in ${weights} leaves ${devicesOf(parallelism)} x ${device.id} no memory for KV`,
  )
}

/** What every replica of the subject is. Throws Unusable where weights leave no memory for KV. */
export function kindOf(subject: Subject, limits: Limits): ReplicaKind {
  const { device, engine, parallelism, hardware, latency, drafting } = subject
  const { blockTokens } = engine
  const kvTokens = kvTokensOf(subject, limits)
  const maxSequences = limits.maxSequences * parallelism.attentionDp
  const { reservedTokens } = limits
  const inKv = reservedTokens === 0 ? maxSequences : Math.max(1, Math.floor(kvTokens / reservedTokens))
  return {
    name: device.id,
    deviceKind: device.kind,
    devices: devicesOf(parallelism),
    latency,
    energy: new ConstantEnergy({ idleWatts: 0, busyWatts: 0 }),
    batcher: batchers[limits.batcher].batcher,
    tokenBudget: Math.max(limits.tokenBudget, limits.maxSequences) * placesOf(parallelism),
    maxSequences: Math.min(maxSequences, inKv),
    maxModelLen: kvTokens,
    kvBlocks: kvTokens / blockTokens,
    blockTokens,
    watermarkBlocks: 0,
    frontEndS: limits.hasFrontEnd === false ? 0 : hardware.frontEndS,
    usdPerHour: 0,
    saturationRequestsPerS: Number.NaN,
    saturationTokensPerS: Number.NaN,
    ...(drafting && { pace: drafting.pace }),
  }
}
