import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ArrivalSource, ReadingReport } from '../arrivals/contract.ts'
import { traceInput } from '../arrivals/file.ts'
import type { OnBadRow, ReadingOptions, ZeroOutput } from '../arrivals/formats/contract.ts'
import { opened } from '../arrivals/formats/detect.ts'
import type { GapSpec } from '../arrivals/gaps.ts'
import { MOST_SORT_ROWS } from '../arrivals/order.ts'
import { UserError } from '../core/errors.ts'
import { aboveZero, debugOption, seedOf } from './flags.ts'

/** Flags of every command that reads a trace. */
export interface TraceFlags {
  readonly format: string
  readonly class?: string
  readonly onBadRow: OnBadRow
  readonly zeroOutput?: ZeroOutput
  readonly sortRows: number
  readonly rate?: number
  readonly cv?: number
  readonly seed: string | number
  readonly blockTokens: number
  readonly charactersPerToken?: number
}

export function withTraceFlags(command: Command): Command {
  return command
    .option('--format <name>', 'format of the trace, as `regatta trace formats` lists them', 'auto')
    .option('--class <name>', 'class of requests of which the trace says none')
    .addOption(
      new Option('--on-bad-row <what>', 'at a row that cannot be used: fail, or skip and count it')
        .choices(['fail', 'skip'])
        .default('fail'),
    )
    .addOption(
      new Option(
        '--zero-output <what>',
        'a request without output tokens: drop it, give it one, or count it as bad; by default as its format has it',
      ).choices(['drop', 'one', 'bad']),
    )
    .option('--sort-rows <rows>', 'how many rows a row may be late', rowsToSort, 1024)
    .option('--rate <per-s>', 'requests, or sessions, a second of a trace without times', aboveZero)
    .option('--cv <number>', 'coefficient of variation of their gaps, 1 (Poisson) by default', aboveZero)
    .option('--seed <seed>', 'seed of whatever is drawn', seedOf, 1)
    .option('--block-tokens <tokens>', 'tokens of a prefix block made from token ids', wholeFromOne, 16)
    .option(
      '--characters-per-token <number>',
      'where a trace has texts and no counts, 4 by default',
      aboveZero,
    )
    .addOption(debugOption())
}

/** A trace to be read; whatever is wrong with it shows at the first `fill`. */
export function openedTrace(path: string, flags: TraceFlags): ArrivalSource {
  return opened(traceInput(path), flags.format, readingOptions(flags))
}

export function readingOptions(flags: TraceFlags): ReadingOptions {
  const { class: className, onBadRow, zeroOutput, sortRows, seed, blockTokens, charactersPerToken } = flags
  const gaps = gapsOf(flags)
  return {
    ...{ onBadRow, sortRows, seed, blockTokens },
    ...(className !== undefined && { className }),
    ...(zeroOutput !== undefined && { zeroOutput }),
    ...(charactersPerToken !== undefined && { charactersPerToken }),
    ...(gaps && { gaps }),
  }
}

function gapsOf({ rate: ratePerS, cv }: TraceFlags): GapSpec | undefined {
  if (ratePerS === undefined) {
    if (cv === undefined) return undefined
    throw new UserError(`--cv is ${cv} without --rate; it says how the gaps of --rate vary`)
  }
  return cv === undefined || cv === 1 ? { kind: 'poisson', ratePerS } : { kind: 'gamma', ratePerS, cv }
}

/** What reading a trace has met, a line each; empty where it met nothing worth a word. */
export function remarkLines({ late, remarks }: Pick<ReadingReport, 'late' | 'remarks'>): string[] {
  return [
    ...(late > 0 ? [`late, put into order of time (${rowsText(late)})`] : []),
    ...remarks.map(({ what, count, first }) => `${what} (${rowsText(count)}, first ${first})`),
  ]
}

export function rowsText(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}`
}

function rowsToSort(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= MOST_SORT_ROWS) return value
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${MOST_SORT_ROWS}.`)
}

export function wholeFromOne(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number >= 1.')
}
