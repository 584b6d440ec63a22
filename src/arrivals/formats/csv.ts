import { UserError } from '../../core/errors.ts'
import { type Bytes, Lines } from '../bytes.ts'
import type { ArrivalBlock, ArrivalSource, ReadingReport } from '../contract.ts'
import { OrderWindow } from '../order.ts'
import { MOST_CLASSES } from '../transforms/names.ts'
import type { ReadingOptions, TraceFormat, TraceInput, ZeroOutput } from './contract.ts'
import { CLASS, type CsvShape, HIT, ID, INPUT, OUTPUT } from './csv-columns.ts'
import { mistakeInRow, mistakeInSizes } from './csv-mistakes.ts'
import { rowNames } from './csv-row.ts'
import { isHeaderless, isOf, isTime, nameOf, type Table, tableOf } from './csv-table.ts'
import { singleFile } from './input.ts'
import { forZeroOutput, type Mistake } from './lengths.ts'
import { RecentIds } from './recent-ids.ts'
import { RowLog } from './row-log.ts'
import { DEFAULT_CLASS, mustHaveRequests, SORT_ROWS } from './rows.ts'
import { drawnStarts } from './starts.ts'

const NEWLINE = 10
const RETURN = 13

/** A format of one CSV file. Reads in memory bounded by `sortRows`, beside the names it meets. */
export function csvFormat(shape: CsvShape, about: string): TraceFormat {
  return {
    about,
    timing: 'own',
    zeroOutput: shape.zeroOutput,
    recognises: head => isOf(shape, head),
    open: (input, options) => new CsvSource(shape, input, options),
  }
}

class CsvSource implements ArrivalSource {
  readonly classes: readonly string[]
  readonly tenants: readonly string[]
  readonly models: readonly string[]
  readonly #names = rowNames()
  readonly #shape: CsvShape
  readonly #options: ReadingOptions
  readonly #input: TraceInput
  readonly #log: RowLog
  readonly #order: OrderWindow
  readonly #ids: RecentIds
  readonly #zeroOutput: ZeroOutput
  readonly #sortRows: number
  readonly #start: () => number
  #bytes: Bytes | undefined
  #lines!: Lines
  #table: Table | undefined
  #origin = Number.NaN
  #blankLine = 0
  #over = false
  #closed = false

  constructor(shape: CsvShape, input: TraceInput, options: ReadingOptions) {
    this.#shape = shape
    this.#options = options
    this.#input = input
    const hasClasses = Object.values(shape.columns).some(({ role }) => role === CLASS)
    if (!hasClasses) this.#defaultClass()
    this.classes = this.#names.classes.list
    this.tenants = this.#names.tenants.list
    this.models = this.#names.models.list
    this.#log = new RowLog(input.name, shape.name, options.onBadRow)
    this.#sortRows = options.sortRows ?? SORT_ROWS
    this.#order = new OrderWindow(this.#sortRows)
    this.#ids = new RecentIds(this.#sortRows)
    this.#zeroOutput = options.zeroOutput ?? shape.zeroOutput
    const starts = drawnStarts(options.gaps, options.seed ?? 1, shape.name)
    this.#start = () => starts({ place: this.#place() })
  }

  async fill(block: ArrivalBlock): Promise<void> {
    block.length = 0
    try {
      if (!this.#closed) await this.#fill(block)
    } catch (error) {
      // Closing cuts a line that is being read.
      if (!this.#closed) throw error
    }
    if (this.#closed) block.length = 0
  }

  close(): void {
    this.#closed = true
    this.#bytes?.close()
  }

  report(): ReadingReport {
    this.#log.late = this.#order.late
    return this.#log.report()
  }

  async #fill(block: ArrivalBlock): Promise<void> {
    this.#table ??= await this.#open()
    for (;;) {
      this.#fillFromLines(block, this.#table)
      if (this.#over || block.length === block.capacity) return
      this.#over = !(await this.#lines.more())
      if (this.#over) this.#finish()
    }
  }

  #finish(): void {
    this.#order.finish()
    mustHaveRequests(this.#input.name, this.#log, this.#order.length > 0 || !Number.isNaN(this.#origin))
  }

  async #open(): Promise<Table> {
    this.#bytes = singleFile(this.#input, this.#shape.name).open()
    const onBad = (place: string, what: string) => this.#log.bad(place, what)
    this.#lines = new Lines(this.#bytes, { onBad })
    if (!(await this.#lines.more()))
      throw new UserError(`${this.#bytes.name}: is empty; must have at least 1 row`)
    return tableOf(this.#header(), this.#shape, this.#options, this.#names, this.#order.slots, this.#place(1))
  }

  #defaultClass(): number {
    return this.#names.classes.numberOfName(this.#options.className ?? DEFAULT_CLASS)
  }

  /** Takes the header, where there is one. */
  #header(): readonly string[] {
    const lines = this.#lines
    const { at, number } = lines
    const line = new TextDecoder().decode(lines.take())
    if (!isHeaderless(this.#shape, line)) return line.split(',')
    lines.at = at
    lines.number = number
    return this.#shape.headerless!
  }

  /** Moves rows until the block is full or the lines at hand run out. */
  #fillFromLines(block: ArrivalBlock, table: Table): void {
    const lines = this.#lines
    const order = this.#order
    while (block.length < block.capacity) {
      if (order.ready) this.#emit(block, table)
      else if (lines.at < lines.end) this.#takeRow(table)
      else return
    }
  }

  #emit(block: ArrivalBlock, { held, ticksPerS }: Table): void {
    const slot = this.#order.take()
    const { time } = this.#order
    if (Number.isNaN(this.#origin)) this.#origin = time
    held.moveInto(block, slot, (time - this.#origin) / ticksPerS)
  }

  #takeRow(table: Table): void {
    const lines = this.#lines
    const { row } = table
    const from = lines.at
    if (lines.bytes[from] <= RETURN && this.#takesBlank()) return
    if (this.#blankLine > 0) this.#refuseBlank()
    const next = row.read(lines.bytes, from)
    if (next < 0) {
      const line = new TextDecoder().decode(lines.take())
      this.#refuse(mistakeInRow(line, table.header, table.columns))
      return
    }
    lines.at = next
    lines.number++
    if (!this.#settles(table)) return
    const time = table.hasTime ? row.time : this.#start()
    const slot = this.#order.next
    table.held.put(slot, row)
    if (this.#order.push(time)) this.#log.rows++
    else this.#tooLate(table, from, next)
  }

  /** Whether the row, which reads well, is a request. */
  #settles(table: Table): boolean {
    const { values, unequal } = table.row
    if (unequal >= 0) {
      const { equals } = table.columns[unequal]!
      this.#log.leftOut(this.#place(), `${table.header[unequal]} is not ${equals}`)
      return false
    }
    if (values[OUTPUT] === 0 && !this.#givesOutput(table)) return false
    if (values[INPUT] === 0 || values[HIT] > values[INPUT]) return this.#refuse(mistakeInSizes(table))
    if (table.hasId && !this.#isNew(values[ID])) return false
    return this.#settlesClass(table)
  }

  #givesOutput(table: Table): boolean {
    const { values } = table.row
    const name = nameOf(table, OUTPUT)
    const output = forZeroOutput(this.#zeroOutput, values[INPUT], this.#place(), this.#log, name)
    values[OUTPUT] = output ?? 0
    return output !== undefined
  }

  #isNew(id: number): boolean {
    if (this.#ids.has(id)) {
      return this.#refuse({
        kind: 'its id is that of an earlier row',
        what: `its id ${id} is that of an earlier row; must be its own`,
      })
    }
    this.#ids.add(id)
    return true
  }

  #settlesClass({ row: { values } }: Table): boolean {
    if (values[CLASS] < 0) values[CLASS] = this.#defaultClass()
    if (values[CLASS] < MOST_CLASSES) return true
    return this.#refuse({
      kind: `there are more than ${MOST_CLASSES} classes`,
      what: `its class is one too many; must be ${MOST_CLASSES} or fewer`,
    })
  }

  #refuse({ kind, what }: Mistake): false {
    this.#log.bad(this.#place(), kind, what)
    return false
  }

  #tooLate(table: Table, from: number, next: number): void {
    const fields = new TextDecoder().decode(this.#lines.bytes.subarray(from, next)).trim().split(',')
    const column = table.columns.findIndex(column => isTime(column))
    const name = table.header[column] ?? 'its drawn time'
    const bound = `must not be before that of a row more than ${this.#sortRows} rows earlier`
    this.#refuse({ kind: `${name} ${bound}`, what: `${name} is ${JSON.stringify(fields[column])}; ${bound}` })
  }

  /** Blank lines may stand at the end of the file. */
  #takesBlank(): boolean {
    const { bytes, at } = this.#lines
    if (bytes[at] !== NEWLINE && !(bytes[at] === RETURN && bytes[at + 1] === NEWLINE)) return false
    this.#lines.take()
    if (this.#blankLine === 0) this.#blankLine = this.#lines.number
    return true
  }

  #refuseBlank(): void {
    const place = this.#place(this.#blankLine)
    this.#blankLine = 0
    this.#log.bad(place, 'is blank', 'is blank; must be a row')
  }

  #place(line = this.#lines.number): string {
    return `${this.#bytes!.name}:${line}`
  }
}
