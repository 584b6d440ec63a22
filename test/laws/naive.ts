import { ArrivalBlock } from '../../src/arrivals/contract.ts'
import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { FINISHED, LENGTH, type Outcome, REJECTED } from '../../src/requests/table.ts'
import type { ReplicaId } from '../../src/routing/contract.ts'
import { account, stepSecondsOf } from './naive-ledger.ts'
import { formation, scheduleLikeVllm } from './naive-scheduling.ts'
import { batchDueS, freeBlocks, heldBlocks, type Replica, type Request, type Step } from './naive-state.ts'

/*
 * The oracle of law 4b: the same fleet, simulated as slowly and as plainly as possible. One turn of the loop per
 * instant, one step at a time, KV blocks taken one by one, no closed form and no totals kept: what can be
 * counted again is counted again. It shares with the simulator the facts of a course (models, prices, batchers)
 * and nothing of how they are used.
 */

/** What came with a request. */
export interface RequestFacts {
  /** Place in the workload, from 0. */
  readonly ordinal: number
  readonly arrivalS: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly hitTokens: number
  readonly requestClass: string
}

/** A replica as it stands at a decision: what ends at that instant has ended, what begins has not begun. */
export interface ReplicaSnapshot {
  /** Sent there and not admitted, the preempted included. */
  readonly waiting: number
  readonly running: number
  /** Blocks that neither the step under way nor any request between two steps holds. */
  readonly freeBlocks: number
}

/** Routes a request at its arrival. */
export type Decide = (request: RequestFacts, nowS: number, replicas: readonly ReplicaSnapshot[]) => ReplicaId

export interface NaiveRow {
  readonly replica: ReplicaId
  readonly outcome: Outcome
  /** Begin of the step that first carried it; NaN if none did. */
  readonly admittedS: number
  readonly firstTokenS: number
  readonly endS: number
  readonly emitted: number
  readonly preemptions: number
  /** Longest time between two of its tokens; 0 with fewer than two. */
  readonly worstItlS: number
  readonly shareS: number
  readonly shareJ: number
  readonly shareG: number
  /** When each of its tokens came out. */
  readonly tokenS: readonly number[]
}

/** The meter of a replica while it runs steps; idle time is no part of it. */
export interface NaiveReplicaTotals {
  readonly busyS: number
  readonly busyJ: number
  /** Grams of CO2 of busyJ at the facility's meter. */
  readonly grams: number
  readonly steps: number
  readonly preemptions: number
}

/** A step as it ran. */
export interface NaiveStep {
  readonly replica: ReplicaId
  readonly startS: number
  readonly seconds: number
  /** Ordinals of its decodes in order of admission. */
  readonly decodes: readonly number[]
  readonly chunks: readonly { readonly ordinal: number; readonly tokens: number; readonly cached: number }[]
  /** Ordinals of the requests preempted while it was formed, in order. */
  readonly preempted: readonly number[]
  /** Blocks held while it runs. */
  readonly heldBlocks: number
  /** At the node's wall, and the grams of that at the facility's meter. */
  readonly joules: number
  readonly grams: number
}

export interface NaiveResult {
  /** By ordinal. */
  readonly requests: readonly NaiveRow[]
  /** By replica id. */
  readonly replicas: readonly NaiveReplicaTotals[]
  /** Every time between two consecutive tokens of one request, in order of the later token. */
  readonly gapsS: readonly number[]
  /** Time of the last event. */
  readonly endS: number
  /** In order of begin, then of replica. */
  readonly steps: readonly NaiveStep[]
}

export interface NaiveOptions {
  /** Form the steps of replicas with the chunked-prefill batcher by vLLM's own loop instead of the batcher. */
  readonly ownChunkedPrefill?: boolean
}

interface World {
  readonly course: Course
  readonly replicas: readonly Replica[]
  readonly gapsS: number[]
  readonly steps: NaiveStep[]
  readonly options: NaiveOptions
}

/** Runs the course to the end of its last request; `decide` is called once per request, in order of arrival. */
export async function runNaive(
  course: Course,
  decide: Decide,
  options: NaiveOptions = {},
): Promise<NaiveResult> {
  if (course.closedLoop) throw new Error('the naive stepper knows no closed loops')
  const requests = await readRequests(course)
  const replicas = course.replicas.map((kind, id) => newReplica(id, course.kinds[kind]))
  const world: World = { course, replicas, gapsS: [], steps: [], options }
  let arrived = 0
  let endS = 0
  for (;;) {
    const nowS = Math.min(requests[arrived]?.arrivalS ?? Infinity, ...replicas.map(nextEventS))
    if (nowS === Infinity) break
    endS = nowS
    for (const replica of replicas) {
      if (replica.step && stepEndS(replica.step) === nowS) endStep(world, replica, nowS)
    }
    while (requests[arrived]?.arrivalS === nowS) {
      const request = requests[arrived++]
      deliver(replicas[decide(request, nowS, replicas.map(snapshot))], request, nowS)
    }
    for (const replica of replicas) {
      if (!replica.step && nextEventS(replica) <= nowS) beginStep(world, replica, nowS)
    }
  }
  for (const replica of replicas) {
    if (replica.queue.length > 0 || heldBlocks(replica) > 0)
      throw new Error(`replica ${replica.id} is not empty`)
  }
  return {
    requests: requests.map(r => r.row),
    replicas: replicas.map(r => r.totals),
    gapsS: world.gapsS,
    endS,
    steps: world.steps,
  }
}

async function readRequests(course: Course): Promise<Request[]> {
  const source = course.arrivals()
  const block = new ArrivalBlock(7)
  const requests: Request[] = []
  for (;;) {
    block.length = 0
    await source.fill(block)
    if (block.length === 0) break
    for (let i = 0; i < block.length; i++) {
      requests.push({
        ordinal: requests.length,
        arrivalS: block.arrivalS[i],
        inputTokens: block.inputTokens[i],
        outputTokens: block.outputTokens[i],
        hitTokens: block.hitTokens[i],
        requestClass: source.classes[block.classId[i]],
        row: newRow(),
        readyS: Number.NaN,
        prefillTokens: block.inputTokens[i],
        computed: 0,
        decoding: false,
        blocks: 0,
        sinceTokenS: 0,
      })
    }
  }
  source.close()
  return requests
}

function newRow(): Request['row'] {
  return {
    replica: -1,
    outcome: 0,
    admittedS: Number.NaN,
    firstTokenS: Number.NaN,
    endS: Number.NaN,
    emitted: 0,
    preemptions: 0,
    worstItlS: 0,
    shareS: 0,
    shareJ: 0,
    shareG: 0,
    tokenS: [],
  }
}

function newReplica(id: ReplicaId, kind: ReplicaKind): Replica {
  if (kind.tokenBudget < kind.maxSequences) throw new Error(`${kind.name}: token budget below sequence limit`)
  if (kind.kvBlocks * kind.blockTokens < kind.maxModelLen)
    throw new Error(`${kind.name}: maxModelLen exceeds KV`)
  const totals = { busyS: 0, busyJ: 0, grams: 0, steps: 0, preemptions: 0 }
  return { id, kind, running: [], queue: [], totals, step: undefined }
}

function stepEndS(step: Step): number {
  return step.startS + step.seconds
}

/** When the replica next does something of its own: the end of its step, or a begin that may lie in the past. */
function nextEventS(replica: Replica): number {
  if (replica.step) return stepEndS(replica.step)
  if (replica.running.length > 0) return -Infinity
  return batchDueS(replica)
}

function snapshot(replica: Replica): ReplicaSnapshot {
  return { waiting: replica.queue.length, running: replica.running.length, freeBlocks: freeBlocks(replica) }
}

function deliver(replica: Replica, request: Request, nowS: number): void {
  request.row.replica = replica.id
  if (request.inputTokens >= replica.kind.maxModelLen) {
    request.row.outcome = REJECTED
    request.row.endS = nowS
    return
  }
  request.readyS = nowS + replica.kind.frontEndS
  replica.queue.push(request)
}

// A step's life.

function beginStep(world: World, replica: Replica, nowS: number): void {
  const { kind } = replica
  const step: Step = {
    ordinal: replica.totals.steps * world.replicas.length + replica.id,
    startS: nowS,
    decodes: [],
    chunks: [],
    preempted: [],
    budget: kind.tokenBudget,
    seconds: Number.NaN,
  }
  if (world.options.ownChunkedPrefill && kind.batcher === chunkedPrefill) scheduleLikeVllm(replica, step)
  else kind.batcher(formation(replica, step))
  if (step.decodes.length + step.chunks.length === 0)
    throw new Error(`replica ${replica.id} formed an empty step`)
  const held = heldBlocks(replica)
  if (held > kind.kvBlocks) throw new Error(`replica ${replica.id} holds ${held} of ${kind.kvBlocks} blocks`)
  step.seconds = stepSecondsOf(replica, step)
  if (!(nowS + step.seconds > nowS)) throw new Error(`a step of ${step.seconds} s at ${nowS} s does not end`)
  replica.step = step
  world.steps.push({
    replica: replica.id,
    startS: nowS,
    seconds: step.seconds,
    decodes: step.decodes.map(r => r.ordinal),
    chunks: step.chunks.map(c => ({ ordinal: c.request.ordinal, tokens: c.tokens, cached: c.cached })),
    preempted: step.preempted.map(r => r.ordinal),
    heldBlocks: held,
    ...account(world.course, replica, step),
  })
}

function endStep(world: World, replica: Replica, nowS: number): void {
  const step = replica.step!
  replica.step = undefined
  for (const request of [...replica.running, ...replica.queue]) request.sinceTokenS += step.seconds
  for (const request of step.decodes) {
    request.computed += 1
    emit(world, replica, request, nowS)
  }
  for (const { request, tokens } of step.chunks) {
    request.computed += tokens
    if (request.computed < request.prefillTokens) continue
    request.decoding = true
    emit(world, replica, request, nowS)
  }
}

function emit(world: World, replica: Replica, request: Request, nowS: number): void {
  const { row } = request
  row.emitted++
  row.tokenS.push(nowS)
  if (row.emitted === 1) {
    row.firstTokenS = nowS
  } else {
    world.gapsS.push(request.sinceTokenS)
    row.worstItlS = Math.max(row.worstItlS, request.sinceTokenS)
  }
  request.sinceTokenS = 0
  if (row.emitted === request.outputTokens) row.outcome = FINISHED
  else if (request.inputTokens + row.emitted === replica.kind.maxModelLen) row.outcome = LENGTH
  else return
  row.endS = nowS
  request.blocks = 0
  replica.running.splice(replica.running.indexOf(request), 1)
}
