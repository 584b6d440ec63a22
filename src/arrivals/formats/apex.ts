import type { TraceFile, TraceFormat, TraceHead, TraceInput, TraceRow } from './contract.ts'
import { csvRows } from './csv-rows.ts'
import { isObject, numberIn } from './fields.ts'
import { singleFile } from './input.ts'
import { jsonHead, names } from './json-head.ts'
import { jsonLines } from './json-lines.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

const COLUMNS = ['ContextTokens', 'GeneratedTokens', 'StartTimeOffset']
/** Part of a trace as one of several parallel servers got it, such as `lmsys_05_2DP4TP_0.jsonl`. */
const SHARD = /_\d+DP\d+TP_\d+(\.\w+)*$/i

/**
 * APEX traces: JSON Lines with `ContextTokens`, `GeneratedTokens` and `StartTimeOffset` in ns, whose texts are passed
 * over; also the same columns as CSV. In a folder the shards of a trace (`..._2DP4TP_0`) are left aside.
 */
export const apex: TraceFormat = {
  about: 'APEX JSONL: ContextTokens, GeneratedTokens, StartTimeOffset in ns',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: head => names(jsonHead(head.text), ...COLUMNS) || isTable(head),
  open: (input, options) =>
    rowSource(input, options, { name: 'apex', ...apex }, { order: 'window' }, log => apexRows(input, log)),
}

function isTable({ line }: TraceHead): boolean {
  const header = line.split(',')
  return COLUMNS.every(name => header.includes(name))
}

async function* apexRows(input: TraceInput, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  const file = wholeTrace(input, log)
  if (await isTableFile(file)) {
    for await (const rows of csvRows(file, log, COLUMNS)) {
      yield rows.map(({ place, number }) => rowOf(place, number))
    }
    return
  }
  for await (const lines of jsonLines(file, log)) {
    const rows: TraceRow[] = []
    for (const { place, value } of lines) {
      if (isObject(value)) rows.push(rowOf(place, name => numberIn(value, name)))
      else log.bad(place, 'is not a JSON object')
    }
    yield rows
  }
}

async function isTableFile(file: TraceFile): Promise<boolean> {
  const bytes = file.open()
  try {
    const begin = new TextDecoder().decode((await bytes.read()).subarray(0, 256)).trimStart()
    return begin !== '' && !begin.startsWith('{')
  } finally {
    bytes.close()
  }
}

/** The file that is no shard; the only one there is may be one. */
function wholeTrace({ name, files }: TraceInput, log: RowLog): TraceFile {
  if (files.length === 1) return files[0]
  const whole = files.filter(({ path }) => !SHARD.test(path))
  const shards = files.length - whole.length
  if (shards > 0) log.remark(name, 'left aside: a shard (..DP..TP..) of the trace', shards)
  return singleFile({ name, files: whole }, 'apex')
}

function rowOf(place: string, number: (column: string) => number): TraceRow {
  return {
    place,
    arrivalS: number('StartTimeOffset') / 1e9,
    inputTokens: number('ContextTokens'),
    outputTokens: number('GeneratedTokens'),
  }
}
