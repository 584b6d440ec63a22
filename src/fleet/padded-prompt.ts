import type { ReplicaKind } from '../replicas/contract.ts'

/**
 * What a compiled stack pads a prompt of `tokens` to, as many as they are: cut into the largest chunks there may be.
 */
export function paddedPrompt(kind: ReplicaKind, tokens: number): number {
  const { latency, tokenBudget, maxModelLen, chunkBudget = tokenBudget } = kind
  if (latency.paddedTokens === undefined) return tokens
  const most = Math.min(tokenBudget, chunkBudget, maxModelLen)
  const whole = Math.floor(tokens / most)
  return (whole === 0 ? 0 : whole * latency.paddedTokens(most)) + latency.paddedTokens(tokens - whole * most)
}
