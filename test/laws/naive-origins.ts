import { loadOf } from './naive-ledger.ts'
import { settleQueue } from './naive-queue.ts'
import { blocksOf, freeBlocks, type Replica, type Step, sum, tokensPerDecode } from './naive-state.ts'

/*
 * Where the origin of a stretch moves: only there an order is told of tokens. A stretch goes on until a request joins,
 * leaves or is preempted, a step carries a prompt, or its plan ends: the price of a step changes, or blocks run out.
 */

export interface Plan {
  /** Steps of the stretch so far, and until its plan ends. */
  done: number
  steps: number
}

/** The origin moves now: the order is told of what its requests have been given. */
export function moveOrigin(replica: Replica, nowS: number): void {
  const { running, queue } = replica
  replica.plan = { done: 0, steps: 0 }
  if (queue.order?.served === undefined) return
  if (running.some(request => request.untold > 0)) settleQueue(queue, nowS)
  for (const request of running) {
    if (request.untold > 0) queue.order.served(request, request.untold)
    request.untold = 0
  }
}

/** A step is to be formed: where a plan ends the origin moves, whatever comes. */
export function endPlan(replica: Replica, nowS: number): void {
  const { done, steps } = replica.plan
  if (done > 0 && done === steps) moveOrigin(replica, nowS)
}

/** A step begins: with the plan in force, or with a new one. */
export function planStep(replica: Replica, step: Step): void {
  if (replica.queue.order?.served === undefined) return
  const { plan } = replica
  if (step.chunks.length > 0) return moveOrigin(replica, step.startS)
  if (plan.done > 0 && plan.done < plan.steps) return
  moveOrigin(replica, step.startS)
  replica.plan = { done: 0, steps: stepsOf(replica, step) }
}

function stepsOf(replica: Replica, step: Step): number {
  const { latency, energy, pace } = replica.kind
  const batch = { ...loadOf(step, replica.kind), pace, originStep: replica.decodeSteps }
  const steady = Math.min(stepsToFinish(replica, step), latency.steadySteps(batch))
  return energy.steadySteps(batch, stepsWithBlocks(replica, step, steady))
}

function emittedIn(replica: Replica, steps: number): number {
  let tokens = 0
  for (let i = 0; i < steps; i++)
    tokens += tokensPerDecode({ ...replica, decodeSteps: replica.decodeSteps + i })
  return tokens
}

function stepsToFinish(replica: Replica, step: Step): number {
  const left = step.decodes.map(({ inputTokens, outputTokens, row }) => {
    return Math.min(outputTokens, replica.kind.maxModelLen - inputTokens) - row.emitted
  })
  let steps = 1
  while (emittedIn(replica, steps) < Math.min(...left)) steps++
  return steps
}

/** The first step has its blocks. */
function stepsWithBlocks(replica: Replica, step: Step, most: number): number {
  const free = freeBlocks(replica)
  const needed = (steps: number) => {
    const tokens = emittedIn(replica, steps)
    return sum(step.decodes, request => blocksOf(replica, request.computed + tokens) - request.blocks)
  }
  let steps = 1
  while (steps < most && needed(steps + 1) <= free) steps++
  return steps
}
