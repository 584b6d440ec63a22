import type { TraceRow } from './contract.ts'

/** Rows of one document in order of time, those of one time as they came; rows whose time is no number come last. */
export function byTime(rows: readonly TraceRow[]): readonly TraceRow[] {
  return rows.toSorted((a, b) => compared(timeOf(a), timeOf(b)))
}

function timeOf({ arrivalS = 0 }: TraceRow): number {
  return Number.isNaN(arrivalS) ? Number.POSITIVE_INFINITY : arrivalS
}

function compared(a: number, b: number): number {
  return a === b ? 0 : a - b
}
