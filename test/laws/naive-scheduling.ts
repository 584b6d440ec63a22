import type { StepFormation } from '../../src/batching/contract.ts'
import { isClosed } from './naive-devices.ts'
import { moveOrigin } from './naive-origins.ts'
import { evict, foundEntries, holdFound, letGo, sharedEntries } from './naive-prefixes.ts'
import { batchDueS, headOf, putBack, queueLength, takeHead } from './naive-queue.ts'
import {
  blocksOf,
  freeBlocks,
  type Replica,
  type Request,
  restOf,
  type Step,
  sum,
  tokensPerDecode,
} from './naive-state.ts'

/* How the naive stepper forms a step: the verbs of a batcher, and vLLM's scheduler in one piece. */

const NOTHING_STAGED = { from: 0, to: 0 }

function chunkTokens(step: Step): number {
  return sum(step.chunks, chunk => chunk.tokens)
}

/** What is left for chunks beside so many decodes. */
function budgetFor({ kind }: Replica, step: Step, decodes: number): number {
  const { tokenBudget, chunkBudget = Number.POSITIVE_INFINITY } = kind
  return Math.min(tokenBudget - decodes, chunkBudget) - chunkTokens(step)
}

/** Takes blocks one by one: entries that nobody holds give way. */
function takeBlocks(replica: Replica, request: Request, blocks: number): void {
  for (let i = 0; i < blocks; i++) {
    request.blocks++
    evict(replica)
  }
}

/**
 * Gives `request` blocks for `tokens`, preempting from the last of the pass as long as they are not free.
 * @returns false if the request itself was preempted
 */
function makeRoom(replica: Replica, step: Step, pass: Request[], request: Request, tokens: number): boolean {
  const needed = blocksOf(replica, tokens) - request.blocks
  while (needed > freeBlocks(replica)) {
    const victim = pass.pop()!
    preempt(replica, step, victim)
    if (victim === request) return false
  }
  takeBlocks(replica, request, needed)
  return true
}

function preempt(replica: Replica, step: Step, victim: Request): void {
  if (isIn(step, victim)) throw new Error(`request ${victim.ordinal} is in the step that preempts it`)
  moveOrigin(replica, step.startS)
  replica.running.splice(replica.running.indexOf(victim), 1)
  victim.blocks = 0
  letGo(replica.cache, victim)
  victim.row.preemptions++
  replica.totals.preemptions++
  if (victim.decoding) victim.prefillTokens = victim.computed
  victim.decoding = false
  if (!swapOut(replica, victim, step.startS)) {
    victim.computed = 0
    victim.prefillTokens = victim.inputTokens + victim.row.emitted
  }
  putBack(replica.queue, victim, step.startS)
  step.preempted.push(victim)
}

/** Keeps the KV of a request in the host's memory, if it has room: it goes there and back, one after another. */
function swapOut(replica: Replica, victim: Request, nowS: number): boolean {
  const { swap } = replica.kind
  const used = sum([...replica.running, ...waitingHere(replica)], request => request.inHost)
  if (swap === undefined || victim.computed === 0 || used + victim.computed > swap.mostTokens) return false
  victim.inHost = victim.computed
  const oneWayS = (victim.computed * swap.bytesPerToken) / swap.bytesPerS
  replica.swappedS = Math.max(replica.swappedS, nowS) + 2 * oneWayS
  victim.readyS = replica.swappedS
  return true
}

function waitingHere({ queue }: Replica): readonly Request[] {
  return [...queue.line, ...(queue.order?.waiting ?? [])]
}

function isIn(step: Step, request: Request): boolean {
  return step.decodes.includes(request) || step.chunks.some(chunk => chunk.request === request)
}

function continueRunning(replica: Replica, step: Step): void {
  const { order } = replica.queue
  step.hasContinued = true
  const pass = order === undefined ? [...replica.running] : [...replica.running].sort(order.compare)
  for (let i = 0; i < pass.length; i++) {
    const request = pass[i]
    if (isIn(step, request)) continue
    if (request.decoding) {
      if (!makeRoom(replica, step, pass, request, request.computed + tokensPerDecode(replica))) return
      step.decodes.push(request)
    } else {
      const decodes = replica.running.filter(it => it.decoding).length
      const tokens = Math.min(restOf(request), budgetFor(replica, step, decodes))
      if (tokens <= 0) continue
      if (!makeRoom(replica, step, pass, request, request.computed + tokens)) return
      step.chunks.push({ request, tokens, cached: request.computed })
    }
  }
}

function headTokens(replica: Replica, nowS: number): number {
  const head = headOf(replica.queue, nowS)
  return restOf(head) - foundEntries(replica.cache, head) * (replica.cache?.entryTokens ?? 0)
}

function mayAdmit({ kind, running, devices }: Replica, step: Step, tokens: number): boolean {
  if (step.preempted.length > 0 || running.length >= kind.maxSequences) return false
  if (devices !== undefined && isClosed(devices, step.startS)) return false
  return (
    tokens === 0 || running.filter(it => !it.decoding).length < (kind.maxPrefills ?? Number.POSITIVE_INFINITY)
  )
}

function admit(replica: Replica, step: Step, tokens: number): boolean {
  const { kind, running, queue, cache } = replica
  if (!mayAdmit(replica, step, tokens)) return false
  const request = headOf(queue, step.startS)
  const found = foundEntries(cache, request)
  const foundTokens = found * (cache?.entryTokens ?? 0)
  // Who joins the decodes of this step needs blocks for what these emit.
  const ahead = tokens === 0 && step.hasContinued ? tokensPerDecode(replica) : 0
  const blocks = blocksOf(replica, request.computed + foundTokens + tokens + ahead)
  const shared = cache === undefined ? 0 : sharedEntries(cache, request, found) * cache.entryBlocks
  const keepFree = running.length > 0 ? kind.watermarkBlocks : 0
  if (blocks - shared + keepFree > freeBlocks(replica)) return false

  running.push(takeHead(queue, step.startS))
  request.inHost = 0
  if (cache !== undefined) holdFound(cache, request, found)
  request.staged = NOTHING_STAGED
  request.blocks = found * (cache?.entryBlocks ?? 0)
  takeBlocks(replica, request, blocks - request.blocks)
  request.computed += foundTokens
  if (Number.isNaN(request.row.admittedS)) {
    request.row.admittedS = step.startS
    if (found > 0) request.journey.hitTokens = foundTokens
  }
  if (tokens > 0) step.chunks.push({ request, tokens, cached: request.computed })
  else join(replica, step, request)
  return true
}

/** One that has only to decode takes part wherever the decodes go. */
function join(replica: Replica, step: Step, request: Request): void {
  moveOrigin(replica, step.startS)
  request.decoding = true
  if (step.hasContinued) step.decodes.push(request)
}

/** Asks the batcher; a step into which it puts nothing carries the decodes, if there are any. */
export function form(replica: Replica, step: Step): void {
  replica.kind.batcher(formation(replica, step))
  const isEmpty = step.chunks.length === 0 && step.decodes.length === 0
  if (isEmpty && replica.running.some(it => it.decoding)) continueRunning(replica, step)
}

/** The step as the replica's batcher sees it: every answer is counted anew. */
function formation(replica: Replica, step: Step): StepFormation {
  const { kind, running, queue } = replica
  const nowS = step.startS
  return {
    get running() {
      return running.length
    },
    get decodes() {
      return running.filter(r => r.decoding).length
    },
    get prefills() {
      return running.filter(r => !r.decoding).length
    },
    get hasWaiting() {
      return queueLength(queue) > 0 && headOf(queue, nowS).readyS <= nowS
    },
    get isBatchDue() {
      return batchDueS(replica, nowS) <= nowS
    },
    get headTokens() {
      return headTokens(replica, nowS)
    },
    get budgetTokens() {
      return budgetFor(replica, step, step.decodes.length)
    },
    get chunkTokens() {
      return chunkTokens(step)
    },
    maxSequences: kind.maxSequences,
    continueRunning: () => continueRunning(replica, step),
    admit: tokens => admit(replica, step, tokens),
  }
}

/**
 * The scheduler of vLLM v1 in one piece, written from its description and not by the batcher's verbs; for kinds without
 * any of what few replicas have.
 */
export function scheduleLikeVllm(replica: Replica, step: Step): void {
  const { kind, running } = replica
  const { line } = replica.queue
  let budget = kind.tokenBudget
  let index = 0
  while (index < running.length && budget > 0) {
    const request = running[index]
    const known = request.inputTokens + request.row.emitted
    const tokens = Math.min(known - request.computed, budget)
    const needed = Math.ceil((request.computed + tokens) / kind.blockTokens) - request.blocks
    let preemptedItself = false
    while (needed > freeBlocks(replica) && !preemptedItself) {
      const newest = running[running.length - 1]
      preempt(replica, step, newest)
      preemptedItself = newest === request
    }
    if (preemptedItself) break
    request.blocks += needed
    if (request.decoding) step.decodes.push(request)
    else step.chunks.push({ request, tokens, cached: request.computed })
    budget -= tokens
    index++
  }
  if (step.preempted.length > 0) return
  while (line.length > 0 && budget > 0 && running.length < kind.maxSequences) {
    const request = line[0]
    if (request.readyS > step.startS) return
    const isNew = request.row.preemptions === 0
    const hits = isNew ? Math.min(request.hitTokens, request.inputTokens - 1) : 0
    const tokens = Math.min(request.inputTokens + request.row.emitted - hits, budget)
    const needed = Math.ceil((hits + tokens) / kind.blockTokens)
    if (needed > freeBlocks(replica) - (running.length === 0 ? 0 : kind.watermarkBlocks)) return
    if (isNew) request.row.admittedS = step.startS
    line.shift()
    running.push(request)
    request.computed = hits
    request.blocks = needed
    step.chunks.push({ request, tokens, cached: hits })
    budget -= tokens
  }
}
