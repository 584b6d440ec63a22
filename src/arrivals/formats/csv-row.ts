import { MODALITIES } from '../details.ts'
import { ByteNames } from './byte-names.ts'
import {
  BLOCKS,
  CELLS,
  CLASS,
  type CsvColumn,
  EQUALS,
  INPUT,
  MODALITY,
  MODEL,
  OUTPUT,
  ROLES,
  type Role,
  SECONDS,
  SESSION_NAME,
  SKIP,
  STAMP,
  TENANT,
} from './csv-columns.ts'
import { MOST, MOST_SECONDS } from './lengths.ts'
import { StampReader } from './stamps.ts'

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const DOT = 46
const ZERO = 48
const LARGEST_EXACT = 2 ** 53
/** Powers of ten that doubles hold exactly: a quotient of exact numbers is the decimal's nearest double. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
const DECIMAL = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The names that rows are numbered by. */
export interface RowNames {
  readonly classes: ByteNames
  readonly tenants: ByteNames
  readonly models: ByteNames
}

export function rowNames(): RowNames {
  return { classes: new ByteNames(), tenants: new ByteNames(), models: new ByteNames() }
}

/** Reads rows of numbers and names out of bytes in one pass; which column is which is settled once, by the header. */
export class CsvRowReader {
  /** What the row says, by role; names by their numbers. */
  readonly values = new Float64Array(ROLES)
  /** Seconds, or ticks from midnight before the first row. */
  time = 0
  /** The prefix blocks of the row: the first `blockCount` of `blocks`. */
  blocks = new Int32Array(0)
  blockCount = 0
  /** Index of a column that is not as it must be for the row to be a request, or -1. */
  unequal = -1
  readonly #names: RowNames
  readonly #sessions = new ByteNames()
  readonly #modalities = new ByteNames()
  readonly #roles: Int8Array
  readonly #equals: Float64Array
  readonly #stamps = new StampReader()

  /** @param columns in the order of the file; undefined where a column is passed over */
  constructor(columns: readonly (CsvColumn | undefined)[], names: RowNames = rowNames()) {
    this.#names = names
    this.#roles = Int8Array.from(columns, column => column?.role ?? SKIP)
    this.#equals = Float64Array.from(columns, column => column?.equals ?? Number.NaN)
    for (const name of MODALITIES) this.#modalities.numberOfName(name)
    for (let role = 1; role < ROLES; role++) this.values[role] = CELLS[role].blank ?? 0
  }

  /** Reads the row at `at` and gives the place behind its newline, or -1 if anything is wrong with it. */
  read(bytes: Uint8Array, at: number): number {
    const roles = this.#roles
    const last = roles.length - 1
    this.unequal = -1
    let place = at
    for (let column = 0; column <= last && place >= 0; column++) {
      place = this.#cell(column, roles[column], bytes, place)
      if (column < last) place = bytes[place] === COMMA ? place + 1 : -1
    }
    if (bytes[place] === RETURN) place++
    return bytes[place] === NEWLINE ? place + 1 : -1
  }

  /** Gives the place behind the cell, or -1. */
  #cell(column: number, role: Role, bytes: Uint8Array, at: number): number {
    switch (role) {
      case STAMP:
        return this.#stamp(bytes, at)
      case SECONDS:
        return this.#time(bytes, at)
      case INPUT:
      case OUTPUT:
        return this.#count(role, bytes, at)
      case SKIP:
        return behindCell(bytes, at)
      case CLASS:
        return this.#name(role, this.#names.classes, bytes, at)
      default:
        return this.#rareCell(column, role, bytes, at)
    }
  }

  #rareCell(column: number, role: Role, bytes: Uint8Array, at: number): number {
    if (isEnd(bytes[at])) return this.#blank(role, at)
    switch (role) {
      case TENANT:
        return this.#name(role, this.#names.tenants, bytes, at)
      case MODEL:
        return this.#name(role, this.#names.models, bytes, at)
      case SESSION_NAME:
        return this.#name(role, this.#sessions, bytes, at)
      case MODALITY:
        return this.#modality(bytes, at)
      case BLOCKS:
        return this.#blocks(bytes, at)
      case EQUALS:
        return this.#equal(column, bytes, at)
      default:
        return CELLS[role].kind === 'seconds' ? this.#seconds(role, bytes, at) : this.#count(role, bytes, at)
    }
  }

  #blank(role: Role, at: number): number {
    const { blank } = CELLS[role]
    if (blank === undefined) return -1
    this.values[role] = blank
    if (role === BLOCKS) this.blockCount = 0
    return at
  }

  #count(role: Role, bytes: Uint8Array, at: number): number {
    let place = at
    let count = 0
    for (let digit = bytes[place] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++place] - ZERO) {
      count = 10 * count + digit
    }
    if (place === at || count > MOST) return -1
    this.values[role] = count
    return place
  }

  #equal(column: number, bytes: Uint8Array, at: number): number {
    const place = this.#count(EQUALS, bytes, at)
    if (this.values[EQUALS] !== this.#equals[column]) this.unequal = column
    return place
  }

  #stamp(bytes: Uint8Array, at: number): number {
    const place = this.#stamps.read(bytes, at)
    this.time = this.#stamps.ticks
    return place
  }

  #time(bytes: Uint8Array, at: number): number {
    const place = this.#seconds(SECONDS, bytes, at)
    this.time = this.values[SECONDS]
    return place
  }

  #seconds(role: Role, bytes: Uint8Array, at: number): number {
    let place = at
    let mantissa = 0
    for (let digit = bytes[place] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++place] - ZERO) {
      mantissa = 10 * mantissa + digit
    }
    let decimals = 0
    if (place > at && bytes[place] === DOT) {
      const from = ++place
      for (let digit = bytes[place] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++place] - ZERO) {
        mantissa = 10 * mantissa + digit
      }
      decimals = place - from
    }
    if (place === at || !isEnd(bytes[place]) || mantissa > LARGEST_EXACT || decimals > 22) {
      return this.#oddSeconds(role, bytes, at)
    }
    const value = decimals === 0 ? mantissa : mantissa / POWERS_OF_TEN[decimals]
    this.values[role] = value
    return value <= MOST_SECONDS ? place : -1
  }

  /** With an exponent, or with more digits than a double holds. */
  #oddSeconds(role: Role, bytes: Uint8Array, at: number): number {
    const place = behindCell(bytes, at)
    const value = secondsIn(new TextDecoder().decode(bytes.subarray(at, place)))
    if (Number.isNaN(value)) return -1
    this.values[role] = value
    return place
  }

  #name(role: Role, names: ByteNames, bytes: Uint8Array, at: number): number {
    const place = behindCell(bytes, at)
    if (place <= at) return this.#blank(role, place)
    this.values[role] = names.numberOf(bytes, at, place)
    return place
  }

  #modality(bytes: Uint8Array, at: number): number {
    const place = behindCell(bytes, at)
    if (place < 0) return -1
    const modality = this.#modalities.numberOf(bytes, at, place)
    this.values[MODALITY] = modality
    return modality < MODALITIES.length ? place : -1
  }

  /** Whole numbers with a space between two. */
  #blocks(bytes: Uint8Array, at: number): number {
    this.blockCount = 0
    let place = at
    for (;;) {
      const next = this.#count(BLOCKS, bytes, place)
      if (next < 0) return -1
      if (this.blockCount === this.blocks.length) this.#growBlocks()
      this.blocks[this.blockCount++] = this.values[BLOCKS]
      if (bytes[next] !== SPACE) return next
      place = next + 1
    }
  }

  #growBlocks(): void {
    const blocks = new Int32Array(Math.max(64, 2 * this.blocks.length))
    blocks.set(this.blocks)
    this.blocks = blocks
  }
}

/** The number that a cell of seconds holds; NaN where it is none, negative or above `MOST_SECONDS`. */
export function secondsIn(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN
  return value <= MOST_SECONDS ? value : Number.NaN
}

function isEnd(byte: number): boolean {
  return byte === COMMA || byte === NEWLINE || byte === RETURN
}

/** The place behind a cell, quoted or not; -1 where its quotes do not close on the line. */
function behindCell(bytes: Uint8Array, at: number): number {
  let place = at
  if (bytes[place] === QUOTE) return behindQuotes(bytes, at)
  while (bytes[place] !== COMMA && bytes[place] !== NEWLINE && bytes[place] !== RETURN) place++
  return place
}

function behindQuotes(bytes: Uint8Array, at: number): number {
  let place = at + 1
  for (; bytes[place] !== NEWLINE; place++) {
    if (bytes[place] !== QUOTE) continue
    if (bytes[place + 1] !== QUOTE) return place + 1
    place++
  }
  return -1
}
