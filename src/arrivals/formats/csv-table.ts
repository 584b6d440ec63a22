import { UserError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import type { ReadingOptions, TraceHead } from './contract.ts'
import { type CsvColumn, type CsvShape, ID, type Role, SECONDS, SKIP, STAMP } from './csv-columns.ts'
import { CsvRowReader, type RowNames } from './csv-row.ts'
import { HeldRows } from './held-rows.ts'
import { TICKS_PER_S } from './stamps.ts'

/** What is found in a file's header, and what goes by it. */
export interface Table {
  readonly header: readonly string[]
  /** Undefined where a column is passed over. */
  readonly columns: readonly (CsvColumn | undefined)[]
  readonly row: CsvRowReader
  readonly held: HeldRows
  /** Of times as rows are read. */
  readonly ticksPerS: number
  readonly hasTime: boolean
  readonly hasId: boolean
}

/** Throws a UserError where the header is not as the format has it. */
export function tableOf(
  header: readonly string[],
  shape: CsvShape,
  options: ReadingOptions,
  names: RowNames,
  slots: number,
  place: string,
): Table {
  checkHeader(header, shape, place)
  const columns = header.map(name => (Object.hasOwn(shape.columns, name) ? shape.columns[name] : undefined))
  const roles = columns.map(column => column?.role ?? SKIP)
  const hasTime = columns.some(isTime)
  if (hasTime && options.gaps !== undefined) {
    throw new UserError(`${place}: ${shape.name} says itself when requests come; must not be given a rate`)
  }
  const row = new CsvRowReader(columns, names)
  return {
    ...{ header, columns, row, hasTime },
    held: new HeldRows(slots, roles, shape.itemsAre),
    ticksPerS: roles.includes(STAMP) ? TICKS_PER_S : 1,
    hasId: roles.includes(ID),
  }
}

export function isTime(column: CsvColumn | undefined): boolean {
  return column?.role === SECONDS || column?.role === STAMP
}

/** What the file calls its column for that. */
export function nameOf({ header, columns }: Table, role: Role): string {
  return header[columns.findIndex(column => column?.role === role)]
}

function checkHeader(header: readonly string[], shape: CsvShape, place: string): void {
  for (const [name, { optional }] of Object.entries(shape.columns)) {
    const places = header.filter(other => other === name).length
    if (places > 1) throw new UserError(`${place}: column ${name} comes ${places} times; must come once`)
    if (places === 1 || optional) continue
    const [meant] = nearest(name, header)
    const hint = meant === undefined ? '' : `; did you mean it by ${meant}?`
    throw new UserError(`${place}: column ${name} is missing; the header has ${header}${hint}`)
  }
}

/** Whether a file that begins with this line has the columns that the format must have. */
export function isOf(shape: CsvShape, { line }: TraceHead): boolean {
  const names = line.split(',')
  const required = Object.entries(shape.columns).filter(([, { optional }]) => !optional)
  return required.every(([name]) => names.includes(name)) || isHeaderless(shape, line)
}

/** Whether the file begins with a row at once. */
export function isHeaderless({ columns, headerless }: CsvShape, line: string): boolean {
  if (headerless === undefined) return false
  const bytes = new TextEncoder().encode(`${line}\n`)
  return new CsvRowReader(headerless.map(name => columns[name])).read(bytes, 0) === bytes.length
}
