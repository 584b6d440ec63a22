import Papa from 'papaparse'
import { suggestion } from '../../core/nearest.ts'
import { MODALITIES } from '../details.ts'
import { CELLS, type CsvColumn, HIT, INPUT, type Role } from './csv-columns.ts'
import { secondsIn } from './csv-row.ts'
import { nameOf, type Table } from './csv-table.ts'
import { shown } from './json-lines.ts'
import { boundOfSeconds, type Mistake, MOST, mistake } from './lengths.ts'
import { isStamp, MOST_DECIMALS } from './stamps.ts'

/**
 * Says in words what is wrong with a row that `CsvRowReader` refused.
 *
 * @param header names of the columns
 * @param columns what each is for; undefined where it is passed over
 */
export function mistakeInRow(
  line: string,
  header: readonly string[],
  columns: readonly (CsvColumn | undefined)[],
): Mistake {
  const [fields = []] = Papa.parse<string[]>(line, { delimiter: ',', newline: '\n' }).data
  if (fields.length !== header.length) return mistakeInWidth(line, fields, header)
  if (fields.every((field, i) => field === header[i])) {
    return { kind: 'is a second header', what: 'is a second header; must be a row' }
  }
  for (const [i, column] of columns.entries()) {
    const found = column && mistakeInCell(header[i], column.role, fields[i])
    if (found) return found
  }
  return { kind: 'is malformed', what: `is malformed: ${shown(line)}` }
}

/** Says in words what is wrong with the sizes of a row that reads well. */
export function mistakeInSizes(table: Table): Mistake {
  const { values } = table.row
  const input = nameOf(table, INPUT)
  if (values[INPUT] === 0) return mistake(input, '0', 'a whole number >= 1')
  const hit = nameOf(table, HIT)
  const what = `${hit} is ${values[HIT]}; must be at most ${input}, which is ${values[INPUT]}`
  return { kind: `${hit} is more than ${input}`, what }
}

function mistakeInWidth(line: string, fields: readonly string[], header: readonly string[]): Mistake {
  const json = line.startsWith('{') || line.startsWith('[')
  if (json)
    return { kind: 'is JSON', what: `is JSON: ${shown(line)}; must be a row of ${header.length} fields` }
  const has = `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`
  const what = `${has}; must have ${header.length} (${header})`
  return { kind: `has not ${header.length} fields`, what }
}

function mistakeInCell(name: string, role: Role, field: string): Mistake | undefined {
  const { kind, blank } = CELLS[role]
  const least = role === INPUT ? 1 : 0
  if (field === '' && blank !== undefined) return undefined
  switch (kind) {
    case 'count':
      return mistakeInCount(name, field, least)
    case 'seconds':
      return Number.isNaN(secondsIn(field))
        ? mistake(name, number(field), boundOfSeconds(Number(field)))
        : undefined
    case 'stamp':
      return isStamp(field) ? undefined : mistake(name, JSON.stringify(field), STAMP_FORM)
    case 'modality':
      return mistakeInModality(name, field)
    case 'blocks':
      return /^\d+( \d+)*$/.test(field)
        ? undefined
        : mistake(name, shown(field), 'whole numbers with a space between two')
    default:
      return undefined
  }
}

const STAMP_FORM = `YYYY-MM-DD HH:MM:SS with at most ${MOST_DECIMALS} decimals, in UTC`

function mistakeInCount(name: string, field: string, least: number): Mistake | undefined {
  if (!/^\d+$/.test(field) || Number(field) < least)
    return mistake(name, number(field), `a whole number >= ${least}`)
  if (Number(field) > MOST) return mistake(name, field, `a whole number <= ${MOST}`)
  return undefined
}

function mistakeInModality(name: string, field: string): Mistake | undefined {
  if ((MODALITIES as readonly string[]).includes(field)) return undefined
  const { kind, what } = mistake(name, JSON.stringify(field), MODALITIES.join(', '))
  return { kind, what: `${what}; ${suggestion(field, MODALITIES)}` }
}

function number(field: string): string {
  return /^[-+]?\d+(\.\d+)?$/.test(field) ? field : JSON.stringify(field)
}
