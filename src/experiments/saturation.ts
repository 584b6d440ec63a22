import type { LengthSample } from '../arrivals/measure.ts'
import { type Arrivals, fromMemory } from '../arrivals/memory.ts'
import { UserError } from '../core/errors.ts'
import type { Course } from '../fleet/course.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import { simulate } from '../simulate.ts'
import { representatives } from './representatives.ts'

/** What a replica of one kind serves of a workload when there is always work waiting. */
export interface Saturation {
  readonly requestsPerS: number
  readonly tokensPerS: number
}

/** Parts of a course that matter to one replica by itself. */
export type CourseOfOne = Pick<Course, 'seed' | 'slo' | 'pue' | 'carbon'>

/** Batches let go by before measuring begins, and measured over at least. */
const RAMP_BATCHES = 4
const MEASURED_BATCHES = 16

/**
 * The kind with its saturation rates filled in: one replica serves a backlog that repeats the sample, and what
 * it admits is counted over the middle of the run, from one admission to the one a whole number of samples later.
 * So every request of the sample weighs the same, and neither the ramp-up nor the drain counts. It has its devices to
 * itself, is ready from the start, and finds of prompts what the workload says: its own prefix cache stays out.
 */
export async function saturated(
  kind: ReplicaKind,
  sample: LengthSample,
  course: CourseOfOne,
): Promise<ReplicaKind> {
  const { requestsPerS, tokensPerS } = await saturationOf(kind, sample, course)
  return { ...kind, saturationRequestsPerS: requestsPerS, saturationTokensPerS: tokensPerS }
}

export async function saturationOf(
  kind: ReplicaKind,
  sample: LengthSample,
  course: CourseOfOne,
): Promise<Saturation> {
  const fit = fitting(sample, kind)
  const kept = representatives(sample, fit)
  const batch = batchAtMost(kind, sample, kept)
  const ramp = RAMP_BATCHES * batch
  const measured = kept.length * Math.ceil(Math.max(1, (MEASURED_BATCHES * batch) / kept.length))
  const backlog = repeated(sample, kept, ramp + measured + 2 * batch)
  const served = await serve(byItself(kind), workOf(kind, backlog), course)
  const { requests, tokens, seconds } = middle(served, ramp, measured)
  // Rejected requests are part of the workload and cost nothing.
  const rejectedToo = sample.inputTokens.length / fit.length
  return { requestsPerS: (requests / seconds) * rejectedToo, tokensPerS: tokens / seconds }
}

/** What a kind has only beside others, what only delays its requests, and what would serve the backlog out of turn. */
const BESIDE_OTHERS = ['role', 'modelId', 'startS', 'outside', 'prefixCache', 'order'] as const

function byItself(kind: ReplicaKind): ReplicaKind {
  const own: { -readonly [Part in keyof ReplicaKind]: ReplicaKind[Part] } = { ...kind }
  for (const part of BESIDE_OTHERS) delete own[part]
  return own
}

/** What the kind does of the requests: their first token alone, or all but the prompt, which it finds computed. */
function workOf({ role }: ReplicaKind, backlog: Arrivals): Arrivals {
  if (role === 'prefill') return { ...backlog, outputTokens: new Int32Array(backlog.length).fill(1) }
  return role === 'decode' ? { ...backlog, hitTokens: backlog.inputTokens } : backlog
}

/** Rows of the sample that the kind does not reject. */
function fitting({ inputTokens }: LengthSample, kind: ReplicaKind): Int32Array {
  const rows = Int32Array.from(inputTokens.keys()).filter(row => inputTokens[row] < kind.maxModelLen)
  if (rows.length > 0) return rows
  throw new UserError(
    `${kind.name} rejects every request of the workload: prompts have ${inputTokens[0]} tokens and more; ` +
      `must be below its max_model_len, ${kind.maxModelLen}`,
  )
}

/** Requests that may run at once: the engine's limit, or what the KV cache holds of their prompts or has slots for. */
function batchAtMost(kind: ReplicaKind, { inputTokens }: LengthSample, rows: Int32Array): number {
  const promptTokens = rows.reduce((sum, row) => sum + inputTokens[row], 0)
  const heldTokens = kind.reservedTokens === undefined ? promptTokens : kind.reservedTokens * rows.length
  const held = (kind.kvBlocks * kind.blockTokens * rows.length) / heldTokens
  return Math.max(1, Math.min(kind.maxSequences, Math.ceil(held)))
}

function repeated(sample: LengthSample, rows: Int32Array, length: number): Arrivals {
  const column = (from: Int32Array) =>
    Int32Array.from({ length }, (_, request) => from[rows[request % rows.length]])
  return {
    classes: ['backlog'],
    length,
    arrivalS: new Float64Array(length),
    inputTokens: column(sample.inputTokens),
    outputTokens: column(sample.outputTokens),
    hitTokens: column(sample.hitTokens),
    classId: new Uint8Array(length),
  }
}

interface Served {
  readonly admittedS: Float64Array
  readonly emittedTokens: Float64Array
}

async function serve(
  kind: ReplicaKind,
  backlog: Arrivals,
  { seed, slo, pue, carbon }: CourseOfOne,
): Promise<Served> {
  const admittedS = new Float64Array(backlog.length)
  const emittedTokens = new Float64Array(backlog.length)
  const one: Course = {
    ...{ seed, slo, pue, carbon },
    kinds: [kind],
    replicas: [0],
    spareWatts: 0,
    spareUsdPerHour: 0,
    arrivals: () => fromMemory(backlog),
    warmupS: 0,
    sampleS: Number.POSITIVE_INFINITY,
  }
  await simulate(
    one,
    { name: 'round-robin' },
    {
      onEnd(request, requests) {
        admittedS[requests.ordinal[request]] = requests.admittedS[request]
        emittedTokens[requests.ordinal[request]] = requests.emittedTokens[request]
      },
    },
  )
  return { admittedS, emittedTokens }
}

/** Counts from the first admission of an instant to another such: batches admitted together are counted whole. */
function middle({ admittedS, emittedTokens }: Served, ramp: number, measured: number) {
  const isFirst = (request: number) => admittedS[request] > admittedS[request - 1]
  let from = ramp
  while (from < ramp + measured / 2 && !isFirst(from)) from++
  let to = Math.min(from + measured, admittedS.length - 1)
  while (to > from + 1 && !isFirst(to)) to--
  let tokens = 0
  for (let request = from; request < to; request++) tokens += emittedTokens[request]
  return { requests: to - from, tokens, seconds: admittedS[to] - admittedS[from] }
}
