import { ChainedBlocks } from './chained-blocks.ts'
import type { ReadingOptions, TraceFormat, TraceInput, TraceRow } from './contract.ts'
import { idsIn, isObject, type JsonObject, listIn, numberIn } from './fields.ts'
import { singleFile } from './input.ts'
import { jsonHead, names } from './json-head.ts'
import { jsonLines } from './json-lines.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

const BLOCK_TOKENS = 16

/**
 * LLMServingSim's JSON Lines: `arrival_time_ns`, `input_toks`, `output_toks`, and `input_tok_ids` where the texts are
 * known. A line with `sub_requests` is a session, each of whose turns is sent when the one before has ended and its
 * `tool_duration_ns` has passed; both kinds of lines may be mixed. Token ids become full prefix blocks of
 * `options.blockTokens`; remembers a number for each different block.
 */
export const llmServingSim: TraceFormat = {
  about: 'LLMServingSim JSONL: ns, token ids; sessions of sub_requests with tool times',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: ({ text }) => {
    const head = jsonHead(text)
    return names(head, 'input_toks', 'output_toks') || names(head, 'sub_requests')
  },
  open: (input, options) =>
    rowSource(input, options, { name: 'llmservingsim', ...llmServingSim }, { order: 'window' }, log =>
      servingSimRows(input, options, log),
    ),
}

async function* servingSimRows(
  input: TraceInput,
  options: ReadingOptions,
  log: RowLog,
): AsyncGenerator<readonly TraceRow[]> {
  const prefixes = new Prefixes(options.blockTokens ?? BLOCK_TOKENS, log)
  for await (const lines of jsonLines(singleFile(input, 'llmservingsim'), log)) {
    yield lines.flatMap(({ place, value }) => rowsOf(place, value, prefixes, log))
  }
}

function rowsOf(place: string, value: unknown, prefixes: Prefixes, log: RowLog): TraceRow[] {
  if (!isObject(value)) {
    log.bad(place, 'is not a JSON object')
    return []
  }
  const arrivalS = numberIn(value, 'arrival_time_ns') / 1e9
  const parts = listIn(value, 'sub_requests')
  if (parts === undefined) return [rowOf(place, arrivalS, value, prefixes)]
  if (parts.length === 0) log.bad(place, 'sub_requests is empty')
  return parts.map((part, i) => {
    // Every line is a session of its own, whatever its id.
    const turn = { session: place, turn: i + 1, turns: parts.length, thinkS: toolS(parts[i - 1]) }
    return rowOf(place, arrivalS, isObject(part) ? part : {}, prefixes, turn)
  })
}

type Turn = Pick<TraceRow, 'session' | 'turn' | 'turns' | 'thinkS'>

function toolS(before: unknown): number | undefined {
  if (before === undefined) return undefined
  return isObject(before) ? numberIn(before, 'tool_duration_ns') / 1e9 : Number.NaN
}

function rowOf(
  place: string,
  arrivalS: number,
  value: JsonObject,
  prefixes: Prefixes,
  turn?: Turn,
): TraceRow {
  const inputTokens = numberIn(value, 'input_toks')
  return {
    place,
    arrivalS,
    inputTokens,
    outputTokens: numberIn(value, 'output_toks'),
    session: turn?.session,
    turn: turn?.turn,
    turns: turn?.turns,
    thinkS: turn?.thinkS,
    blocks: prefixes.of(place, idsIn(value, 'input_tok_ids'), inputTokens),
    blockTokens: prefixes.blockTokens,
  }
}

/** Prompts' prefix blocks from their token ids. */
class Prefixes {
  readonly blockTokens: number
  readonly #blocks: ChainedBlocks
  readonly #log: RowLog

  constructor(blockTokens: number, log: RowLog) {
    this.#blocks = new ChainedBlocks(blockTokens)
    this.blockTokens = blockTokens
    this.#log = log
  }

  of(place: string, ids: readonly number[] | undefined, inputTokens: number): Int32Array | undefined {
    if (ids === undefined) return undefined
    if (ids.length !== inputTokens) {
      this.#log.remark(place, 'input_tok_ids are not as many as input_toks, which counts')
    }
    return this.#blocks.of(ids.length > inputTokens ? ids.slice(0, inputTokens) : ids)
  }
}
