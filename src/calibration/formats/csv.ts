import { UserError } from '../../core/errors.ts'
import { type Row, tableOf } from '../../measurements/table.ts'
import { Unusable } from '../../measurements/unusable.ts'
import { LeftOut, type MeasuredFile, type Said } from './contract.ts'

/** Columns in which files say what was measured, by what they say. */
const NAMES = {
  device: ['device', 'hardware'],
  engine: ['engine'],
  models: ['model', 'model_key'],
  weights: ['weights', 'precision'],
  kv: ['kv', 'kv_precision'],
  tp: ['tp'],
} as const satisfies Record<keyof Said, readonly string[]>

/** Columns of measurements that are none of a single replica, where they are above 1. */
const SPREAD = ['pp', 'dp', 'ep'] as const

/** One line of a CSV file of which no column need be there. */
export interface Line {
  readonly place: string
  /** Blank where there is no such column. */
  readonly text: (column: string) => string
  /** NaN where blank. Throws a UserError where the cell is no number or below 0. */
  readonly number: (column: string) => number
  /** NaN where blank. Throws a UserError where the cell is no whole number from 1 to `most`. */
  readonly count: (column: string, most: number) => number
  /** What stands in `<stem>_s`, or `<stem>_ms`, in seconds; NaN where neither has a number. */
  readonly seconds: (stem: string) => number
}

/** The names of the columns; none where the file does not begin as a CSV file does. */
export function headerOf({ text }: MeasuredFile): string[] {
  const end = text.search(/\r?\n|$/)
  return text
    .slice(0, end)
    .replace(/^\uFEFF/, '')
    .split(',')
    .map(name => name.trim().replaceAll('"', ''))
}

export function hasColumns(file: MeasuredFile, stems: readonly string[]): boolean {
  const header = headerOf(file)
  return stems.every(stem => [stem, `${stem}_s`, `${stem}_ms`].some(name => header.includes(name)))
}

/** The lines below the header. Throws a UserError where a column is there twice. */
export function linesOf(file: MeasuredFile): Line[] {
  const header = headerOf(file)
  return tableOf(file.text, file.name, header).map(row => lineOf(row, header))
}

function lineOf(row: Row<string>, header: readonly string[]): Line {
  const { place } = row
  const text = (column: string) => (header.includes(column) ? wellFormed(place, () => row.text(column)) : '')
  const number = (column: string) => {
    if (!header.includes(column)) return Number.NaN
    const value = wellFormed(place, () => row.number(column))
    if (value < 0) throw new UserError(`${place}: ${column} is ${value}; must be >= 0`)
    return value
  }
  const count = (column: string, most: number) =>
    Number.isNaN(number(column)) ? Number.NaN : wellFormed(place, () => row.count(column, most))
  const seconds = (stem: string) => {
    const given = number(`${stem}_s`)
    return Number.isNaN(given) ? number(`${stem}_ms`) / 1000 : given
  }
  return { place, text, number, count, seconds }
}

function wellFormed<Value>(place: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof Unusable) throw new UserError(`${place}: ${error.message}`)
    throw error
  }
}

/** What the line says of its setup. */
export function saidBy({ text, number }: Line): Said {
  const [device, engine, weights, kv] = (['device', 'engine', 'weights', 'kv'] as const).map(
    key => NAMES[key].map(text).find(name => name !== '') ?? '',
  )
  const tp = number('tp')
  const devices = number('n_devices')
  return {
    ...{ device, engine, weights, kv },
    models: NAMES.models.map(text).filter(name => name !== ''),
    tp: Number.isNaN(tp) && devices === 1 ? 1 : tp,
  }
}

/** Throws LeftOut where the line is of more than one replica, or of one whose parallelism is not fitted. */
export function checkSingle(line: Line): void {
  const spread = SPREAD.find(column => line.number(column) > 1)
  if (spread !== undefined) throw new LeftOut(`with ${spread} above 1`)
}

/** The number in the column. Throws LeftOut where it is blank. */
export function needed(line: Line, column: string): number {
  return given(column, line.number(column))
}

/** The whole number from 1 to `most` in the column. Throws LeftOut where it is blank, and a UserError at others. */
export function neededCount(line: Line, column: string, most: number): number {
  return given(column, line.count(column, most))
}

function given(column: string, value: number): number {
  if (Number.isNaN(value)) throw new LeftOut(`without ${column}`)
  return value
}
