import type { Batcher, StepFormation } from './contract.ts'

/**
 * Decodes go alone; prompts start only when nothing decodes, as many as one step holds. They go whole, but for one
 * longer than the budget, which goes in chunks. A decode-prioritising schedule in the terms of Sarathi-Serve,
 * arXiv:2403.02310: the static batch of FasterTransformer under a token budget.
 */
export const decodeFirst: Batcher = step => {
  step.continueRunning()
  while (step.hasWaiting && mayJoin(step)) {
    if (!step.admit(Math.min(step.headTokens, step.budgetTokens))) return
  }
}

/** Whether the head of the queue goes with what the step carries: decodes, or prompts that end with this step. */
function mayJoin(step: StepFormation): boolean {
  if (step.headTokens === 0) return step.chunkTokens === 0
  if (step.decodes > 0) return false
  return step.chunkTokens === 0 || step.headTokens <= step.budgetTokens
}
