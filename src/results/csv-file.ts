import { closeSync, openSync, writeSync } from 'node:fs'
import type { Column } from './columns/column.ts'
import { csvCells, csvHeader, csvLines } from './csv.ts'

const FLUSH_ROWS = 1024

/** A CSV file written as its rows come, in bounded memory. */
export class CsvFileWriter<Row> {
  readonly #columns: readonly Column<Row>[]
  readonly #file: number
  #pending: string[][] = []

  constructor(path: string, columns: readonly Column<Row>[]) {
    this.#columns = columns
    this.#file = openSync(path, 'w')
    writeSync(this.#file, csvHeader(columns))
  }

  /** The row is read before the call returns. */
  add(row: Row): void {
    this.#pending.push(csvCells(this.#columns, row))
    if (this.#pending.length === FLUSH_ROWS) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    writeSync(this.#file, csvLines(this.#pending))
    this.#pending = []
  }
}
