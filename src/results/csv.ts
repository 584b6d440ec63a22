import { stringify } from 'csv-stringify/sync'
import { type Column, cellText } from './columns/column.ts'

/** The header line of a CSV file. */
export function csvHeader(columns: readonly Column<never>[]): string {
  return stringify([columns.map(({ name }) => name)])
}

/** The texts of a row's cells, with every digit of every number. */
export function csvCells<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map(column => cellText(column.value(row)))
}

/** Lines of a CSV file, one for each row of cells. */
export function csvLines(rows: readonly (readonly string[])[]): string {
  return stringify([...rows])
}
