import type { Column } from './columns/column.ts'
import { CsvFileWriter } from './csv-file.ts'
import { ParquetFileWriter } from './parquet-file.ts'

/** Takes rows one by one. */
export interface RowWriter<Row> {
  /** The row is read before the call returns. */
  add(row: Row): void
  close(): void
}

/** Where files go, and of which kinds they are. */
export interface TableOptions {
  /** The path of a file of that name. */
  readonly file: (name: string) => string
  /** Whether there is a Parquet file beside each CSV file. */
  readonly parquet: boolean
}

/** Writes a table as a CSV file of that name, and as the Parquet file beside it. */
export function tableWriter<Row>(
  csvName: string,
  columns: readonly Column<Row>[],
  { file, parquet }: TableOptions,
): RowWriter<Row> {
  const csv = new CsvFileWriter(file(csvName), columns)
  if (!parquet) return csv
  const writers = [csv, new ParquetFileWriter(file(parquetName(csvName)), columns)]
  return {
    add: row => {
      for (const writer of writers) writer.add(row)
    },
    close: () => {
      for (const writer of writers) writer.close()
    },
  }
}

/** Writes all rows of a table. */
export function writeTable<Row>(
  csvName: string,
  columns: readonly Column<Row>[],
  rows: Iterable<Row>,
  options: TableOptions,
): void {
  const writer = tableWriter(csvName, columns, options)
  for (const row of rows) writer.add(row)
  writer.close()
}

export function parquetName(csvName: string): string {
  return csvName.replace(/\.csv$/, '.parquet')
}
