import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import type { TraitName } from './traits.ts'

/** The names that a workload's numbers stand for; they grow while it is read. */
export type TraceNames = Pick<ArrivalSource, 'classes' | 'tenants' | 'models'>

/** Notes what the target cannot say. */
export interface Losses {
  /** @param what completes "1,204 rows have ...": `times finer than 1 ms` */
  add(what: string, count?: number): void
}

/** A format that traces are written in. */
export interface TraceWriter {
  /** What of a request it can say, beside its time and its lengths; losses of the others are counted for it. */
  readonly carries: readonly TraitName[]
  /** Whether it has columns of those of them alone that a trace has. */
  readonly hasColumns?: boolean
  /** @param columns those traits, where it does */
  begin(columns: ReadonlySet<TraitName>, losses: Losses): RowsText
}

export interface RowsText {
  /** What the file begins with. */
  readonly head: string
  /** The text of every row of a block. */
  rows(block: ArrivalBlock, names: TraceNames): string
}
