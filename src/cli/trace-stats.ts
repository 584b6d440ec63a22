import { writeFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { ReadingReport } from '../arrivals/contract.ts'
import { TimesMissing } from '../arrivals/formats/starts.ts'
import { type Figure, figuresOf } from '../arrivals/statistics/figures.ts'
import { type Gathered, gathered } from '../arrivals/statistics/gather.ts'
import { statisticsOf, type TraceStatistics } from '../arrivals/statistics/statistics.ts'
import { UserError } from '../core/errors.ts'
import { csvLines } from '../results/csv.ts'
import { print } from './print.ts'
import { CountLine } from './progress.ts'
import { count } from './quantities.ts'
import { openedTrace, remarkLines, type TraceFlags, withTraceFlags } from './trace-source.ts'
import { statisticsText } from './trace-stats-text.ts'

interface StatsFlags extends TraceFlags {
  readonly json?: boolean
  readonly csv?: boolean
  readonly out?: string
}

const HELP = `
Windows are counted from the first arrival; the last, which it cuts short, is left out. Quantiles are linear between
values. Standard deviations are of the values themselves. A prompt hits the longest run of blocks from its beginning that
came in earlier requests. Memory grows by 60 bytes with each different prefix block, and not with requests.

Examples:
  regatta trace stats AzureLLMInferenceTrace_code.csv
  regatta trace stats conversation_trace.jsonl --csv --out conversation-stats.csv
  regatta trace stats sharegpt_8k_filtered_stats_llama2_tokenizer.csv --json`

export function addStatsCommand(trace: Command): void {
  const command = trace
    .command('stats')
    .description('measure a trace: rates, burstiness, lengths, laws, prefix reuse, sessions')
    .argument('<trace>', 'file or folder, gzipped or not')
    .addOption(new Option('--json', 'everything as JSON').conflicts('csv'))
    .option('--csv', 'one row for each figure: section, name, value, unit')
    .option('--out <file>', 'write there in place of the terminal')
  withTraceFlags(command).addHelpText('after', HELP).action(stats)
}

async function stats(path: string, flags: StatsFlags): Promise<void> {
  const { of, hasTimes, report } = await measured(path, flags)
  const statistics = statisticsOf(of, hasTimes)
  const text = flags.json
    ? jsonOf(report, statistics)
    : flags.csv
      ? csvOf(statistics)
      : textOf(report, statistics)
  if (flags.out === undefined) print(text)
  else write(flags.out, text)
  if (flags.json || flags.csv) for (const line of remarkLines(report)) process.stderr.write(`${line}\n`)
}

interface Measured {
  readonly of: Gathered
  readonly hasTimes: boolean
  readonly report: ReadingReport
}

/** A trace without times is read as if its requests came one a second, and told so. */
async function measured(path: string, flags: StatsFlags): Promise<Measured> {
  try {
    return { ...(await read(path, flags)), hasTimes: true }
  } catch (error) {
    if (!(error instanceof TimesMissing)) throw error
    return { ...(await read(path, { ...flags, rate: 1 })), hasTimes: false }
  }
}

async function read(path: string, flags: StatsFlags): Promise<Omit<Measured, 'hasTimes'>> {
  const source = openedTrace(path, flags)
  const line = new CountLine('requests read')
  try {
    const of = await gathered(source, requests => line.show(requests))
    return { of, report: source.report!()! }
  } finally {
    line.end()
  }
}

function textOf(report: ReadingReport, statistics: TraceStatistics): string {
  const title = `${report.name}: ${report.format}, ${count(statistics.requests)} requests`
  const lines = [title, ...remarkLines(report)]
  return `${lines.join('\n')}\n\n${statisticsText(statistics)}`
}

function jsonOf({ name, format, rows, late, remarks }: ReadingReport, statistics: TraceStatistics): string {
  return JSON.stringify({ trace: { name, format, rows, late, remarks }, ...statistics }, null, 2)
}

function csvOf(statistics: TraceStatistics): string {
  const rows = figuresOf(statistics).map(({ section, name, value, unit }: Figure) => [
    section,
    name,
    Number.isNaN(value) ? '' : String(value),
    unit,
  ])
  return csvLines([['section', 'name', 'value', 'unit'], ...rows]).trimEnd()
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`)
  } catch (error) {
    throw new UserError(`--out ${file}: cannot be written: ${(error as Error).message}`, { cause: error })
  }
}
