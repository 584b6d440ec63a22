import Papa from 'papaparse'
import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { Lines } from '../bytes.ts'
import type { TraceFile } from './contract.ts'
import { shown } from './json-lines.ts'
import type { RowLog } from './row-log.ts'

/** The longest line of a CSV file: a list of times of every token in a cell is 100 kB. */
export const LONGEST_CSV_LINE_BYTES = 1 << 26

/** One row of a CSV file. */
export interface CsvRow {
  /** Where it begins; cells may hold line breaks. */
  readonly place: string
  /** The text of its cell in that column; undefined where the file has no such column. */
  cell(column: string): string | undefined
  /** The same as a number; NaN where it is blank, no number, or not there. */
  number(column: string): number
}

/**
 * The rows of a CSV file with quoted cells, some at a time, by names of columns in any order. Throws a UserError where
 * one of the columns is missing or comes twice; rows of another width than the header are bad rows.
 */
export async function* csvRows(
  file: TraceFile,
  log: RowLog,
  columns: readonly string[],
): AsyncGenerator<readonly CsvRow[]> {
  const bytes = file.open()
  const lines = new Lines(bytes, {
    longestBytes: LONGEST_CSV_LINE_BYTES,
    onBad: (place, what) => log.bad(place, what),
  })
  const records = new Records(bytes.name, log)
  let table: Table | undefined
  try {
    while (await lines.more()) {
      const rows: CsvRow[] = []
      while (lines.at < lines.end) {
        const record = records.add(new TextDecoder().decode(lines.take()), lines.number)
        if (record === undefined) continue
        if (table !== undefined) table.add(record, rows)
        else table = new Table(record, columns, log)
      }
      yield rows
    }
    records.finish()
  } finally {
    bytes.close()
  }
}

interface RecordOfCells {
  readonly place: string
  readonly cells: readonly string[]
}

/** Puts lines together whose quotes are still open. */
class Records {
  readonly #file: string
  readonly #log: RowLog
  #open: string[] = []
  #openBytes = 0
  #line = 0

  constructor(file: string, log: RowLog) {
    this.#file = file
    this.#log = log
  }

  /** The record that the line ends; undefined where it does not, and for blank lines and malformed records. */
  add(line: string, number: number): RecordOfCells | undefined {
    const isOpen = this.#open.length > 0
    if (!isOpen && line.trim() === '') return undefined
    if (!isOpen) this.#line = number
    const place = `${this.#file}:${this.#line}`
    if (!isOpen && !line.includes('"')) return { place, cells: line.split(',') }
    this.#open.push(line)
    this.#openBytes += line.length
    if (this.#openBytes > LONGEST_CSV_LINE_BYTES) return this.#giveUp(place)
    if ((quotesIn(line) % 2 === 0) === isOpen) return undefined
    const text = this.#open.join('\n')
    this.#open = []
    this.#openBytes = 0
    return this.#parsed(place, text)
  }

  finish(): void {
    if (this.#open.length > 0) this.#giveUp(`${this.#file}:${this.#line}`)
  }

  #giveUp(place: string): undefined {
    this.#open = []
    this.#openBytes = 0
    this.#log.bad(place, 'a quoted cell does not end')
  }

  #parsed(place: string, text: string): RecordOfCells | undefined {
    const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' })
    if (errors.length === 0 && data.length === 1) return { place, cells: data[0] }
    this.#log.bad(place, 'quotes are malformed', `quotes are malformed: ${shown(text)}`)
    return undefined
  }
}

function quotesIn(line: string): number {
  let quotes = 0
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) quotes++
  return quotes
}

/** Rows under a header. */
class Table {
  readonly #header: readonly string[]
  readonly #columns: ReadonlyMap<string, number>
  readonly #log: RowLog

  constructor({ place, cells }: RecordOfCells, required: readonly string[], log: RowLog) {
    this.#header = cells
    this.#columns = new Map(cells.map((name, i) => [name, i]))
    this.#log = log
    for (const name of required) mustHave(name, cells, place)
  }

  add({ place, cells }: RecordOfCells, rows: CsvRow[]): void {
    const width = this.#header.length
    if (cells.length !== width) {
      const kind = `has another number of fields than the header's ${width}`
      this.#log.bad(
        place,
        kind,
        `has ${cells.length} fields; must have ${width} (${shown(this.#header.join())})`,
      )
      return
    }
    const cell = (column: string): string | undefined => cells[this.#columns.get(column) ?? -1]
    rows.push({ place, cell, number: column => numberIn(cell(column)) })
  }
}

function mustHave(name: string, header: readonly string[], place: string): void {
  const places = header.filter(other => other === name).length
  if (places === 1) return
  if (places > 1) throw new UserError(`${place}: column ${name} comes ${places} times; must come once`)
  throw new UserError(`${place}: column ${name} is missing; ${suggestion(name, header)}`)
}

function numberIn(cell: string | undefined): number {
  return cell === undefined || cell.trim() === '' ? Number.NaN : Number(cell)
}
