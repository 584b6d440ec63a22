import { lengthsByTurn } from '../arrivals/clients.ts'
import type { LengthSpec } from '../arrivals/lengths.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Engine } from '../scenario/facts.ts'
import type { Load } from './served-replica.ts'
import { countOr, defaultsOf, type ServedRow, tokensIn } from './served-row.ts'

/** A run of clients that each wait for their answer, in mean tokens as stated. */
export interface Loop {
  readonly clients: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What requests a run had. */
export interface Shape {
  readonly load: Load
  /** Where clients wait for their answers. */
  readonly loop?: Loop
  readonly inputTokens: number
  readonly outputTokens: number
  readonly detail: string
}

/** Share of the stated lengths that requests have on average. */
export function meanShare(row: ServedRow): number {
  return isDrawn(row) ? 0.9 : 1
}

/** Mean tokens of a request, prompt and output. */
export function requestTokens(row: ServedRow, { inputTokens, outputTokens }: Shape): number {
  return Math.round(meanShare(row) * (inputTokens + outputTokens))
}

/** What the run's requests were. Throws Unusable where the row does not say. */
export function shapeOf(row: ServedRow, engine: Engine): Shape {
  const spread = spreadIn(row, engine)
  const inputTokens = tokensIn(row, 'input_tokens_mean')
  const outputTokens = tokensIn(row, 'output_tokens_mean')
  const detail = `${inputTokens}/${outputTokens} tokens`
  if (row.number('concurrency') > 0) {
    const clients = row.count('concurrency')
    const load = { loop: loopOf(row, clients, [inputTokens, outputTokens], spread) }
    const loop = { clients, inputTokens, outputTokens }
    return { load, loop, inputTokens, outputTokens, detail: `${detail}, ${clients} clients` }
  }
  const ratePerS = row.number('offered_qps')
  if (!(ratePerS > 0) || row.text('scenario').startsWith('closed')) {
    throw new Unusable('neither the number of clients nor a rate with its duration is stated')
  }
  const requests = Math.min(MOST_AT_RATE, countOr(row, 'n_requests', MOST_AT_RATE))
  const load = { rows: evenly(requests, ratePerS, inputTokens, outputTokens) }
  return { load, inputTokens, outputTokens, detail: `${detail}, ${ratePerS} requests/s` }
}

const REQUESTS_EACH = 10
const MOST_AT_RATE = 1500
const PREFIX_BLOCK = 16

/** Where requests are counted in the row, as many; else ten for each client. */
function loopOf(
  row: ServedRow,
  clients: number,
  [inputTokens, outputTokens]: readonly [number, number],
  spread: readonly [number, number],
) {
  const stated = countOr(row, 'n_requests', REQUESTS_EACH * clients)
  const requests = Math.max(clients, Math.min(2 * REQUESTS_EACH * clients, stated))
  const lengths = lengthsByTurn(1, lengthIn(inputTokens, spread), lengthIn(outputTokens, spread))
  return { clients, requests, lengths }
}

function lengthIn(tokens: number, [from, to]: readonly [number, number]): LengthSpec {
  return {
    kind: 'uniform',
    minTokens: Math.ceil(from * tokens),
    maxTokens: Math.max(1, Math.floor(to * tokens)),
  }
}

/** InferenceX draws lengths evenly from 0.8 of the nominal ones to the whole (utils/bench_serving). */
function isDrawn(row: ServedRow): boolean {
  return row.text('note').includes('origin=inferencex-db')
}

/**
 * Bounds of the lengths, as shares of the stated ones. Engines that mix prompts with decodes do not keep like
 * requests in step, as measured times to the first token show; exactly equal lengths would. Those that put prompts
 * first do.
 */
function spreadIn(row: ServedRow, engine: Engine): readonly [number, number] {
  if (isDrawn(row)) return [0.8, 1]
  return defaultsOf(engine).batcher === 'prefill-first' || row.number('concurrency') === 1
    ? [1, 1]
    : [0.95, 1.05]
}

/**
 * Requests at equal distances. Runs at a constant rate repeat few prompts (a system prompt and a question for each of
 * some dozens of users), so the prefix cache holds all blocks but the last.
 */
function evenly(requests: number, ratePerS: number, inputTokens: number, outputTokens: number) {
  const hitTokens = Math.floor((inputTokens - 1) / PREFIX_BLOCK) * PREFIX_BLOCK
  return Array.from({ length: requests }, (_, i) => ({
    arrivalS: i / ratePerS,
    inputTokens,
    outputTokens,
    hitTokens,
  }))
}
