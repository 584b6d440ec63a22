import { UserError } from '../../core/errors.ts'
import { type Estimate, tokenEstimate } from './characters.ts'
import type { ReadingOptions, TraceFormat, TraceHead, TraceInput, TraceRow } from './contract.ts'
import { idsIn, isObject, type JsonObject, nameIn, numberIn, optionalNumberIn } from './fields.ts'
import { singleFile } from './input.ts'
import { type JsonHead, jsonHead, names, numbersAfter } from './json-head.ts'
import { jsonLines } from './json-lines.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

const BLOCK_TOKENS = 512

/**
 * Mooncake's JSON Lines: `timestamp` in ms, `input_length`, `output_length` and `hash_ids`, one for each block of 512
 * prompt tokens, the last of which may be partial. Also the dialects of other tools: `input_tokens` and
 * `output_tokens`; `text_input` in place of a length; `session_id`, with `delay` (ms after the session's turn before) in
 * place of a timestamp. Rows keep their stamps, which the public traces give in batches 3 s apart; a remark says so.
 */
export const mooncake: TraceFormat = {
  about: 'Mooncake JSONL: ms, prefix blocks of 512 tokens; sessions with delays',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: isMooncake,
  open: (input, options) =>
    rowSource(input, options, { name: 'mooncake', ...mooncake }, { order: 'window' }, log =>
      mooncakeRows(input, options, log),
    ),
}

function isMooncake(head: TraceHead): boolean {
  const json = jsonHead(head.text)
  if (json === undefined || json.inArray || names(json, 'chat_id')) return false
  if (!(json.keys.has('timestamp') || json.keys.has('delay')) || !hasLengths(json)) return false
  if (['hash_ids', 'session_id', 'delay', 'text_input'].some(key => json.keys.has(key))) return true
  return hasMilliseconds(head)
}

function hasLengths({ keys }: JsonHead): boolean {
  const input = ['input_length', 'input_tokens', 'text_input'].some(key => keys.has(key))
  return input && (keys.has('output_length') || keys.has('output_tokens'))
}

/** Whole numbers are milliseconds, others seconds. Throws a UserError where they could be either. */
function hasMilliseconds({ text, paths }: TraceHead): boolean {
  const stamps = numbersAfter(text, 'timestamp')
  if (stamps.some(stamp => /[.eE]/.test(stamp))) return false
  if (stamps.some(stamp => Number(stamp) >= 1000)) return true
  throw new UserError(
    `${paths[0]}: timestamps are small whole numbers and there are no hash_ids, so they may be seconds or ` +
      'milliseconds; --format mooncake reads milliseconds, --format guidellm seconds',
  )
}

async function* mooncakeRows(
  input: TraceInput,
  options: ReadingOptions,
  log: RowLog,
): AsyncGenerator<readonly TraceRow[]> {
  const sessions = new Sessions()
  const batches = new Batches()
  const estimate = tokenEstimate(options, log)
  for await (const lines of jsonLines(singleFile(input, 'mooncake'), log)) {
    const rows: TraceRow[] = []
    for (const { place, value } of lines) {
      if (isObject(value)) rows.push(rowOf(place, value, sessions, estimate))
      else log.bad(place, 'is not a JSON object')
    }
    for (const row of rows) noteOddities(row, log)
    batches.add(rows)
    yield rows
  }
  batches.conclude(log)
}

function rowOf(place: string, value: JsonObject, sessions: Sessions, estimate: Estimate): TraceRow {
  const text = value.text_input
  const inputTokens = optionalNumberIn(value, 'input_length', 'input_tokens')
  const { arrivalS, session, turn, thinkS } = sessions.timeOf(value)
  return {
    place,
    arrivalS,
    inputTokens: inputTokens ?? (typeof text === 'string' ? estimate(text, place) : Number.NaN),
    outputTokens: numberIn(value, 'output_length', 'output_tokens'),
    session,
    turn,
    thinkS,
    blocks: idsIn(value, 'hash_ids'),
    blockTokens: BLOCK_TOKENS,
  }
}

function noteOddities({ place, inputTokens, session, blocks }: TraceRow, log: RowLog): void {
  if (blocks === undefined) {
    if (session !== undefined) return
    log.remark(place, 'no hash_ids; timestamp counts as milliseconds (--format guidellm reads seconds)')
  } else if (blocks.length !== Math.ceil(inputTokens / BLOCK_TOKENS)) {
    log.remark(place, `hash_ids are not one for each ${BLOCK_TOKENS} tokens of input_length, rounded up`)
  }
}

type Timed = Pick<TraceRow, 'arrivalS' | 'session' | 'turn' | 'thinkS'>

/** Remembers a start and a count for each session. */
class Sessions {
  readonly #sessions = new Map<string, { turns: number; readonly startS: number | undefined }>()

  /** A turn that has a delay and no timestamp of its own takes its session's. */
  timeOf(value: JsonObject): Timed {
    const stampMs = optionalNumberIn(value, 'timestamp')
    const ownS = stampMs === undefined ? undefined : stampMs / 1000
    const session = nameIn(value, 'session_id')
    if (session === undefined) return { arrivalS: ownS ?? Number.NaN }
    const begun = this.#sessions.get(session) ?? { turns: 0, startS: ownS }
    this.#sessions.set(session, begun)
    const turn = ++begun.turns
    const delayMs = turn > 1 ? optionalNumberIn(value, 'delay') : undefined
    const thinkS = delayMs === undefined ? undefined : delayMs / 1000
    return { arrivalS: ownS ?? begun.startS, session, turn, thinkS }
  }
}

/** Counts requests that come at the instant of the one before. */
class Batches {
  #rows = 0
  #ties = 0
  #firstTie = ''
  #lastS: number | undefined

  add(rows: readonly TraceRow[]): void {
    for (const { arrivalS, place, thinkS } of rows) {
      if (thinkS !== undefined) continue
      this.#rows++
      if (arrivalS !== undefined && arrivalS === this.#lastS && this.#ties++ === 0) this.#firstTie = place
      this.#lastS = arrivalS
    }
  }

  conclude(log: RowLog): void {
    if (this.#ties <= (this.#rows - 1) / 2) return
    const what = 'comes at the very time of the request before it, as most do: times are those of batches'
    log.remark(this.#firstTie, `${what}; spread them before judging queueing`, this.#ties)
  }
}
