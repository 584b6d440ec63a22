/** What a cell may hold. NaN and infinite numbers are written as blanks: not known, or not defined. */
export type Cell = number | string | boolean

/** One column of a CSV file. Headers, cells and the documentation are all read from here. */
export interface Column<Row> {
  /** In snake case; the unit ends it. */
  readonly name: string
  readonly about: string
  readonly value: (row: Row) => Cell
}

/** The text of a cell: every digit of a number, yes or no. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return Number.isFinite(cell) ? String(cell) : ''
}
