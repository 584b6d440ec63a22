import type { DecodeBatch } from './contract.ts'

/** Context tokens that decode step `step`, counted from 1, reads: the token it adds is among them. */
export function contextAt(batch: DecodeBatch, step: number): number {
  return batch.contextTokens + step * batch.sequences
}

/** Sum of `contextAt` over the first `steps` decode steps; exact below 2^53. */
export function contextRead(batch: DecodeBatch, steps: number): number {
  return steps * batch.contextTokens + (batch.sequences * steps * (steps + 1)) / 2
}

/** Query-key pairs of causal attention of a chunk of `tokens` after `cachedTokens`. */
export function causalPairs(tokens: number, cachedTokens: number): number {
  return tokens * cachedTokens + (tokens * tokens) / 2
}
