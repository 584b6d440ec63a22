import type { StepFormation } from '../../src/batching/contract.ts'
import {
  batchDueS,
  blocksFor,
  freeBlocks,
  type Replica,
  type Request,
  type Step,
  sum,
  usableHits,
} from './naive-state.ts'

/* How the naive stepper forms a step: the verbs of a batcher, and vLLM's scheduler in one piece. */

/**
 * Takes blocks one by one until `request` has room for `tokens`, preempting the newest whenever none is free.
 * @returns false if the request itself was preempted
 */
function makeRoom(replica: Replica, step: Step, request: Request, tokens: number): boolean {
  while (request.blocks * replica.kind.blockTokens < tokens) {
    if (freeBlocks(replica) > 0) request.blocks++
    else if (preemptNewest(replica, step) === request) return false
  }
  return true
}

function preemptNewest(replica: Replica, step: Step): Request {
  const victim = replica.running.pop()!
  if (isIn(step, victim)) throw new Error(`request ${victim.ordinal} is in the step that preempts it`)
  victim.blocks = 0
  victim.computed = 0
  victim.decoding = false
  victim.prefillTokens = victim.inputTokens + victim.row.emitted
  victim.row.preemptions++
  replica.totals.preemptions++
  replica.queue.unshift(victim)
  step.preempted.push(victim)
  return victim
}

function isIn(step: Step, request: Request): boolean {
  return step.decodes.includes(request) || step.chunks.some(chunk => chunk.request === request)
}

function addChunk(step: Step, request: Request, tokens: number): void {
  step.chunks.push({ request, tokens, cached: request.computed })
  step.budget -= tokens
}

function continueRunning(replica: Replica, step: Step): void {
  for (let i = 0; i < replica.running.length && step.budget > 0; i++) {
    const request = replica.running[i]
    if (isIn(step, request)) continue
    const rest = request.decoding ? 1 : request.prefillTokens - request.computed
    const tokens = Math.min(rest, step.budget)
    if (!makeRoom(replica, step, request, request.computed + tokens)) return
    if (request.decoding) {
      step.decodes.push(request)
      step.budget -= 1
    } else {
      addChunk(step, request, tokens)
    }
  }
}

function admit(replica: Replica, step: Step, tokens: number): boolean {
  const { kind, running, queue } = replica
  if (step.preempted.length > 0 || running.length >= kind.maxSequences) return false
  const request = queue[0]
  const hits = usableHits(request)
  const blocks = blocksFor(hits + tokens, kind.blockTokens)
  const keepFree = running.length > 0 ? kind.watermarkBlocks : 0
  if (blocks + keepFree > freeBlocks(replica)) return false
  running.push(queue.shift()!)
  request.computed = hits
  request.blocks = blocks
  if (Number.isNaN(request.row.admittedS)) request.row.admittedS = step.startS
  addChunk(step, request, tokens)
  return true
}

/** The step as the replica's batcher sees it: every answer is counted anew. */
export function formation(replica: Replica, step: Step): StepFormation {
  const { kind, running, queue } = replica
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
      return queue.length > 0 && queue[0].readyS <= step.startS
    },
    get isBatchDue() {
      return batchDueS(replica) <= step.startS
    },
    get headTokens() {
      return queue[0].prefillTokens - usableHits(queue[0])
    },
    get budgetTokens() {
      return Math.max(0, step.budget)
    },
    get chunkTokens() {
      return sum(step.chunks, chunk => chunk.tokens)
    },
    maxSequences: kind.maxSequences,
    continueRunning: () => continueRunning(replica, step),
    admit: tokens => admit(replica, step, tokens),
  }
}

/** The scheduler of vLLM v1 in one piece, written from its description and not by the batcher's verbs. */
export function scheduleLikeVllm(replica: Replica, step: Step): void {
  const { kind, running, queue } = replica
  let budget = kind.tokenBudget
  let index = 0
  while (index < running.length && budget > 0) {
    const request = running[index]
    const known = request.inputTokens + request.row.emitted
    const tokens = Math.min(known - request.computed, budget)
    const needed = Math.ceil((request.computed + tokens) / kind.blockTokens) - request.blocks
    let preemptedItself = false
    while (needed > freeBlocks(replica) && !preemptedItself) {
      preemptedItself = preemptNewest(replica, step) === request
    }
    if (preemptedItself) break
    request.blocks += needed
    if (request.decoding) step.decodes.push(request)
    else step.chunks.push({ request, tokens, cached: request.computed })
    budget -= tokens
    index++
  }
  if (step.preempted.length > 0) return
  while (queue.length > 0 && budget > 0 && running.length < kind.maxSequences) {
    const request = queue[0]
    if (request.readyS > step.startS) return
    const isNew = request.row.preemptions === 0
    const hits = isNew ? Math.min(request.hitTokens, request.inputTokens - 1) : 0
    const tokens = Math.min(request.inputTokens + request.row.emitted - hits, budget)
    const needed = Math.ceil((hits + tokens) / kind.blockTokens)
    if (needed > freeBlocks(replica) - (running.length === 0 ? 0 : kind.watermarkBlocks)) return
    if (isNew) request.row.admittedS = step.startS
    queue.shift()
    running.push(request)
    request.computed = hits
    request.blocks = needed
    step.chunks.push({ request, tokens, cached: hits })
    budget -= tokens
  }
}
