import { type Command, Option } from 'commander'
import { UserError } from '../core/errors.ts'
import { nearest, suggestion } from '../core/nearest.ts'
import { csvLines } from '../results/csv.ts'
import { CATALOGUE_KINDS, type CatalogueKind } from '../scenario/entries.ts'
import { type Catalogue, GRADES, type Grade } from '../scenario/facts.ts'
import { loadCatalogue } from '../scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'
import { type CellValue, type Entry, type EntryColumn, entryColumns } from './catalogue-columns.ts'
import {
  allEntries,
  entriesNamed,
  entryText,
  FACT_HEADINGS,
  factRows,
  otherNames,
} from './catalogue-entry.ts'
import { collect } from './flags.ts'
import { print, short, tableText } from './print.ts'

interface CatalogueFlags {
  readonly filter?: readonly string[]
  readonly grade?: Grade
  readonly json?: boolean
  readonly csv?: boolean
  readonly catalogue?: readonly string[]
}

const EXAMPLES = `
Grades, best first: ${GRADES.join(', ')}. In tables ~ stands before an estimate, and - where nothing is known.

Columns to filter by:
${CATALOGUE_KINDS.map(
  kind =>
    `  ${kind.padEnd(10)}${columnsOf(kind)
      .map(({ name }) => name)
      .join(' ')}`,
).join('\n')}

Examples:
  regatta catalogue
  regatta catalogue devices --filter kind=asic --filter 'memory_gb>=80'
  regatta catalogue devices --grade measured
  regatta catalogue models --filter 'experts>0' --csv
  regatta catalogue show my-chip --catalogue my-chip.json`

export function addCatalogueCommand(program: Command): void {
  program
    .command('catalogue')
    .description(
      'list the hardware, models and engines that scenarios may name, or show one with its sources',
    )
    .argument('[kind]', `${CATALOGUE_KINDS.join(', ')}; or show`, 'devices')
    .argument('[id]', 'entry to show')
    .option(
      '--filter <text>',
      'only entries with that text, or with column=value, <, <=, >, >=; may be repeated',
      collect,
    )
    .addOption(new Option('--grade <grade>', 'only entries of that grade or a better one').choices(GRADES))
    .addOption(new Option('--json', 'whole entries as JSON').conflicts('csv'))
    .option('--csv', 'the table as CSV')
    .option('--catalogue <path>', 'catalogue of your own, folder or JSON file; may be repeated', collect)
    .option('--debug', 'on an error, print where it came from')
    .addHelpText('after', EXAMPLES)
    .action((kind: string, id: string | undefined, flags: CatalogueFlags) => {
      const catalogue = loadCatalogue([SHIPPED_CATALOGUE, ...(flags.catalogue ?? [])])
      if (kind === 'show') show(catalogue, id, flags)
      else list(catalogue, kindOf(kind, id, catalogue), flags)
    })
}

function kindOf(kind: string, id: string | undefined, catalogue: Catalogue): CatalogueKind {
  const known = CATALOGUE_KINDS.find(each => each === kind)
  if (known !== undefined && id === undefined) return known
  const name = id ?? kind
  if (entriesNamed(catalogue, name).length > 0) {
    throw new UserError(`to see one entry: regatta catalogue show ${name}`)
  }
  if (known !== undefined) throw new UserError(`"${name}" is no entry; to search: --filter ${name}`)
  throw new UserError(
    `no kind of entry is called "${kind}": ${suggestion(kind, [...CATALOGUE_KINDS, 'show'])}`,
  )
}

function show(catalogue: Catalogue, id: string | undefined, { json, csv }: CatalogueFlags): void {
  const found = foundEntries(catalogue, id)
  if (json)
    print(JSON.stringify(found.length === 1 ? found[0].entry : found.map(({ entry }) => entry), null, 2))
  else if (csv) print(csvLines([FACT_HEADINGS, ...found.flatMap(({ entry }) => factRows(entry))]).trimEnd())
  else print(found.map(entry => entryText(entry, catalogue)).join('\n\n'))
}

function foundEntries(catalogue: Catalogue, id: string | undefined) {
  if (id === undefined) throw new UserError('show needs the id of an entry: regatta catalogue show <id>')
  const found = entriesNamed(catalogue, id)
  if (found.length > 0) return found
  const names = allEntries(catalogue).flatMap(({ entry }) => [entry.id, ...otherNames(entry)])
  const meant = nearest(id, names.filter(isFirstOf))
  const hint =
    meant.length > 0
      ? `did you mean ${meant.join(' or ')}?`
      : `list them by regatta catalogue ${CATALOGUE_KINDS.join(' or ')}`
  throw new UserError(`no entry is called "${id}": ${hint}`)
}

/** Whether none before it is the same but for upper and lower case. */
function isFirstOf(name: string, i: number, names: readonly string[]): boolean {
  return names.findIndex(other => other.toLowerCase() === name.toLowerCase()) === i
}

/** Columns of a kind, for entries of that kind. */
function columnsOf(kind: CatalogueKind): readonly EntryColumn<Entry>[] {
  return entryColumns[kind] as readonly EntryColumn<never>[] as readonly EntryColumn<Entry>[]
}

function list(catalogue: Catalogue, kind: CatalogueKind, flags: CatalogueFlags): void {
  const columns = columnsOf(kind)
  const tests = [...(flags.filter ?? []).map(text => filterOf(text, kind)), ...gradeTest(flags, kind)]
  const rows = [...catalogue[kind].values()]
    .map((entry: Entry) => ({ entry, cells: columns.map(({ value }) => value(entry, catalogue)) }))
    .filter(row => tests.every(test => test(row)))
  if (flags.json)
    print(
      JSON.stringify(
        rows.map(({ entry }) => entry),
        null,
        2,
      ),
    )
  else if (flags.csv) print(csvOf(columns, rows))
  else print(`${listText(columns, rows)}\n\n${rows.length} of ${catalogue[kind].size} ${kind}`)
}

interface Row {
  readonly entry: Entry
  readonly cells: readonly CellValue[]
}
type Test = (row: Row) => boolean

function csvOf(columns: readonly EntryColumn<Entry>[], rows: readonly Row[]): string {
  const cells = rows.map(row => row.cells.map(cell => String(plain(cell) ?? '')))
  return csvLines([columns.map(({ name }) => name), ...cells]).trimEnd()
}

function listText(columns: readonly EntryColumn<Entry>[], rows: readonly Row[]): string {
  return tableText(
    columns.map(({ heading }, index) => ({
      heading,
      cells: rows.map(({ cells }) => cellText(cells[index])),
      align: rows.some(({ cells }) => typeof plain(cells[index]) === 'number') ? 'right' : 'left',
    })),
  )
}

function cellText(cell: CellValue): string {
  const value = plain(cell)
  if (value === undefined) return '-'
  const text = typeof value === 'string' || Number.isInteger(value) ? String(value) : short(value)
  return typeof cell === 'object' && cell.grade === 'estimate' ? `~${text}` : text
}

function plain(cell: CellValue): number | string | undefined {
  return typeof cell === 'object' ? cell.value : cell
}

const COMPARISON = /^(\w+)(<=|>=|=|<|>)(.*)$/

const RELATIONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function filterOf(text: string, kind: CatalogueKind): Test {
  if (text.trim() === '') throw new UserError('--filter is empty; must be a text, or column=value')
  const [, name, relation, wanted] = COMPARISON.exec(text) ?? []
  if (name === undefined) return containing(text.toLowerCase())
  const names = columnsOf(kind).map(column => column.name)
  const index = names.indexOf(name)
  if (index < 0) throw new UserError(`--filter ${text}: ${kind} have no ${name}; ${suggestion(name, names)}`)
  if (relation === '=') {
    return ({ cells }) => String(plain(cells[index]) ?? '').toLowerCase() === wanted.toLowerCase()
  }
  const bound = Number(wanted)
  if (wanted.trim() === '' || Number.isNaN(bound)) {
    throw new UserError(`--filter ${text}: "${wanted}" must be a number after ${relation}`)
  }
  return ({ cells }) => {
    const value = plain(cells[index])
    return typeof value === 'number' && RELATIONS[relation](value, bound)
  }
}

/** Text in any cell, or in a name by which measurements call the entry. */
function containing(text: string): Test {
  return ({ entry, cells }) =>
    [...cells.map(plain), ...otherNames(entry)].some(part =>
      String(part ?? '')
        .toLowerCase()
        .includes(text),
    )
}

function gradeTest({ grade }: CatalogueFlags, kind: CatalogueKind): Test[] {
  if (grade === undefined) return []
  const index = columnsOf(kind).findIndex(({ name }) => name === 'grade')
  if (index < 0) throw new UserError(`--grade: ${kind} are sizes without grades`)
  const good = GRADES.slice(0, GRADES.indexOf(grade) + 1)
  return [({ cells }) => good.some(each => each === cells[index])]
}
