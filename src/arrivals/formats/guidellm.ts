import { UserError } from '../../core/errors.ts'
import { byTime } from './by-time.ts'
import type { TraceFormat, TraceHead, TraceInput, TraceRow } from './contract.ts'
import { isObject, type JsonObject, listIn, nameIn, numberIn, objectIn, optionalNumberIn } from './fields.ts'
import { singleFile } from './input.ts'
import { jsonElements, LONGEST_DOCUMENT_BYTES } from './json-elements.ts'
import { jsonHead, names, numbersAfter } from './json-head.ts'
import { modalityOf } from './modality.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

/**
 * What guidellm writes and reads. In a report (`benchmarks.json`) requests lie in groups by how they ended: those of
 * `successful` are read, others left out and counted; several benchmarks of one report make one trace on their own
 * clock. A report is a single JSON value, so it is held in memory. The JSON Lines of `trace_synthetic` have `timestamp` in
 * seconds, `input_length` and `output_length`; without a fraction in any of its first timestamps a file is taken for
 * Mooncake's, or for neither.
 */
export const guideLlm: TraceFormat = {
  about: 'guidellm: benchmarks.json, or JSONL of timestamp (s), input_length, output_length',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: isGuideLlm,
  open: (input, options) =>
    rowSource(input, options, { name: 'guidellm', ...guideLlm }, { order: 'window' }, log =>
      guideRows(input, log),
    ),
}

function isGuideLlm({ text }: TraceHead): boolean {
  const head = jsonHead(text)
  if (head === undefined || head.inArray) return false
  if (head.keys.has('benchmarks')) return true
  if (!names(head, 'timestamp', 'input_length', 'output_length') || head.keys.has('hash_ids')) return false
  return numbersAfter(text, 'timestamp').some(stamp => /[.eE]/.test(stamp))
}

async function* guideRows(input: TraceInput, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  for await (const elements of jsonElements(singleFile(input, 'guidellm'), log, LONGEST_DOCUMENT_BYTES)) {
    yield elements.flatMap(({ place, value }) => rowsOf(place, value, log))
  }
}

function rowsOf(place: string, value: unknown, log: RowLog): readonly TraceRow[] {
  if (!isObject(value)) {
    log.bad(place, 'is not a JSON object')
    return []
  }
  return value.benchmarks === undefined ? [lineRow(place, value)] : byTime(reportRows(place, value, log))
}

function lineRow(place: string, value: JsonObject): TraceRow {
  return {
    place,
    arrivalS: numberIn(value, 'timestamp'),
    inputTokens: numberIn(value, 'input_length'),
    outputTokens: numberIn(value, 'output_length'),
  }
}

function reportRows(place: string, report: JsonObject, log: RowLog): TraceRow[] {
  const benchmarks = (listIn(report, 'benchmarks') ?? []).filter(isObject)
  const groups = benchmarks.map(benchmark => objectIn(benchmark, 'requests'))
  const listed = groups.some(group => listIn(group, 'successful') !== undefined)
  if (!listed) throw new UserError(`${place}: lists no requests (benchmarks[].requests.successful)`)
  if (benchmarks.length > 1)
    log.remark(place, 'a benchmark after the first, on the same clock', benchmarks.length - 1)
  return groups.flatMap((group, i) => groupRows(`${place}, benchmark ${i + 1}`, group, log))
}

function groupRows(place: string, group: JsonObject, log: RowLog): TraceRow[] {
  for (const name of ['incomplete', 'errored']) {
    const requests = listIn(group, name) ?? []
    if (requests.length > 0) log.leftOut(place, `a request that guidellm lists as ${name}`, requests.length)
  }
  const requests = (listIn(group, 'successful') ?? []).map(request => (isObject(request) ? request : {}))
  const turns = turnCounts(requests)
  return requests.map((request, i) => requestRow(`${place}, request ${i + 1}`, request, turns))
}

/** Names of fields as they were in 0.2 and 0.3, and as they are since. */
function requestRow(place: string, request: JsonObject, turns: ReadonlyMap<string, number>): TraceRow {
  const timings = objectIn(objectIn(request, 'info'), 'timings')
  const input = objectIn(request, 'input_metrics')
  const startS = optionalNumberIn(request, 'request_start_time', 'start_time')
  return {
    place,
    arrivalS: startS ?? numberIn(timings, 'request_start', 'resolve_start'),
    inputTokens: optionalNumberIn(request, 'prompt_tokens') ?? numberIn(input, 'total_tokens', 'text_tokens'),
    outputTokens:
      optionalNumberIn(request, 'output_tokens') ??
      numberIn(objectIn(request, 'output_metrics'), 'total_tokens', 'text_tokens'),
    modality: modalityOf(column => numberIn(input, column)),
    items: optionalNumberIn(input, 'image_count'),
    ...sessionOf(request, turns),
  }
}

/** How many requests each conversation has. */
function turnCounts(requests: readonly JsonObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const request of requests) {
    const id = nameIn(objectIn(request, 'info'), 'conversation_id')
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/** Requests alone in their conversation make no session. */
function sessionOf(request: JsonObject, turns: ReadonlyMap<string, number>): Partial<TraceRow> {
  const info = objectIn(request, 'info')
  const session = nameIn(info, 'conversation_id')
  if (session === undefined || turns.get(session) === 1) return {}
  return { session, turn: numberIn(info, 'turn_index') + 1 }
}
