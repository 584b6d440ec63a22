import { UserError } from '../../core/errors.ts'
import type { ReadingReport, Remark } from '../contract.ts'
import type { OnBadRow } from './contract.ts'

/** Notes what a reader meets: rows, bad rows and whatever else its user should know, with counts and first places. */
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
    this.remark(place, `left out: ${kind}`)
  }

  /** Something that is no mistake, such as a failed request left out. */
  remark(place: string, what: string): void {
    const known = this.#remarks.get(what)
    if (known) known.count++
    else this.#remarks.set(what, { count: 1, first: place })
  }

  report(): ReadingReport {
    const remarks = [...this.#remarks].map(([what, { count, first }]): Remark => ({ what, count, first }))
    return { name: this.#name, format: this.#format, rows: this.rows, late: this.late, remarks }
  }
}
