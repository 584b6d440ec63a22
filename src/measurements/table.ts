import Papa from 'papaparse'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import type { Measurements } from './contract.ts'
import { Unusable } from './unusable.ts'

/** One measured row. */
export interface Row<Column extends string> {
  /** `file:line`. */
  readonly place: string
  /** The cell without spaces around it; empty where it is blank. */
  text(column: Column): string
  /** NaN where the cell is blank. Throws Unusable where it is no number. */
  number(column: Column): number
  /** Throws Unusable where the cell is blank, no number, 0 or below. */
  positive(column: Column): number
  /** Throws Unusable where it is no whole number from 1 to `most`. */
  count(column: Column, most?: number): number
}

/**
 * The rows of a CSV file of measurements; none where there is no such file.
 *
 * Throws a UserError where the header lacks one of the columns. Further columns are passed over.
 */
export function tableIn<Column extends string>(
  measurements: Measurements,
  name: string,
  columns: readonly Column[],
): Row<Column>[] {
  if (!measurements.names.includes(name)) return []
  return tableOf(measurements.read(name), `${measurements.folder}/${name}`, columns)
}

/** The rows of a CSV text. `file` is its name in places and messages. */
export function tableOf<Column extends string>(
  text: string,
  file: string,
  columns: readonly Column[],
): Row<Column>[] {
  const [header, ...lines] = linesOf(text, file)
  const indexOf = indicesOf(header?.cells ?? [], file, columns)
  return lines.map(({ cells, line }) => new CellRow(`${file}:${line}`, cells, header.cells.length, indexOf))
}

interface Line {
  readonly cells: readonly string[]
  /** Where it begins, counted from 1; cells may hold line breaks. */
  readonly line: number
}

function linesOf(text: string, file: string): Line[] {
  const lines: Line[] = []
  let from = 0
  let line = 1
  Papa.parse<string[]>(text, {
    skipEmptyLines: false,
    delimiter: ',',
    step: ({ data, meta, errors }) => {
      if (errors.length > 0) throw new UserError(`${file}:${line}: ${errors[0].message}`)
      if (data.some(cell => cell !== '')) lines.push({ cells: data, line })
      line += text.slice(from, meta.cursor).split('\n').length - 1
      from = meta.cursor
    },
  })
  return lines
}

function indicesOf<Column extends string>(
  header: readonly string[],
  file: string,
  columns: readonly Column[],
): ReadonlyMap<Column, number> {
  const names = header.map(name => name.replace(/^\uFEFF/, '').trim())
  const missing = columns.filter(column => !names.includes(column))
  if (missing.length > 0) {
    const nearest = names.length === 0 ? 'the file is empty' : suggestion(missing[0], names)
    throw new UserError(`${file}:1: the column ${missing.join(', ')} is missing; ${nearest}`)
  }
  const twice = columns.find(column => names.indexOf(column) !== names.lastIndexOf(column))
  if (twice !== undefined) throw new UserError(`${file}:1: the column ${twice} is there twice`)
  return new Map(columns.map(column => [column, names.indexOf(column)]))
}

class CellRow<Column extends string> implements Row<Column> {
  readonly place: string
  readonly #cells: readonly string[]
  readonly #width: number
  readonly #indexOf: ReadonlyMap<Column, number>

  constructor(place: string, cells: readonly string[], width: number, indexOf: ReadonlyMap<Column, number>) {
    this.place = place
    this.#cells = cells
    this.#width = width
    this.#indexOf = indexOf
  }

  text(column: Column): string {
    if (this.#cells.length !== this.#width) {
      throw new Unusable(`the row has ${this.#cells.length} cells; the header has ${this.#width}`)
    }
    return this.#cells[this.#indexOf.get(column)!].trim()
  }

  number(column: Column): number {
    const text = this.text(column)
    if (text === '') return Number.NaN
    const value = Number(text)
    if (!Number.isFinite(value)) throw new Unusable(`${column} is "${text}"; must be a number`)
    return value
  }

  positive(column: Column): number {
    const value = this.number(column)
    if (Number.isNaN(value)) throw new Unusable(`${column} is blank`)
    if (!(value > 0)) throw new Unusable(`${column} is ${value}; must be > 0`)
    return value
  }

  count(column: Column, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.positive(column)
    if (!Number.isInteger(value)) throw new Unusable(`${column} is ${value}; must be a whole number`)
    if (value > most) throw new Unusable(`${column} is ${value}; must be at most ${most}`)
    return value
  }
}
