import type { ContextWindow, DecodeBatch, Pace } from './contract.ts'

/** Context tokens that the batch holds at decode step `step`, counted from 1: a token that each adds is among them. */
export function contextHeld(batch: DecodeBatch, step: number): number {
  const tokens = batch.pace === undefined ? step : pacedTokens(batch, batch.pace, step)
  return batch.contextTokens + tokens * batch.sequences
}

/** Tokens that each decode has added to its context at decode step `step`, its own of that step included. */
export function addedBy(batch: DecodeBatch, step: number): number {
  return batch.pace === undefined ? step : pacedTokens(batch, batch.pace, step)
}

/** Sum of `contextHeld` over the first `steps` decode steps; exact below 2^53. */
export function contextHeldOver(batch: DecodeBatch, steps: number): number {
  const { pace, sequences } = batch
  if (pace !== undefined) return steps * batch.contextTokens + sequences * pacedTokensOver(batch, pace, steps)
  return steps * batch.contextTokens + (sequences * steps * (steps + 1)) / 2
}

/** Context tokens that decode step `step` reads, as a mean over layers: all that are held, or their windows. */
export function contextAt(batch: DecodeBatch, step: number): number {
  const held = contextHeld(batch, step)
  return batch.window === undefined ? held : bounded(batch, batch.window, held)
}

/** What a decode step reads at which each decode has added `tokens` to its context. */
export function contextWith(batch: DecodeBatch, tokens: number): number {
  const held = batch.contextTokens + tokens * batch.sequences
  return batch.window === undefined ? held : bounded(batch, batch.window, held)
}

/** Sum of `contextAt` over the first `steps` decode steps. */
export function contextRead(batch: DecodeBatch, steps: number): number {
  const held = contextHeldOver(batch, steps)
  const { window } = batch
  return window === undefined
    ? held
    : (1 - window.share) * held + window.share * inWindow(batch, window, steps)
}

/** How many decode steps of the batch there are in which a decode has added at most `tokens` to its context. */
export function stepsWithin(batch: DecodeBatch, tokens: number): number {
  const { pace, originStep = 0 } = batch
  if (pace === undefined) return Math.max(tokens, 0)
  return tokens > 0 ? pace.stepFor(pace.tokensBy(originStep) + tokens) - originStep : 0
}

/** The batch after its first `steps` decode steps. */
export function batchAfter(batch: DecodeBatch, steps: number): DecodeBatch {
  const { pace, originStep = 0, sequences, contextTokens, longestTokens } = batch
  const tokens = pace === undefined ? steps : pace.tokensBy(originStep + steps) - pace.tokensBy(originStep)
  return {
    ...{ sequences, window: batch.window, pace },
    contextTokens: contextTokens + sequences * tokens,
    originStep: originStep + steps,
    ...(longestTokens !== undefined && { longestTokens: longestTokens + tokens }),
  }
}

/** Of the context held what is read where some layers have windows. */
function bounded({ sequences }: DecodeBatch, { tokens, share }: ContextWindow, held: number): number {
  return (1 - share) * held + share * Math.min(held, sequences * tokens)
}

/** Tokens that a decode has added at step `step`: those of the steps before, and the one that the step begins with. */
function pacedTokens({ originStep = 0 }: DecodeBatch, pace: Pace, step: number): number {
  return pace.tokensBy(originStep + step - 1) - pace.tokensBy(originStep) + 1
}

/** Sum of `pacedTokens` over the first `steps` steps. */
function pacedTokensOver({ originStep = 0 }: DecodeBatch, pace: Pace, steps: number): number {
  const emitted = pace.sumBy(originStep + steps) - pace.sumBy(originStep)
  return emitted - steps * pace.tokensBy(originStep) + steps
}

/** Sum over steps of the lesser of what is held and what windows take: they fill, and then stay full. */
function inWindow(batch: DecodeBatch, window: ContextWindow, steps: number): number {
  const { sequences, contextTokens } = batch
  if (sequences === 0) return 0
  const filling = Math.floor(window.tokens - contextTokens / sequences)
  const fillSteps = Math.min(stepsWithin(batch, filling), steps)
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
