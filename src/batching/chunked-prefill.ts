import type { Batcher } from './contract.ts'

/** vLLM v1: running requests first, then the queue, prompts cut into chunks to fill the token budget. */
export const chunkedPrefill: Batcher = step => {
  step.continueRunning()
  while (step.hasWaiting && step.budgetTokens > 0) {
    if (!step.admit(Math.min(step.headTokens, step.budgetTokens))) return
  }
}
