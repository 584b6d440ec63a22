import * as reading from '../replicas/reading.ts'
import { batchWith } from './asked-expectations.ts'
import { MOST_TOKENS, type StepPrices } from './step-prices.ts'

/*
 * Terms: what the expectations of a replica come down to while its reading stands, as a record of numbers beside it. All
 * that is left open is the request: the tokens p of its prompt that are to be computed, and its output. These are the
 * places of the numbers in a record.
 */

/** Of the reading that they are worked out from; another where they are void. */
export const VERSION = 0
/** Waiting for a place, for each token of an output: the greater of a time, and of a time for every p above a count. */
export const PLACE_S = 5
export const SPARE_TOKENS = 4
export const PLACE_TOKEN_S = 6
/**
 * Prefill: tokens ahead of the prompt, and tokens that a step carries beside the decodes: 0 where there are no terms,
 * `TAKEN_OVER` where prompts come computed.
 */
export const AHEAD_TOKENS = 2
export const ROOM_TOKENS = 1
export const DECODES = 3
/**
 * What decodes add to a step with a prompt, and such a step that is full. Where prompts come computed, the first step:
 * a time, and a time for each p.
 */
export const BESIDE_S = 7
export const FULL_STEP_S = 8
/** A decode step: a time, a time for each p, and what it is not shorter than. */
export const GAP_S = 9
export const GAP_TOKEN_S = 10
export const GAP_FLOOR_S = 11
/** Such a step with a prompt of the usual length beside it: a time, and a time for each p. */
export const PROMPT_STEP_S = 12
export const CONTEXT_TOKEN_S = 13
/** Sequences in the batch. */
export const SEQUENCES = 14
/** What the first step is not shorter than, where prompts come computed. */
export const FIRST_FLOOR_S = 15

/** In place of the tokens of a step. */
export const TAKEN_OVER = -1

/**
 * Writes the terms that belong to the reading at `at`, at the same place. Kinds whose steps are no sums of parts have
 * none.
 *
 * @param promptTokens mean of the prompts that come beside
 */
export function writeTerms(
  terms: Float64Array,
  numbers: Float64Array,
  at: number,
  prices: StepPrices,
  freeBlocks: number,
  promptTokens: number,
): void {
  const { role, maxSequences } = prices.kind
  const decodes = numbers[at + reading.DECODES]
  terms[at + VERSION] = numbers[at + reading.VERSION]
  terms[at + ROOM_TOKENS] = 0
  if (!areSums(prices, decodes, batchWith(numbers, at, maxSequences), promptTokens)) return
  terms[at + DECODES] = decodes
  if (role === 'decode') writeFirstStep(terms, numbers, at, prices)
  else writePrefill(terms, numbers, at, prices)
  writePlace(terms, numbers, at, prices, freeBlocks)
  writeGap(terms, numbers, at, prices, promptTokens)
}

/** Whether all steps are that terms tell of. */
function areSums(prices: StepPrices, decodes: number, sequences: number, promptTokens: number): boolean {
  if (decodes + Math.max(promptTokens, prices.room(decodes)) > MOST_TOKENS) return false
  const first = Math.min(decodes + 1, prices.kind.maxSequences)
  return prices.isSum(decodes) && prices.isSum(first) && prices.isSum(sequences)
}

/** With the request in the batch. */
function writeFirstStep(terms: Float64Array, numbers: Float64Array, at: number, prices: StepPrices): void {
  const decodes = numbers[at + reading.DECODES]
  const sequences = Math.min(decodes + 1, prices.kind.maxSequences)
  const tokenS = prices.gapContextS(sequences)
  terms[at + ROOM_TOKENS] = TAKEN_OVER
  terms[at + BESIDE_S] = prices.gapFixedS(sequences) + tokenS * numbers[at + reading.CONTEXT_TOKENS]
  terms[at + FULL_STEP_S] = tokenS
  terms[at + FIRST_FLOOR_S] = prices.floorOf(sequences)
}

function writePrefill(terms: Float64Array, numbers: Float64Array, at: number, prices: StepPrices): void {
  const decodes = numbers[at + reading.DECODES]
  const besideS = prices.besideS(decodes) + prices.contextS(decodes) * numbers[at + reading.CONTEXT_TOKENS]
  const room = prices.room(decodes)
  terms[at + AHEAD_TOKENS] = numbers[at + reading.PENDING_PREFILL_TOKENS]
  terms[at + ROOM_TOKENS] = room
  terms[at + BESIDE_S] = besideS
  terms[at + FULL_STEP_S] = prices.tokensS.at(decodes + room) + besideS
}

/** Of `decodes`, one gives up its place in an output's steps on average; the KV missing comes free as contexts end. */
function writePlace(
  terms: Float64Array,
  numbers: Float64Array,
  at: number,
  prices: StepPrices,
  freeBlocks: number,
): void {
  const { blockTokens, maxSequences } = prices.kind
  const decodes = numbers[at + reading.DECODES]
  const context = numbers[at + reading.CONTEXT_TOKENS]
  const stepS = prices.gapFixedS(decodes) + prices.gapContextS(decodes) * context
  const gapS = Math.max(prices.floorOf(decodes), stepS) / prices.tokensPerStep
  const excess = numbers[at + reading.RUNNING] + numbers[at + reading.WAITING] + 1 - maxSequences
  terms[at + PLACE_S] = decodes === 0 || excess <= 0 ? 0 : (excess * gapS) / decodes
  terms[at + PLACE_TOKEN_S] = decodes === 0 ? 0 : gapS / context
  terms[at + SPARE_TOKENS] = freeBlocks * blockTokens - numbers[at + reading.PENDING_PREFILL_TOKENS]
}

function writeGap(
  terms: Float64Array,
  numbers: Float64Array,
  at: number,
  prices: StepPrices,
  promptTokens: number,
): void {
  const decodes = numbers[at + reading.DECODES]
  const sequences = batchWith(numbers, at, prices.kind.maxSequences)
  const context = numbers[at + reading.CONTEXT_TOKENS] + numbers[at + reading.PENDING_PREFILL_TOKENS]
  const ownS = prices.tokensS.at(decodes + promptTokens) + (prices.pairS * promptTokens * promptTokens) / 2
  terms[at + SEQUENCES] = sequences
  terms[at + GAP_TOKEN_S] = prices.gapContextS(sequences)
  terms[at + GAP_S] = prices.gapFixedS(sequences) + prices.gapContextS(sequences) * context
  terms[at + GAP_FLOOR_S] = prices.floorOf(sequences)
  terms[at + CONTEXT_TOKEN_S] = prices.contextS(decodes)
  terms[at + PROMPT_STEP_S] = ownS + prices.besideS(decodes) + prices.contextS(decodes) * context
}
