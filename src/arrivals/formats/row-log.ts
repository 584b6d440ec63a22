import { UserError } from '../../core/errors.ts'
import type { ReadingReport, Remark } from '../contract.ts'
import type { OnBadRow } from './contract.ts'

/**
 * Notes what a reader meets: rows, bad rows and whatever else its user should know, with counts and first places.
 * Every row is counted once: those handed on by `rowSource`, the others by `bad` or `leftOut`.
 */
export class RowLog {
  rows = 0
  late = 0
  readonly #name: string
  readonly #format: string
  readonly #onBadRow: OnBadRow
  readonly #remarks = new Map<string, { count: number; readonly first: string }>()

  constructor(name: string, format: string, onBadRow: OnBadRow = 'fail') {
    this.#name = name
    this.#format = format
    this.#onBadRow = onBadRow
  }

  /**
   * A row that cannot be used.
   *
   * @param place such as `trace.csv:17`
   * @param kind what is wrong without the row's own value, which counts are kept by: `output_length is below 1`
   * @param what the same with value and bound; throws it as a UserError unless bad rows are to be skipped
   */
  bad(place: string, kind: string, what = kind): void {
    if (this.#onBadRow === 'fail') {
      throw new UserError(`${place}: ${what}; --on-bad-row skip leaves such rows out and counts them`)
    }
    this.leftOut(place, kind)
  }

  /** A row that is as it should be and no request, such as a failed one. */
  leftOut(place: string, why: string, count = 1): void {
    this.rows += count
    this.remark(place, `left out: ${why}`, count)
  }

  /** Something worth knowing of a row that is counted elsewhere. */
  remark(place: string, what: string, count = 1): void {
    const known = this.#remarks.get(what)
    if (known) known.count += count
    else this.#remarks.set(what, { count, first: place })
  }

  report(): ReadingReport {
    const remarks = [...this.#remarks].map(([what, { count, first }]): Remark => ({ what, count, first }))
    return { name: this.#name, format: this.#format, rows: this.rows, late: this.late, remarks }
  }
}

/** What `read` gives. A UserError of it is a bad row of that kind, and gives undefined. */
export function unlessBad<T>(log: RowLog, place: string, kind: string, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    log.bad(place, kind, error.message.replace(`${place}: `, ''))
    return undefined
  }
}
