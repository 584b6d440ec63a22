import type { TraceFile, TraceFormat, TraceHead, TraceInput, TraceRow } from './contract.ts'
import { type CsvRow, csvRows } from './csv-rows.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

const COLUMNS = [
  ...['user_id', 'request_idx', 'trace_id', 'input_tokens', 'output_tokens_expected', 'output_tokens_actual'],
  ...['success', 'request_start_time'],
]
const RESULTS = /(^|\/)detailed_results\.csv(\.gz)?$/

/**
 * InferenceX trace replays as they were measured: `detailed_results.csv`, alone or in folders of runs, of which each is
 * read on the clock it was measured by. Requests arrive when they started and have the output they really got, or where
 * that is 0 what was expected; those without success were still running at the end: they are kept and counted. The user
 * is the tenant; what a user does of one trace is a session, and its turns are those of the original trace. They have no
 * think times: `delay_expected` is not how long the replay paused from the end of the turn before, which was less in
 * nearly all turns and 60 s at most (6 s expected and 3 s paused, 228 and 60), and own times hold that pause as it was.
 * Rows are in the order in which they ended, so all of them are held in memory.
 */
export const inferenceX: TraceFormat = {
  about: 'InferenceX detailed_results.csv: measured replays of agentic sessions, a file or runs in folders',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: ({ line, paths }: TraceHead) => {
    const header = line.split(',')
    return COLUMNS.every(column => header.includes(column)) || paths.some(path => RESULTS.test(path))
  },
  open: (input, options) =>
    rowSource(input, options, { name: 'inferencex', ...inferenceX }, { order: 'whole' }, log =>
      inferenceRows(input, log),
    ),
}

async function* inferenceRows({ files, name }: TraceInput, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  const runs = files.length === 1 ? files : files.filter(({ path }) => RESULTS.test(path))
  if (runs.length > 1)
    log.remark(name, 'a run after the first, at its own time on the same clock', runs.length - 1)
  for (const run of runs) yield* runRows(run, log)
}

async function* runRows(run: TraceFile, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  for await (const rows of csvRows(run, log, COLUMNS)) yield rows.map(row => rowOf(run.path, row, log))
}

function rowOf(run: string, row: CsvRow, log: RowLog): TraceRow {
  const user = row.cell('user_id')!
  if (row.cell('success') !== 'True') log.remark(row.place, 'success is not True')
  return {
    place: row.place,
    arrivalS: row.number('request_start_time'),
    inputTokens: row.number('input_tokens'),
    outputTokens: outputOf(row, log),
    tenant: user,
    session: `${run}/${user}/${row.cell('trace_id')}`,
    turn: row.number('request_idx') + 1,
  }
}

function outputOf(row: CsvRow, log: RowLog): number {
  const tokens = row.number('output_tokens_actual')
  if (tokens !== 0) return tokens
  log.remark(row.place, 'output_tokens_actual is 0; takes output_tokens_expected')
  return row.number('output_tokens_expected')
}
