import Papa from 'papaparse'
import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { Lines } from '../bytes.ts'
import type { TraceFile } from './contract.ts'
import { shown } from './json-lines.ts'
import type { Mistake } from './lengths.ts'
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
 * one of the columns is missing or comes twice; rows of another width than the header are bad rows. Where a row of
 * several lines is bad, its first line is, and those behind it are read anew: a stray quote costs its own line alone.
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
  const table = new Table(columns)
  const records = new Records(bytes.name, log, record => table.add(record))
  try {
    while (await lines.more()) {
      while (lines.at < lines.end) {
        records.add({ text: new TextDecoder().decode(lines.take()), number: lines.number })
      }
      yield table.taken()
    }
    records.finish()
    yield table.taken()
  } finally {
    bytes.close()
  }
}

interface RecordOfCells {
  readonly place: string
  readonly cells: readonly string[]
}

interface Line {
  readonly text: string
  readonly number: number
}

const ENDLESS = { kind: 'a quoted cell does not end', what: 'a quoted cell does not end' }

/** Puts lines together whose quotes are still open. */
class Records {
  readonly #file: string
  readonly #log: RowLog
  readonly #accept: (record: RecordOfCells) => Mistake | undefined
  #open: Line[] = []
  #openBytes = 0

  /** @param accept takes in each record, or says what is wrong with it */
  constructor(file: string, log: RowLog, accept: (record: RecordOfCells) => Mistake | undefined) {
    this.#file = file
    this.#log = log
    this.#accept = accept
  }

  /** Blank lines between records are passed over. */
  add(line: Line): void {
    const isOpen = this.#open.length > 0
    if (!isOpen && !line.text.includes('"')) return this.#addPlain(line)
    this.#open.push(line)
    this.#openBytes += line.text.length
    if (this.#openBytes > LONGEST_CSV_LINE_BYTES) this.#giveUp(ENDLESS)
    else if ((quotesIn(line.text) % 2 === 0) !== isOpen) this.#end()
  }

  finish(): void {
    while (this.#open.length > 0) this.#giveUp(ENDLESS)
  }

  #addPlain({ text, number }: Line): void {
    if (text.trim() === '') return
    const place = this.#placeOf(number)
    const mistake = this.#accept({ place, cells: text.split(',') })
    if (mistake !== undefined) this.#log.bad(place, mistake.kind, mistake.what)
  }

  /** The lines held are a whole record. */
  #end(): void {
    const mistake = this.#mistakeInOpen()
    if (mistake !== undefined) return this.#giveUp(mistake)
    this.#open = []
    this.#openBytes = 0
  }

  #mistakeInOpen(): Mistake | undefined {
    const text = this.#open.map(line => line.text).join('\n')
    const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' })
    if (errors.length === 0 && data.length === 1) {
      return this.#accept({ place: this.#placeOf(this.#open[0].number), cells: data[0] })
    }
    return { kind: 'quotes are malformed', what: `quotes are malformed: ${shown(text)}` }
  }

  /** The first line held is bad. At most the last of the others opens a cell anew, so no line is held over and over. */
  #giveUp({ kind, what }: Mistake): void {
    const [{ number }, ...others] = this.#open
    this.#open = []
    this.#openBytes = 0
    this.#log.bad(this.#placeOf(number), kind, what)
    for (const line of others) this.add(line)
  }

  #placeOf(line: number): string {
    return `${this.#file}:${line}`
  }
}

function quotesIn(line: string): number {
  let quotes = 0
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) quotes++
  return quotes
}

/** Rows under a header, which is the first record. */
class Table {
  readonly #required: readonly string[]
  #header: readonly string[] | undefined
  #columns: ReadonlyMap<string, number> = new Map()
  #rows: CsvRow[] = []

  constructor(required: readonly string[]) {
    this.#required = required
  }

  /** The rows since the last time. */
  taken(): readonly CsvRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  add({ place, cells }: RecordOfCells): Mistake | undefined {
    if (this.#header === undefined) return this.#begin(place, cells)
    const width = this.#header.length
    if (cells.length !== width) {
      const kind = `has another number of fields than the header's ${width}`
      const must = `must have ${width} (${shown(this.#header.join())})`
      return { kind, what: `has ${cells.length} fields; ${must}` }
    }
    const cell = (column: string): string | undefined => cells[this.#columns.get(column) ?? -1]
    this.#rows.push({ place, cell, number: column => numberIn(cell(column)) })
    return undefined
  }

  #begin(place: string, header: readonly string[]): undefined {
    for (const name of this.#required) mustHave(name, header, place)
    this.#header = header
    this.#columns = new Map(header.map((name, i) => [name, i]))
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
