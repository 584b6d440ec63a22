import { UserError } from '../../core/errors.ts'
import { BlisContexts } from './blis-contexts.ts'
import type { ReadingOptions, TraceFile, TraceFormat, TraceHead, TraceInput, TraceRow } from './contract.ts'
import { type CsvRow, csvRows } from './csv-rows.ts'
import { textOf } from './input.ts'
import { modalityOf } from './modality.ts'
import { PrefixGroups } from './prefix-groups.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

const COLUMNS = ['request_id', 'input_tokens', 'output_tokens', 'arrival_time_us']
const BLOCK_TOKENS = 16
const HEADER_BYTES = 1 << 20
const LONGEST_PREFIX_TOKENS = 2 ** 24
const VERSIONS = ['2', '3']

/**
 * BLIS trace v2: a CSV, by names of columns, and a YAML header beside it in a folder, which is checked if it is there.
 * A prompt has `prefix_length` tokens that its `prefix_group` shares, then `input_tokens`
 * (github.com/inference-sim/inference-sim, sim/workload/tracev2.go), unless the server's own count is given and there is no
 * group. Groups' full blocks of `options.blockTokens` get ids. Where the header says that contexts accumulate, a round's
 * prompt is that of the round before with its output and `input_tokens`. `deadline_us` becomes a time from arrival.
 * Requests that failed or timed out did arrive: they are kept and counted.
 */
export const blis: TraceFormat = {
  about: 'BLIS trace v2: CSV (with its YAML header in a folder); sessions, prefix groups, deadlines',
  timing: 'own',
  zeroOutput: 'one',
  recognises: isBlis,
  open: (input, options) =>
    rowSource(input, options, { name: 'blis', ...blis }, { order: 'window' }, log =>
      blisRows(input, options, log),
    ),
}

function isBlis({ line, text }: TraceHead): boolean {
  const header = line.split(',')
  return COLUMNS.every(column => header.includes(column)) || /^trace_version:/m.test(text)
}

async function* blisRows(
  input: TraceInput,
  options: ReadingOptions,
  log: RowLog,
): AsyncGenerator<readonly TraceRow[]> {
  const { data, header } = partsOf(input)
  const accumulates = header !== undefined && (await checkedHeader(header))
  const groups = new PrefixGroups(options.blockTokens ?? BLOCK_TOKENS)
  const contexts = new BlisContexts(accumulates)
  for await (const rows of csvRows(data, log, COLUMNS)) {
    yield rows.filter(row => hasPrefix(row, log)).map(row => rowOf(row, groups, contexts, log))
  }
}

/** Throws a UserError unless there is one CSV file and at most one header. */
function partsOf({ name, files }: TraceInput): { readonly data: TraceFile; readonly header?: TraceFile } {
  const headers = files.filter(({ path }) => /\.ya?ml(\.gz)?$/.test(path))
  const data = files.filter(file => !headers.includes(file))
  if (data.length === 0) {
    throw new UserError(`${name}: is the header of a BLIS trace; give its CSV, or the folder that has both`)
  }
  if (data.length > 1 || headers.length > 1) {
    const paths = files.map(({ path }) => path).join(', ')
    throw new UserError(
      `${name}: has ${files.length} files (${paths}); must have one CSV and at most one YAML header`,
    )
  }
  return { data: data[0], ...(headers.length > 0 && { header: headers[0] }) }
}

/** Whether contexts accumulate. Throws a UserError at a version or unit of time that is unknown. */
async function checkedHeader(file: TraceFile): Promise<boolean> {
  const text = await textOf(file, HEADER_BYTES)
  const version = valueIn(text, 'trace_version')
  if (version === undefined || !VERSIONS.includes(version)) {
    throw new UserError(`${file.path}: trace_version is ${version}; must be ${VERSIONS.join(' or ')}`)
  }
  const unit = valueIn(text, 'time_unit') ?? 'microseconds'
  if (unit !== 'microseconds') throw new UserError(`${file.path}: time_unit is ${unit}; must be microseconds`)
  return valueIn(text, 'session_context_growth') === 'accumulate'
}

/** A plain value of the header's first level. */
function valueIn(yaml: string, key: string): string | undefined {
  const found = new RegExp(`^${key}:[ \\t]*(.*?)[ \\t]*(#.*)?\\r?$`, 'm').exec(yaml)
  return found?.[1].replace(/^(["'])(.*)\1$/, '$2')
}

function rowOf(row: CsvRow, groups: PrefixGroups, contexts: BlisContexts, log: RowLog): TraceRow {
  const status = row.cell('status')
  if (status !== undefined && status !== '' && status !== 'ok')
    log.remark(row.place, `its status is ${status}`)
  const arrivalUs = row.number('arrival_time_us')
  const deadlineUs = row.cell('deadline_us') ? row.number('deadline_us') : 0
  const { group, tokens } = sharedPrefix(row)
  const session = row.cell('session_id') || undefined
  const turn = session === undefined ? undefined : row.number('round_index') + 1
  return {
    place: row.place,
    arrivalS: arrivalUs / 1e6,
    inputTokens: contexts.promptTokens(row, tokens),
    outputTokens: row.number('output_tokens'),
    id: row.cell('request_id')!,
    className: row.cell('slo_class') || undefined,
    tenant: row.cell('tenant_id') || undefined,
    model: row.cell('model') || undefined,
    session,
    turn,
    thinkS: turn !== undefined && turn > 1 ? thinkS(row) : undefined,
    deadlineS: deadlineUs === 0 ? undefined : (deadlineUs - arrivalUs) / 1e6,
    modality: modalityOf(row.number),
    blocks: group === undefined ? undefined : groups.blocksOf(group, tokens),
    blockTokens: groups.blockTokens,
  }
}

/** Whether its prefix is one that ids could be given to; if not, it is a bad row. */
function hasPrefix(row: CsvRow, log: RowLog): boolean {
  const tokens = row.cell('prefix_length') ? row.number('prefix_length') : 0
  if (Number.isInteger(tokens) && tokens >= 0 && tokens <= LONGEST_PREFIX_TOKENS) return true
  const bound = `must be a whole number from 0 to ${LONGEST_PREFIX_TOKENS}`
  log.bad(row.place, `prefix_length ${bound}`, `prefix_length is ${row.cell('prefix_length')}; ${bound}`)
  return false
}

function sharedPrefix(row: CsvRow): { readonly group: string | undefined; readonly tokens: number } {
  const group = row.cell('prefix_group')
  const tokens = row.number('prefix_length')
  return group && tokens > 0 ? { group, tokens } : { group: undefined, tokens: 0 }
}

function thinkS(row: CsvRow): number | undefined {
  return row.cell('think_time_us') ? row.number('think_time_us') / 1e6 : undefined
}
