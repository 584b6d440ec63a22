import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { FINISHED, LENGTH } from '../../src/requests/table.ts'
import type { World } from './naive.ts'
import { handOver } from './naive-delivery.ts'
import { giveUp, mayRun, startWaiting } from './naive-devices.ts'
import { account, stepSecondsOf } from './naive-ledger.ts'
import { endPlan, moveOrigin, planStep } from './naive-origins.ts'
import { evict, keepComputed, letGo } from './naive-prefixes.ts'
import { batchDueS, settleQueue, waitingOf } from './naive-queue.ts'
import { form, scheduleLikeVllm } from './naive-scheduling.ts'
import { heldBlocks, type Replica, type Request, type Step, tokensPerDecode } from './naive-state.ts'

/* A step's life. */

export function beginStep(world: World, replica: Replica, nowS: number): void {
  const { devices, id, kind, running } = replica
  const wasBusy = replica.hasEnded
  replica.hasEnded = false
  if (!wasBusy && devices !== undefined && !mayRun(devices, id, nowS)) return
  endPlan(replica, nowS)
  const step = newStep(world, replica, nowS)
  if (world.options.ownChunkedPrefill && kind.batcher === chunkedPrefill && isPlain(kind))
    scheduleLikeVllm(replica, step)
  else form(replica, step)
  if (step.decodes.length + step.chunks.length === 0) {
    if (running.length > 0) throw new Error(`replica ${id} formed an empty step`)
    return rest(replica, nowS)
  }
  start(world, replica, step)
}

/** Whether it has none of what few replicas have and vLLM's loop here knows nothing of. */
function isPlain({
  order,
  chunkBudget,
  maxPrefills,
  reservedTokens,
  swap,
  prefixCache,
  pace,
}: ReplicaKind): boolean {
  return [order, chunkBudget, maxPrefills, reservedTokens, swap, prefixCache, pace].every(
    it => it === undefined,
  )
}

function newStep(world: World, replica: Replica, nowS: number): Step {
  return {
    ordinal: replica.totals.steps * world.replicas.length + replica.id,
    startS: nowS,
    decodes: [],
    chunks: [],
    preempted: [],
    hasContinued: false,
    seconds: Number.NaN,
  }
}

/** Nothing to run. Who is ready and finds no room has work all the same. */
function rest(replica: Replica, nowS: number): void {
  const { devices } = replica
  if (devices === undefined) return
  if (batchDueS(replica, nowS) <= nowS) startWaiting(devices, replica.id, nowS)
  giveUp(devices, nowS)
}

function start(world: World, replica: Replica, step: Step): void {
  const { kind, id } = replica
  const nowS = step.startS
  const held = heldBlocks(replica)
  if (held > kind.kvBlocks) throw new Error(`replica ${id} holds ${held} of ${kind.kvBlocks} blocks`)
  if (nowS < (kind.startS ?? 0)) throw new Error(`replica ${id} begins at ${nowS} s, before its start`)
  planStep(replica, step)
  step.seconds = stepSecondsOf(replica, step)
  if (!(nowS + step.seconds > nowS)) throw new Error(`a step of ${step.seconds} s at ${nowS} s does not end`)
  replica.step = step
  world.steps.push({
    replica: id,
    startS: nowS,
    seconds: step.seconds,
    decodes: step.decodes.map(r => r.ordinal),
    chunks: step.chunks.map(c => ({ ordinal: c.request.ordinal, tokens: c.tokens, cached: c.cached })),
    preempted: step.preempted.map(r => r.ordinal),
    heldBlocks: held,
    ...account(world.course, replica, step),
  })
}

export function endStep(world: World, replica: Replica, nowS: number): void {
  const step = replica.step!
  replica.step = undefined
  replica.hasEnded = true
  for (const request of [...replica.running, ...waitingOf(replica.queue)]) countGap(request, step, nowS)
  if (step.decodes.length > 0) decode(world, replica, step, nowS)
  for (const { request, tokens } of step.chunks) {
    request.computed += tokens
    if (replica.cache !== undefined) {
      keepComputed(replica.cache, request)
      evict(replica)
    }
    if (request.computed < request.prefillTokens) continue
    request.decoding = true
    tell(replica, request, nowS)
    emit(world, replica, request, nowS)
    if (request.row.outcome === 0 && replica.kind.role === 'prefill')
      leave(world, replica, request, step, nowS)
  }
}

/** Steps of its replica add up; where its replica stood still, or it was elsewhere, the clock tells. */
function countGap(request: Request, step: Step, nowS: number): void {
  request.sinceTokenS += request.countedS === step.startS ? step.seconds : nowS - request.countedS
  request.countedS = nowS
}

/** All decodes gain their tokens before the first of them leaves, in order of admission. */
function decode(world: World, replica: Replica, step: Step, nowS: number): void {
  const tokens = tokensPerDecode(replica)
  replica.decodeSteps++
  replica.plan.done++
  const decodes = replica.running.filter(request => step.decodes.includes(request))
  const isLast = (request: Request) => request.row.emitted + tokens >= outputLimit(replica, request)
  for (const request of decodes) {
    request.computed += tokens
    request.untold += Math.min(tokens, outputLimit(replica, request) - request.row.emitted)
  }
  if (step.chunks.length > 0 || decodes.some(isLast)) moveOrigin(replica, nowS)
  for (const request of decodes) emit(world, replica, request, nowS, tokens)
}

/** The order is told of a token at once. */
function tell({ queue }: Replica, request: Request, nowS: number): void {
  if (queue.order?.served === undefined) return
  settleQueue(queue, nowS)
  queue.order.served(request, 1)
}

function outputLimit({ kind }: Replica, { inputTokens, outputTokens }: Request): number {
  return Math.min(outputTokens, kind.maxModelLen - inputTokens)
}

/** Tokens come out, all at once: no more than are asked for. */
function emit(world: World, replica: Replica, request: Request, nowS: number, tokens = 1): void {
  const { row } = request
  const replyS = replica.kind.outside?.replyS ?? 0
  if (row.emitted === 0) {
    row.firstTokenS = nowS + replyS
  } else {
    world.gapsS.push(request.sinceTokenS)
    row.worstItlS = Math.max(row.worstItlS, request.sinceTokenS)
  }
  request.sinceTokenS = 0
  request.countedS = nowS
  for (let i = 0; i < tokens && row.emitted < outputLimit(replica, request); i++) {
    row.emitted++
    row.tokenS.push(nowS)
  }
  if (row.emitted < outputLimit(replica, request)) return
  row.outcome = row.emitted === request.outputTokens ? FINISHED : LENGTH
  // Where the replica that emitted the first is farther away, the client has the others no earlier.
  row.endS = Math.max(row.firstTokenS, nowS + replyS)
  request.blocks = 0
  letGo(replica.cache, request)
  replica.running.splice(replica.running.indexOf(request), 1)
}

/** To be decoded elsewhere. */
function leave(world: World, replica: Replica, request: Request, step: Step, nowS: number): void {
  replica.running.splice(replica.running.indexOf(request), 1)
  handOver(world, replica, request, step.seconds, nowS)
}
