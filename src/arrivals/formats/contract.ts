import type { Bytes } from '../bytes.ts'
import type { ArrivalSource } from '../contract.ts'
import type { Modality } from '../details.ts'
import type { GapSpec } from '../gaps.ts'

/** A trace as it lies on disk: a file, or the files of a folder. */
export interface TraceInput {
  /** What messages call it: the path that was given. */
  readonly name: string
  /** A single file, or every file in the folder at any depth, in order of path. */
  readonly files: readonly TraceFile[]
}

export interface TraceFile {
  /** From the folder, with `/`; of a single file its name alone. */
  readonly path: string
  /** Its bytes from the start, unzipped. */
  open(): Bytes
}

/** The beginning of a trace, by which its format is told. */
export interface TraceHead {
  /** Paths of its files. */
  readonly paths: readonly string[]
  /** The first 64 KiB of the first file, unzipped. */
  readonly text: string
  /** The first line of it, without its line end. */
  readonly line: string
}

/** What to do with a row that is not as the format has it. */
export type OnBadRow = 'fail' | 'skip'
/** What to do with a request of no output tokens: leave it out, give it one token, or count it as a bad row. */
export type ZeroOutput = 'drop' | 'one' | 'bad'

/** How to read a trace. */
export interface ReadingOptions {
  /** Class of requests of which the trace says none; `all` by default. */
  readonly className?: string
  /** `fail` by default. */
  readonly onBadRow?: OnBadRow
  /** By default as the format's users do; see `TraceFormat.zeroOutput`. */
  readonly zeroOutput?: ZeroOutput
  /** How many rows a row may be late; 1024 by default. */
  readonly sortRows?: number
  /** When requests, or sessions, come of which the trace does not say when. */
  readonly gaps?: GapSpec
  /** Seed of whatever is drawn, such as those gaps; 1 by default. */
  readonly seed?: string | number
  /** Tokens that a prefix block has in the simulated cache, for formats that list token ids; 16 by default. */
  readonly blockTokens?: number
  /** Estimate for formats that give texts in place of token counts; 4 by default. */
  readonly charactersPerToken?: number
}

/** A format that traces come in. One conformance suite runs over all of them. */
export interface TraceFormat {
  /** One line for help texts. */
  readonly about: string
  /** Where the trace says when requests come; `none` needs `gaps` in the options. */
  readonly timing: 'own' | 'none'
  /** What becomes of a request without output where the options do not say. */
  readonly zeroOutput: ZeroOutput
  /** Whether the trace is in this format; the first of the registry that says so reads it. */
  recognises(head: TraceHead): boolean
  /** Opens no file before the first `fill`, which throws a UserError with file, line, column, value and bound. */
  open(input: TraceInput, options: ReadingOptions): ArrivalSource
}

/** What is known of a format while its rows are read. */
export type NamedFormat = Pick<TraceFormat, 'timing' | 'zeroOutput'> & { readonly name: string }

/** Of the rows of a format. */
export interface RowTraits {
  /** How far rows may be out of order: by `sortRows`, or by any number, which takes the whole trace into memory. */
  readonly order: 'window' | 'whole'
  /** Whether sessions are whole numbers from 0 that rows keep; otherwise they are numbered as they come. */
  readonly keepsSessions?: boolean
}

/**
 * A request as a format's reader hands it over, for formats that are not read by the million: what the row says, not
 * yet checked. Lengths may be anything; `rowSource` checks, orders and numbers. Rows with the same fields in the same order,
 * undefined where nothing is said, are read fastest.
 */
export interface TraceRow {
  /** Line or other place in the file, for messages, such as `trace.jsonl:17`. */
  readonly place: string
  /** Seconds on the trace's own clock; undefined in formats without times. */
  readonly arrivalS: number | undefined
  readonly inputTokens: number
  readonly outputTokens: number
  /** Tells rows apart where the format has ids; a second row of the same id near the first is a bad row. */
  readonly id?: string | number | undefined
  readonly className?: string | undefined
  readonly tenant?: string | undefined
  readonly model?: string | undefined
  readonly session?: string | number | undefined
  readonly turn?: number | undefined
  readonly turns?: number | undefined
  readonly thinkS?: number | undefined
  /** In formats without times: rows of equal `start` go by one drawn start; by default those of one session do. */
  readonly start?: string | number | undefined
  /** In formats without times: seconds from that drawn start; 0 by default. */
  readonly offsetS?: number | undefined
  readonly deadlineS?: number | undefined
  readonly modality?: Modality | undefined
  readonly items?: number | undefined
  readonly blockTokens?: number | undefined
  readonly blocks?: ArrayLike<number> | undefined
  /** Prompt tokens that the prefix cache already holds; 0 by default. */
  readonly hitTokens?: number | undefined
}
