import { admitWholePrompts } from './continuous.ts'
import type { Batcher } from './contract.ts'

/**
 * Triton, TF-Serving: whole requests in a batch once it is full or its oldest has waited enough, one batch at a time.
 */
export const dynamic: Batcher = step => {
  if (step.running > 0) return step.continueRunning()
  if (step.isBatchDue) admitWholePrompts(step)
}
