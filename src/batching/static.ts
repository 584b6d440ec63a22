import type { Batcher } from './contract.ts'

/** FasterTransformer: admits a batch when nothing runs, whatever its tokens, and decodes it to its last token. */
export const staticBatch: Batcher = step => {
  if (step.running > 0) return step.continueRunning()
  while (step.hasWaiting && step.admit(step.headTokens)) {}
}
