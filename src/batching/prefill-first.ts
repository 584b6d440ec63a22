import { admitWholePrompts } from './continuous.ts'
import type { Batcher } from './contract.ts'

/** vLLM v0 as shipped: waiting prompts go first, whole and without decodes; decodes run when none can start. */
export const prefillFirst: Batcher = step => {
  admitWholePrompts(step)
  if (step.chunkTokens === 0) step.continueRunning()
}
