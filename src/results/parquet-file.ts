import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { type Cell, type Column, cellText } from './columns/column.ts'
import { TEXTS, WHOLE } from './columns/whole.ts'

/** Rows in memory at a time, and of a group in the file. */
const GROUP_ROWS = 32_768

/** What a column's cells are; null where there is nothing to say. */
type Kind = keyof typeof KINDS

const KINDS = {
  STRING: (cell: Cell) => cellText(cell),
  BOOLEAN: (cell: Cell) => (typeof cell === 'boolean' ? cell : null),
  DOUBLE: (cell: Cell) => (Number.isFinite(cell) ? (cell as number) : null),
  INT64: (cell: Cell) => (Number.isFinite(cell) ? BigInt(cell as number) : null),
} as const

/**
 * A Parquet file of the same columns as a CSV file, written as its rows come: numbers as DOUBLE, counts as INT64, yes
 * or no as BOOLEAN, all else as text. Blanks of numbers are null. The same rows give the same bytes.
 */
export class ParquetFileWriter<Row> {
  readonly #columns: readonly Column<Row>[]
  readonly #path: string
  #pending: Cell[][]
  #open: OpenFile | undefined

  constructor(path: string, columns: readonly Column<Row>[]) {
    this.#path = path
    this.#columns = columns
    this.#pending = columns.map(() => [])
  }

  /** The row is read before the call returns. */
  add(row: Row): void {
    for (const [i, column] of this.#columns.entries()) this.#pending[i].push(column.value(row))
    if (this.#pending[0].length === GROUP_ROWS) this.#flush()
  }

  close(): void {
    this.#flush()
    void this.#open!.writer.finish()
  }

  /** What columns hold is judged by the first group. */
  #flush(): void {
    this.#open ??= openedFile(this.#path, this.#columns, this.#pending)
    const { writer, kinds } = this.#open
    const columnData = this.#columns.map(({ name }, i) => ({
      name,
      data: this.#pending[i].map(cell => converted(cell, kinds[i], name)),
    }))
    if (this.#pending[0].length > 0) void writer.write({ columnData, rowGroupSize: GROUP_ROWS })
    this.#pending = this.#columns.map(() => [])
  }
}

interface OpenFile {
  readonly writer: ParquetWriter
  readonly kinds: readonly Kind[]
}

function openedFile(
  path: string,
  columns: readonly Column<never>[],
  cells: readonly (readonly Cell[])[],
): OpenFile {
  const kinds = columns.map(({ name }, i) => kindOf(name, cells[i]))
  const columnData = columns.map(({ name }, i) => ({ name, data: [], type: kinds[i] }))
  const schema = schemaFromColumnData({ columnData })
  return { kinds, writer: new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'regatta' }) }
}

/** Blank texts stand for nothing beside numbers, or yes and no. */
function kindOf(name: string, cells: readonly Cell[]): Kind {
  if (TEXTS.has(name)) return 'STRING'
  if (WHOLE.has(name)) return 'INT64'
  const types = new Set(cells.filter(cell => cell !== '').map(cell => typeof cell))
  if (types.size === 1 && types.has('number')) return 'DOUBLE'
  return types.size === 1 && types.has('boolean') ? 'BOOLEAN' : 'STRING'
}

function converted(cell: Cell, kind: Kind, name: string) {
  const isOfKind = kind === 'STRING' || cell === '' || (typeof cell === 'boolean') === (kind === 'BOOLEAN')
  if (!isOfKind || (kind !== 'STRING' && typeof cell === 'string' && cell !== '')) {
    throw new TypeError(`column ${name} has ${cell} among cells of ${kind}`)
  }
  return KINDS[kind](cell)
}
