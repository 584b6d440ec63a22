import {
  closeSync,
  constants,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { CellResult, Journal } from './contract.ts'
import { lineOf, resultOf } from './journal-line.ts'

/** At least so often what has been added is made safe from a power cut, too. */
const SYNC_MS = 250
const PIECE_BYTES = 2 ** 14
const LINE_END = 10

/**
 * The journal of a sweep in a file: a line for every finished cell, in the order in which they finished.
 *
 * Once `add` returns, no end of the program loses the cell, be it by kill -9; a power cut loses what was added in the
 * last quarter of a second. What a torn end left behind is cut off on opening, and a line that is not as it was
 * written counts for nothing, so that its cell is run again. In memory there is but the place of every cell. One
 * writer at a time: see `lock.ts`.
 */
export class FileJournal implements Journal {
  readonly #file: number
  readonly #places = new Map<string, number>()
  #endBytes = 0
  #read = Buffer.alloc(PIECE_BYTES)
  #sync: NodeJS.Timeout | undefined

  /** @param use to write to a file, which is made where there is none, or to read one that stays as it is */
  constructor(path: string, use: 'write' | 'read' = 'write') {
    this.#file = use === 'read' ? openSync(path, 'r') : openToWrite(path)
    for (const { place, line } of linesOf(this.#file)) {
      const result = resultOf(line.toString())
      if (result !== undefined) this.#places.set(result.hash, place)
      this.#endBytes = place + line.length + 1
    }
    if (use === 'write') ftruncateSync(this.#file, this.#endBytes)
  }

  /** Cells in it. */
  get size(): number {
    return this.#places.size
  }

  has(hash: string): boolean {
    return this.#places.has(hash)
  }

  /** Of two results of a cell the first stays. */
  add(result: CellResult): void {
    if (this.has(result.hash)) return
    const line = Buffer.from(lineOf(result))
    writeAll(this.#file, line, this.#endBytes)
    this.#places.set(result.hash, this.#endBytes)
    this.#endBytes += line.length
    this.#sync ??= setTimeout(() => this.#makeSafe(), SYNC_MS)
  }

  get(hash: string): CellResult {
    const place = this.#places.get(hash)
    if (place === undefined) throw new Error(`the journal has no cell ${hash}`)
    return resultOf(this.#lineAt(place))!
  }

  /** Every result, in the order in which they were added. */
  *results(): Generator<CellResult> {
    for (const hash of this.#places.keys()) yield this.get(hash)
  }

  async close(): Promise<void> {
    if (this.#sync !== undefined) this.#makeSafe()
    closeSync(this.#file)
  }

  /** Read into one buffer that is kept: results are written from hundreds of thousands of lines. */
  #lineAt(place: number): string {
    for (;;) {
      const count = readSync(this.#file, this.#read, 0, this.#read.length, place)
      const end = this.#read.subarray(0, count).indexOf(LINE_END)
      if (end >= 0) return this.#read.toString('utf8', 0, end)
      if (count < this.#read.length) throw new Error(`the journal has no line at ${place}`)
      this.#read = Buffer.alloc(2 * this.#read.length)
    }
  }

  #makeSafe(): void {
    clearTimeout(this.#sync)
    this.#sync = undefined
    fdatasyncSync(this.#file)
  }
}

/** A file that has been made outlasts a power cut with its folder's entry alone. */
function openToWrite(path: string): number {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
  return file
}

function writeAll(file: number, bytes: Buffer, place: number): void {
  let written = 0
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, place + written)
  }
}

interface Line {
  /** Bytes before it. */
  readonly place: number
  /** Without its end. */
  readonly line: Buffer
}

/** Lines that have an end. */
function* linesOf(file: number): Generator<Line> {
  let place = 0
  let rest: Buffer = Buffer.alloc(0)
  for (;;) {
    const piece = Buffer.alloc(PIECE_BYTES)
    const count = readSync(file, piece, 0, PIECE_BYTES, place + rest.length)
    if (count === 0) return
    rest = Buffer.concat([rest, piece.subarray(0, count)])
    for (let end = rest.indexOf(LINE_END); end >= 0; end = rest.indexOf(LINE_END)) {
      yield { place, line: rest.subarray(0, end) }
      place += end + 1
      rest = rest.subarray(end + 1)
    }
  }
}
