import type { ContextWindow, DecodeBatch } from './contract.ts'

/** Context tokens that the batch holds at decode step `step`, counted from 1: the token it adds is among them. */
export function contextHeld(batch: DecodeBatch, step: number): number {
  return batch.contextTokens + step * batch.sequences
}

/** Sum of `contextHeld` over the first `steps` decode steps; exact below 2^53. */
export function contextHeldOver(batch: DecodeBatch, steps: number): number {
  return steps * batch.contextTokens + (batch.sequences * steps * (steps + 1)) / 2
}

/** Context tokens that decode step `step` reads, as a mean over layers: all that are held, or their windows. */
export function contextAt(batch: DecodeBatch, step: number): number {
  const held = contextHeld(batch, step)
  const { window } = batch
  if (window === undefined) return held
  return (1 - window.share) * held + window.share * Math.min(held, batch.sequences * window.tokens)
}

/** Sum of `contextAt` over the first `steps` decode steps. */
export function contextRead(batch: DecodeBatch, steps: number): number {
  const held = contextHeldOver(batch, steps)
  const { window } = batch
  return window === undefined
    ? held
    : (1 - window.share) * held + window.share * inWindow(batch, window, steps)
}

/** Sum over steps of the lesser of what is held and what windows take: they fill, and then stay full. */
function inWindow(batch: DecodeBatch, window: ContextWindow, steps: number): number {
  const { sequences, contextTokens } = batch
  if (sequences === 0) return 0
  const filling = Math.floor(window.tokens - contextTokens / sequences)
  const fillSteps = Math.min(Math.max(filling, 0), steps)
  return contextHeldOver(batch, fillSteps) + (steps - fillSteps) * sequences * window.tokens
}

/** Of the tokens cached before a chunk those that it reads, as a mean over layers: a window holds a query as well. */
export function cachedRead(cachedTokens: number, window: ContextWindow | undefined): number {
  if (window === undefined) return cachedTokens
  return (1 - window.share) * cachedTokens + window.share * Math.min(cachedTokens, window.tokens - 1)
}

/**
 * Query-key pairs of causal attention of a chunk of `tokens` after `cachedTokens`, as a mean over layers: a query
 * sees what came before it and half of itself, at most a window.
 */
export function causalPairs(tokens: number, cachedTokens: number, window?: ContextWindow): number {
  const all = tokens * cachedTokens + (tokens * tokens) / 2
  if (window === undefined) return all
  const growing = Math.min(Math.max(window.tokens - cachedTokens, 0), tokens)
  const near = growing * cachedTokens + (growing * growing) / 2 + (tokens - growing) * window.tokens
  return (1 - window.share) * all + window.share * near
}
