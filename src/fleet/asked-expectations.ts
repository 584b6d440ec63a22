import type { Probe } from '../latency/probe.ts'
import * as reading from '../replicas/reading.ts'
import type { StepPrices } from './step-prices.ts'

/*
 * What is expected of a replica, by the formulas, from its reading at `at` of `numbers`: its kind's latency model is asked
 * each time. Where steps are sums of parts this comes down to terms, and is not used.
 */

/** Requests in the batch once the request and all that wait there are in it. */
export function batchWith(numbers: Float64Array, at: number, maxSequences: number): number {
  const requests = numbers[at + reading.RUNNING] + numbers[at + reading.WAITING] + 1
  return requests < maxSequences ? requests : maxSequences
}

/** And their context tokens. */
export function contextWith(numbers: Float64Array, at: number, inputTokens: number): number {
  return numbers[at + reading.CONTEXT_TOKENS] + numbers[at + reading.PENDING_PREFILL_TOKENS] + inputTokens
}

/**
 * Waiting for finishing requests to free a sequence slot and enough KV: the queue over the rate of finishing, for each
 * token of an output.
 */
export function placeS(
  prices: StepPrices,
  numbers: Float64Array,
  at: number,
  freeBlocks: number,
  inputTokens: number,
): number {
  const { maxSequences, blockTokens } = prices.kind
  const decodes = numbers[at + reading.DECODES]
  if (decodes === 0) return 0
  const missing = numbers[at + reading.PENDING_PREFILL_TOKENS] + inputTokens - freeBlocks * blockTokens
  const excess = numbers[at + reading.RUNNING] + numbers[at + reading.WAITING] + 1 - maxSequences
  if (excess <= 0 && missing <= 0) return 0
  const context = numbers[at + reading.CONTEXT_TOKENS]
  const finishes = Math.max(excess, (missing * decodes) / context)
  const gapS = prices.decodeS(decodes, context, numbers[at + reading.LONGEST_TOKENS])
  return (finishes * gapS) / (decodes * prices.tokensPerStep)
}

/** Prefill behind the prompts already there; where prompts come computed, the first step. */
export function firstTokenS(
  prices: StepPrices,
  numbers: Float64Array,
  at: number,
  inputTokens: number,
): number {
  const { role, maxSequences } = prices.kind
  const decodes = numbers[at + reading.DECODES]
  const context = numbers[at + reading.CONTEXT_TOKENS]
  const longest = numbers[at + reading.LONGEST_TOKENS]
  if (role === 'decode')
    return prices.decodeS(Math.min(decodes + 1, maxSequences), context + inputTokens, longest)
  const tokens = numbers[at + reading.PENDING_PREFILL_TOKENS] + inputTokens
  return prices.prefillS(decodes, context, longest, tokens, inputTokens)
}

/**
 * Seconds per output token with the request and all that wait there in the batch: the decode gap, plus the prefills that
 * come in while a token is made: TPOT = gap + batch / output * prefill, the closed-loop formula.
 *
 * @param promptTokens mean of the prompts that come in
 * @param outputTokens mean of the outputs
 */
export function tokenS(
  prices: StepPrices,
  numbers: Float64Array,
  at: number,
  inputTokens: number,
  promptTokens: number,
  outputTokens: number,
): number {
  const { role, maxSequences } = prices.kind
  if (role === 'prefill') return 0
  const sequences = batchWith(numbers, at, maxSequences)
  const stepS = gapS(prices, numbers, at, inputTokens)
  const emittedS = stepS / prices.tokensPerStep
  if (role === 'decode') return emittedS
  const withPromptS = promptStepS(prices, numbers, at, inputTokens, promptTokens)
  return emittedS + (sequences / outputTokens) * Math.max(0, withPromptS - stepS)
}

/** A decode step with the request and all that wait there in the batch. */
export function gapS(prices: StepPrices, numbers: Float64Array, at: number, inputTokens: number): number {
  const sequences = batchWith(numbers, at, prices.kind.maxSequences)
  const context = contextWith(numbers, at, inputTokens)
  return prices.decodeS(sequences, context, numbers[at + reading.LONGEST_TOKENS])
}

/** A step of the decodes there, the request's context with theirs, beside a whole prompt. */
export function promptStep(
  prices: StepPrices,
  numbers: Float64Array,
  at: number,
  inputTokens: number,
  promptTokens: number,
): Probe {
  const decodes = numbers[at + reading.DECODES]
  const context = decodes === 0 ? 0 : contextWith(numbers, at, inputTokens)
  return prices.mixed(decodes, context, numbers[at + reading.LONGEST_TOKENS], promptTokens, promptTokens)
}

/** Its seconds. */
export function promptStepS(
  prices: StepPrices,
  numbers: Float64Array,
  at: number,
  inputTokens: number,
  promptTokens: number,
): number {
  return prices.kind.latency.stepSeconds(promptStep(prices, numbers, at, inputTokens, promptTokens))
}
