import { UserError } from '../core/errors.ts'
import { INPUT, mistakeIn, OUTPUT, type Role, RowReader, SKIP, TICKS_PER_S, TIME } from './azure-row.ts'
import { type Bytes, Lines } from './bytes.ts'
import type { ArrivalBlock, ArrivalSource } from './contract.ts'
import { OrderWindow } from './order.ts'

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['TIMESTAMP', TIME],
  ['ContextTokens', INPUT],
  ['GeneratedTokens', OUTPUT],
])

/** How many rows a row may be late. */
export const LOOK_AHEAD_ROWS = 1024

/**
 * The Azure LLM inference trace format: CSV with the columns TIMESTAMP, ContextTokens and GeneratedTokens in any
 * order, other columns passed over; times without a zone are UTC. Reads block by block; `fill` throws a UserError
 * that names file, line, column, value and bound at the first mistake.
 *
 * @param bytes the file
 * @param className what to call the one class of its requests
 */
export function azure2023(bytes: Bytes, className: string): ArrivalSource {
  return new Azure2023(bytes, className)
}

class Azure2023 implements ArrivalSource {
  readonly classes: readonly string[]
  readonly #bytes: Bytes
  readonly #lines: Lines
  readonly #window = new OrderWindow(LOOK_AHEAD_ROWS)
  #header: readonly string[] = []
  #roles: readonly Role[] = []
  #row: RowReader | undefined
  #rows = 0
  #blankLine = 0
  #over = false
  #closed = false

  constructor(bytes: Bytes, className: string) {
    this.classes = [className]
    this.#bytes = bytes
    this.#lines = new Lines(bytes)
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
    this.#bytes.close()
  }

  async #fill(block: ArrivalBlock): Promise<void> {
    this.#row ??= await this.#readHeader()
    for (;;) {
      this.#fillFromLines(block, this.#row)
      if (this.#over || block.length === block.capacity) return
      this.#over = !(await this.#lines.more())
      if (this.#over && this.#rows === 0) throw this.#mistake('has no rows; must have at least 1')
    }
  }

  async #readHeader(): Promise<RowReader> {
    if (!(await this.#lines.more())) throw this.#mistake('is empty; must have a header and at least 1 row')
    const text = new TextDecoder().decode(this.#lines.take())
    this.#header = text.split(',')
    this.#roles = this.#header.map(name => ROLES.get(name) ?? SKIP)
    if (text.startsWith('version https://git-lfs')) {
      throw this.#mistakeInLine('is a Git LFS pointer; fetch the file itself with git lfs pull')
    }
    for (const name of ROLES.keys()) {
      const places = this.#header.filter(other => other === name).length
      if (places === 0) throw this.#mistakeInLine(`column ${name} is missing; the header has ${this.#header}`)
      if (places > 1) throw this.#mistakeInLine(`column ${name} comes ${places} times; must come once`)
    }
    return new RowReader(this.#roles)
  }

  /** Moves rows until the block is full or the lines at hand run out. */
  #fillFromLines(block: ArrivalBlock, row: RowReader): void {
    const lines = this.#lines
    const window = this.#window
    while (block.length < block.capacity) {
      if (window.full || (this.#over && window.length > 0)) window.moveInto(block, TICKS_PER_S)
      else if (lines.at < lines.end) this.#takeRow(row)
      else return
    }
  }

  #takeRow(row: RowReader): void {
    const lines = this.#lines
    const start = lines.at
    const next = row.read(lines.bytes, start)
    if (next < 0 || this.#blankLine > 0) {
      this.#takeOddLine()
      return
    }
    lines.at = next
    lines.number++
    this.#rows++
    if (this.#window.push(row.ticks, row.inputTokens, row.outputTokens)) return
    const fields = new TextDecoder().decode(lines.bytes.subarray(start, next)).trim().split(',')
    const value = JSON.stringify(fields[this.#roles.indexOf(TIME)])
    const bound = `must not be before that of a row more than ${LOOK_AHEAD_ROWS} rows earlier`
    throw this.#mistakeInLine(`TIMESTAMP is ${value}; ${bound}`)
  }

  /** Blank lines may stand at the end of the file; everything else is a mistake. */
  #takeOddLine(): void {
    const line = this.#lines.take()
    const isBlank = line.length === 0
    if (isBlank && this.#blankLine === 0) this.#blankLine = this.#lines.number
    if (isBlank) return
    if (this.#blankLine > 0) throw this.#mistake('is blank; must be a row', this.#blankLine)
    throw this.#mistakeInLine(mistakeIn(new TextDecoder().decode(line), this.#header, this.#roles))
  }

  #mistakeInLine(what: string): UserError {
    return this.#mistake(what, this.#lines.number)
  }

  #mistake(what: string, line?: number): UserError {
    return new UserError(`${this.#bytes.name}${line === undefined ? '' : `:${line}`}: ${what}`)
  }
}
