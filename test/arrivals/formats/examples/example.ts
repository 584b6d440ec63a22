import type { ReadingOptions } from '../../../../src/arrivals/formats/contract.ts'
import type { Request, Texts } from '../inputs.ts'

/** A tiny trace in a format, typed by hand, and what it says. */
export interface Example {
  /** A file, or files by their paths in a folder. */
  readonly texts: Texts
  readonly options?: ReadingOptions
  readonly requests: readonly Request[]
  /** Rows of the trace, also those that are no requests. */
  readonly rows: number
  /** Only for formats that are one file of a row a line. */
  readonly lines?: LineExample
}

export interface LineExample {
  /** Lines before the first row. */
  readonly header: 0 | 1
  /** Lines that may stand anywhere among the rows and cannot be used, by what is said of them. */
  readonly bad: Readonly<Record<string, string>>
  /** A line like those of the example but without output, for formats that may have one. */
  readonly zero?: string
  /** Whether rows are told apart by ids, so that none may come twice. */
  readonly hasIds?: boolean
}
