import type { Batcher, StepFormation } from './contract.ts'

/** Orca: decodes and whole prompts share a step; a prompt is never cut. */
export const continuous: Batcher = step => {
  step.continueRunning()
  admitWholePrompts(step)
}

/**
 * Admits whole prompts, and what has only to decode, while the budget lasts; the first prompt of a step may exceed it,
 * or it could never run.
 */
export function admitWholePrompts(step: StepFormation): void {
  while (step.hasWaiting && (step.chunkTokens === 0 || Math.max(1, step.headTokens) <= step.budgetTokens)) {
    if (!step.admit(step.headTokens)) return
  }
}
