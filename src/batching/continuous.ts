import type { Batcher, StepFormation } from './contract.ts'

/** Orca: decodes and whole prompts share a step; a prompt is never cut. */
export const continuous: Batcher = step => {
  step.continueRunning()
  admitWholePrompts(step)
}

/** Admits whole prompts while the budget lasts; the first of a step may exceed it, or it could never run. */
export function admitWholePrompts(step: StepFormation): void {
  while (step.hasWaiting && (step.headTokens <= step.budgetTokens || step.chunkTokens === 0)) {
    if (!step.admit(step.headTokens)) return
  }
}
