import type { TraceFile, TraceFormat, TraceInput, TraceRow } from './contract.ts'
import { isObject, type JsonObject, listIn, nameIn, numberIn, optionalNumberIn } from './fields.ts'
import { jsonElements, LONGEST_DOCUMENT_BYTES } from './json-elements.ts'
import { jsonHead, names } from './json-head.ts'
import { MOST } from './lengths.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

/**
 * Agentic traces of Claude Code: a JSON document for each, in a file or a folder of them. A trace is a session of
 * requests at their own times `t`, in seconds from its start, with their `think_time`; the requests of a sub-agent are a
 * session of their own that begins at the sub-agent's `t` beside the other. Each trace has a clock of its own, so traces
 * begin by `options.gaps`, one gap from one to the next; think times are as they were, up to a day. `hash_ids` name full blocks only and stand for
 * something within their trace alone; here no two traces share a block, although all begin with like tools and system
 * prompts. Traces overlap for hours, so all of them are held in memory.
 */
export const claudeCode: TraceFormat = {
  about: 'Claude-Code agentic traces: JSON, one per trace, in a folder; sessions with think times',
  timing: 'none',
  zeroOutput: 'one',
  recognises: ({ text }) => {
    const head = jsonHead(text)
    return names(head, 'hash_id_scope') || names(head, 'block_size', 'requests')
  },
  open: (input, options) =>
    rowSource(input, options, { name: 'claude-code', ...claudeCode }, { order: 'whole' }, log =>
      claudeCodeRows(input, log),
    ),
}

async function* claudeCodeRows(input: TraceInput, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  let firstId = 0
  let traces = 0
  for (const file of documentsOf(input, log)) {
    for await (const elements of jsonElements(file, log, LONGEST_DOCUMENT_BYTES)) {
      for (const { place, value } of elements) {
        const requests = isObject(value) ? listIn(value, 'requests') : undefined
        if (requests === undefined) log.bad(place, 'has no list of requests')
        else {
          const trace = new Trace(place, value as JsonObject, `${traces++}`, firstId)
          yield trace.rows(requests)
          firstId = trace.nextId
        }
      }
    }
  }
}

/** In a folder, files by the name of JSON. */
function documentsOf({ name, files }: TraceInput, log: RowLog): readonly TraceFile[] {
  const documents = files.length === 1 ? files : files.filter(({ path }) => /\.json(\.gz)?$/.test(path))
  const others = files.length - documents.length
  if (others > 0) log.remark(name, 'left aside: a file that is no .json', others)
  return documents
}

interface Session {
  readonly session: string
  readonly offsetS: number
  readonly place: string
}

/** One trace, whose block ids begin at a number of their own among those of all traces. */
class Trace {
  nextId: number
  readonly #firstId: number
  readonly #place: string
  readonly #start: string
  readonly #blockTokens: number
  readonly #model: string | undefined

  constructor(place: string, trace: JsonObject, start: string, firstId: number) {
    this.#place = place
    this.#start = start
    this.#firstId = firstId
    this.nextId = firstId
    this.#blockTokens = numberIn(trace, 'block_size')
    this.#model = listIn(trace, 'models')?.find(model => typeof model === 'string')
  }

  rows(requests: readonly unknown[]): TraceRow[] {
    return this.#sessionRows(requests, { session: this.#start, offsetS: 0, place: this.#place })
  }

  #sessionRows(requests: readonly unknown[], session: Session): TraceRow[] {
    const turns = requests.filter(request => !isAgent(request)).length
    let turn = 0
    return requests.flatMap((request, i) => {
      const place = `${session.place}, request ${i + 1}`
      if (isAgent(request))
        return this.#agentRows(request, { ...session, place, session: `${session.session}/${i}` })
      return [this.#row(isObject(request) ? request : {}, { ...session, place }, ++turn, turns)]
    })
  }

  #agentRows(agent: JsonObject, session: Session): TraceRow[] {
    const offsetS = session.offsetS + numberIn(agent, 't')
    return this.#sessionRows(listIn(agent, 'requests') ?? [], { ...session, offsetS })
  }

  #row(request: JsonObject, { session, offsetS, place }: Session, turn: number, turns: number): TraceRow {
    const ids = listIn(request, 'hash_ids')
    const thinkS = turn > 1 ? optionalNumberIn(request, 'think_time') : undefined
    return {
      place,
      arrivalS: undefined,
      start: this.#start,
      offsetS: offsetS + numberIn(request, 't'),
      inputTokens: numberIn(request, 'in'),
      outputTokens: numberIn(request, 'out'),
      session,
      turn,
      turns,
      thinkS,
      model: nameIn(request, 'model') ?? this.#model,
      blocks: ids && this.#global(ids),
      blockTokens: this.#blockTokens,
    }
  }

  /** Ids move to those of this trace; where one of them cannot, all stay numbers that `rowSource` refuses. */
  #global(ids: readonly unknown[]): ArrayLike<number> {
    const blocks = ids.map(id => (typeof id !== 'number' ? Number.NaN : id < 0 ? id : this.#firstId + id))
    if (!blocks.every(isBlockId)) return blocks
    for (const block of blocks) if (block >= this.nextId) this.nextId = block + 1
    return Int32Array.from(blocks)
  }
}

function isBlockId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= MOST
}

function isAgent(request: unknown): request is JsonObject {
  return isObject(request) && listIn(request, 'requests') !== undefined
}
