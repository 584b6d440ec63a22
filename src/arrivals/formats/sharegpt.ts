import { type Estimate, tokenEstimate } from './characters.ts'
import type { ReadingOptions, TraceFormat, TraceInput, TraceRow } from './contract.ts'
import { isObject, listIn } from './fields.ts'
import { singleFile } from './input.ts'
import { jsonElements } from './json-elements.ts'
import { jsonHead, names } from './json-head.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

const LEAST_TOKENS = 4
const MOST_PROMPT_TOKENS = 1024
const MOST_TOKENS = 2048

/**
 * ShareGPT conversations, as one JSON array or as JSON Lines. They have no times and no token counts, so requests come
 * by `options.gaps` and a token stands for some characters. As vLLM's benchmark has it, a conversation of two turns or
 * more makes one request: the first turn is its prompt and the second its output, whoever spoke; left out and counted
 * are those with fewer than 4 tokens in either, with prompts above 1024 tokens or with more than 2048 tokens in all.
 */
export const shareGpt: TraceFormat = {
  about: 'ShareGPT JSON or JSONL: conversations; tokens are estimated from characters',
  timing: 'none',
  zeroOutput: 'drop',
  recognises: head => names(jsonHead(head.text), 'conversations'),
  open: (input, options) =>
    rowSource(input, options, { name: 'sharegpt', ...shareGpt }, { order: 'window' }, log =>
      shareGptRows(input, options, log),
    ),
}

async function* shareGptRows(
  input: TraceInput,
  options: ReadingOptions,
  log: RowLog,
): AsyncGenerator<readonly TraceRow[]> {
  const estimate = tokenEstimate(options, log)
  for await (const elements of jsonElements(singleFile(input, 'sharegpt'), log)) {
    const rows: TraceRow[] = []
    for (const { place, value } of elements) {
      const row = rowOf(place, value, estimate, log)
      if (row !== undefined) rows.push(row)
    }
    yield rows
  }
}

function rowOf(place: string, value: unknown, estimate: Estimate, log: RowLog): TraceRow | undefined {
  const turns = isObject(value) ? listIn(value, 'conversations') : undefined
  if (turns === undefined) {
    log.bad(place, 'has no list of conversations')
    return undefined
  }
  if (turns.length < 2) {
    log.leftOut(place, 'a conversation of fewer than 2 turns')
    return undefined
  }
  const [prompt, output] = turns.map(textOf)
  if (prompt === undefined || output === undefined) {
    log.bad(place, 'one of its first two turns has no text')
    return undefined
  }
  const row = {
    place,
    arrivalS: undefined,
    inputTokens: estimate(prompt, place),
    outputTokens: estimate(output, place),
  }
  const why = unfit(row)
  if (why === undefined) return row
  log.leftOut(place, why)
  return undefined
}

function textOf(turn: unknown): string | undefined {
  return isObject(turn) && typeof turn.value === 'string' ? turn.value : undefined
}

function unfit({ inputTokens, outputTokens }: TraceRow): string | undefined {
  if (inputTokens < LEAST_TOKENS || outputTokens < LEAST_TOKENS) {
    return `prompt or output of fewer than ${LEAST_TOKENS} tokens`
  }
  if (inputTokens > MOST_PROMPT_TOKENS) return `prompt above ${MOST_PROMPT_TOKENS} tokens`
  return inputTokens + outputTokens > MOST_TOKENS ? `more than ${MOST_TOKENS} tokens in all` : undefined
}
