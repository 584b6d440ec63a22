import type { TraceFormat, TraceInput, TraceRow } from './contract.ts'
import { idsIn, isObject, type JsonObject, nameIn, numberIn } from './fields.ts'
import { singleFile } from './input.ts'
import { jsonHead, names } from './json-head.ts'
import { jsonLines } from './json-lines.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

const BLOCK_TOKENS = 16

/**
 * Qwen-Bailian's JSON Lines: `timestamp` in seconds, `input_length`, `output_length`, `hash_ids` of blocks of 16 tokens,
 * `type`, which becomes the class, and `chat_id`, `parent_chat_id` (-1 at a root) and `turn`. A session is a root with
 * all that descends from it. Times are those at which turns came; nothing says how long users thought. A turn above 1
 * whose parent is not in the file before it begins a session as its turn 1. Remembers the root of each request.
 */
export const qwenBailian: TraceFormat = {
  about: 'Qwen-Bailian JSONL: seconds, prefix blocks of 16 tokens, chat and parent ids',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: head => names(jsonHead(head.text), 'chat_id', 'timestamp'),
  open: (input, options) =>
    rowSource(input, options, { name: 'qwen-bailian', ...qwenBailian }, { order: 'window' }, log =>
      qwenRows(input, log),
    ),
}

async function* qwenRows(input: TraceInput, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  const families = new Families(log)
  for await (const lines of jsonLines(singleFile(input, 'qwen-bailian'), log)) {
    const rows: TraceRow[] = []
    for (const { place, value } of lines) {
      if (isObject(value)) rows.push(rowOf(place, value, families))
      else log.bad(place, 'is not a JSON object')
    }
    yield rows
  }
}

function rowOf(place: string, value: JsonObject, families: Families): TraceRow {
  const id = numberIn(value, 'chat_id')
  const parent = numberIn(value, 'parent_chat_id')
  const { session, turn } = families.placeOf(place, id, parent, numberIn(value, 'turn'))
  return {
    place,
    arrivalS: numberIn(value, 'timestamp'),
    inputTokens: numberIn(value, 'input_length'),
    outputTokens: numberIn(value, 'output_length'),
    id,
    className: nameIn(value, 'type'),
    session,
    turn,
    blocks: idsIn(value, 'hash_ids'),
    blockTokens: BLOCK_TOKENS,
  }
}

/** Finds the root of each request, and its turn from there. */
class Families {
  readonly #log: RowLog
  readonly #roots = new Map<number, number>()
  /** Turns that came before the root, of roots whose own parent is unknown. */
  readonly #turnsBefore = new Map<number, number>()

  constructor(log: RowLog) {
    this.#log = log
  }

  placeOf(place: string, id: number, parent: number, turn: number): { session: number; turn: number } {
    const root = this.#roots.get(parent)
    this.#roots.set(id, root ?? id)
    if (root !== undefined) return { session: root, turn: turn - (this.#turnsBefore.get(root) ?? 0) }
    if (turn > 1) {
      this.#log.remark(place, 'its parent is not in the file before it: begins a session')
      this.#turnsBefore.set(id, turn - 1)
      return { session: id, turn: 1 }
    }
    return { session: id, turn }
  }
}
