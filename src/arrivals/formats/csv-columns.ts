import type { Modality } from '../details.ts'
import type { ZeroOutput } from './contract.ts'

/** What a column of a CSV file is for. */
export const SKIP = 0
/** Time as decimal seconds, or as date and clock in ticks of 100 ns. */
export const SECONDS = 1
export const STAMP = 2
export const INPUT = 3
export const OUTPUT = 4
export const HIT = 5
export const CLASS = 6
export const TENANT = 7
export const MODEL = 8
/** Sessions by names, or by whole numbers that are kept. */
export const SESSION_NAME = 9
export const SESSION = 10
export const TURN = 11
export const TURNS = 12
export const THINK = 13
export const DEADLINE = 14
export const MODALITY = 15
export const ITEMS = 16
export const BLOCK_TOKENS = 17
export const BLOCKS = 18
/** Whole number that tells rows apart. */
export const ID = 19
/** A whole number that must be the one given; other rows are left out. */
export const EQUALS = 20
export const ROLES = 21

export type Role = number

/** A column as a format knows it. */
export interface CsvColumn {
  readonly role: Role
  /** Whether files may lack it. */
  readonly optional?: boolean
  /** The number that rows of role EQUALS must have. */
  readonly equals?: number
}

/** A format of CSV files that are read by the million: rows of numbers and names in columns of known names. */
export interface CsvShape {
  readonly name: string
  /** By name; further columns are passed over. */
  readonly columns: Readonly<Record<string, CsvColumn>>
  /** Names of the columns of files that begin with a row; absent where every file has a header. */
  readonly headerless?: readonly string[]
  readonly zeroOutput: ZeroOutput
  /** What `ITEMS` are, in formats without a column of modalities. */
  readonly itemsAre?: Modality
}

/** What a cell holds: and whether it may be blank. */
export interface Cell {
  readonly kind: 'count' | 'seconds' | 'stamp' | 'name' | 'modality' | 'blocks'
  /** Value of a blank one; blank ones are mistakes where it is absent. */
  readonly blank?: number
}

export const CELLS: Readonly<Record<Role, Cell>> = {
  [SECONDS]: { kind: 'seconds' },
  [STAMP]: { kind: 'stamp' },
  [INPUT]: { kind: 'count' },
  [OUTPUT]: { kind: 'count' },
  [HIT]: { kind: 'count', blank: 0 },
  [CLASS]: { kind: 'name', blank: -1 },
  [TENANT]: { kind: 'name', blank: -1 },
  [MODEL]: { kind: 'name', blank: -1 },
  [SESSION_NAME]: { kind: 'name', blank: -1 },
  [SESSION]: { kind: 'count', blank: -1 },
  [TURN]: { kind: 'count', blank: 0 },
  [TURNS]: { kind: 'count', blank: 0 },
  [THINK]: { kind: 'seconds', blank: Number.NaN },
  [DEADLINE]: { kind: 'seconds', blank: Number.NaN },
  [MODALITY]: { kind: 'modality', blank: 0 },
  [ITEMS]: { kind: 'count', blank: 0 },
  [BLOCK_TOKENS]: { kind: 'count', blank: 0 },
  [BLOCKS]: { kind: 'blocks', blank: 0 },
  [ID]: { kind: 'count' },
  [EQUALS]: { kind: 'count' },
}

/** Whether a column says what goes into `Details`. */
export function isDetail(role: Role): boolean {
  return role >= TENANT && role <= BLOCKS
}
