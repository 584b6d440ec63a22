import { UserError } from '../../core/errors.ts'
import type { TraceFile } from './contract.ts'
import { type JsonLine, shown } from './json-lines.ts'
import type { RowLog } from './row-log.ts'

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const TAB = 9
const QUOTE = 34
const COMMA = 44
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const MARK = [0xef, 0xbb, 0xbf]

const LONGEST_BYTES = 1 << 26

/** For formats that are one document: what just fits into a string. */
export const LONGEST_DOCUMENT_BYTES = 2 ** 29 - 2 ** 10

/**
 * The values of a JSON file, one after another: the elements of its one array, or the values that stand behind one
 * another as in JSON Lines, pretty-printed or not. Only one element at a time is in memory. What is not JSON or is longer
 * than so many bytes goes to the log as a bad row; after it reading goes on with the next element, or the next line
 * that begins with a brace. Where the bytes fail under way, as those of a cut gzip do, the element there is a bad row and
 * the last.
 */
export async function* jsonElements(
  file: TraceFile,
  log: RowLog,
  longestBytes = LONGEST_BYTES,
): AsyncGenerator<readonly JsonLine[]> {
  const bytes = file.open()
  const cutter = new Cutter(bytes.name, longestBytes)
  try {
    const more = () => bytes.read().catch(error => breakOff(bytes.name, error, cutter, log))
    for (let chunk = await more(); chunk.length > 0; chunk = await more()) {
      yield parsed(cutter.cut(chunk), log, longestBytes)
    }
    yield parsed(cutter.end(), log, longestBytes)
    if (cutter.elements === 0) throw new UserError(`${bytes.name}: is empty; must have at least 1 row`)
  } finally {
    bytes.close()
  }
}

/** Ends the file where its bytes fail; throws what they failed with where nothing has begun. */
function breakOff(name: string, error: unknown, cutter: Cutter, log: RowLog): Uint8Array {
  if (!(error instanceof UserError) || cutter.elements === 0) throw error
  log.bad(cutter.breakOff(), error.message.replace(`${name}: `, ''))
  return new Uint8Array(0)
}

interface Cut {
  readonly place: string
  /** Undefined if it is too long. */
  readonly text: string | undefined
}

function parsed(cuts: readonly Cut[], log: RowLog, longestBytes: number): JsonLine[] {
  const elements: JsonLine[] = []
  for (const { place, text } of cuts) {
    if (text === undefined) log.bad(place, `is longer than ${longestBytes} bytes`)
    else parse(place, text, log, elements)
  }
  return elements
}

function parse(place: string, text: string, log: RowLog, elements: JsonLine[]): void {
  try {
    elements.push({ place, value: JSON.parse(text) })
  } catch {
    log.bad(place, 'is not JSON', `is not JSON: ${shown(text)}`)
  }
}

/** Finds where elements begin and end, without building any value. */
class Cutter {
  elements = 0
  readonly #name: string
  readonly #longestBytes: number
  readonly #decoder = new TextDecoder()
  #cuts: Cut[] = []
  /** Pieces of the element under way from chunks before. */
  #pieces: Uint8Array[] = []
  #pieceBytes = 0
  #began = false
  #inArray = false
  #open = false
  #depth = 0
  #inString = false
  #escaped = false
  #line = 1
  #place = ''
  #last = NEWLINE

  constructor(name: string, longestBytes: number) {
    this.#name = name
    this.#longestBytes = longestBytes
  }

  cut(chunk: Uint8Array): readonly Cut[] {
    this.#cuts = []
    let from = this.#open ? 0 : -1
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#inString) at = this.#throughString(chunk, at)
      else if (this.#open) from = this.#inside(chunk, at, byte, from)
      else if (this.#begins(byte)) from = this.#beginAt(at, byte)
      this.#last = chunk[at]
    }
    if (this.#open) this.#keep(chunk.slice(from))
    return this.#cuts
  }

  /** What is left when the bytes are over. */
  end(): readonly Cut[] {
    this.#cuts = []
    const missing = this.#inArray && this.#began
    if (this.#open) this.#close(new Uint8Array(0))
    else if (missing)
      this.#cuts.push({ place: `${this.#name}:${this.#line}`, text: '(the end, before the closing ])' })
    return this.#cuts
  }

  /** Drops the element under way, and says where it began or else the next one would have. */
  breakOff(): string {
    const place = this.#open ? this.#place : this.#placeOf(this.elements + 1)
    this.#open = false
    this.#began = false
    return place
  }

  #placeOf(element: number): string {
    return this.#inArray ? `${this.#name}, element ${element}` : `${this.#name}:${this.#line}`
  }

  /** Steps over the string under way; its last byte, or that of the chunk. A line's end cuts a string that has none. */
  #throughString(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#escaped) this.#escaped = false
      else if (byte === BACKSLASH) this.#escaped = true
      else if (byte === QUOTE || byte === NEWLINE) {
        if (byte === NEWLINE) this.#line++
        this.#inString = false
        return at
      }
    }
    return chunk.length - 1
  }

  #inside(chunk: Uint8Array, at: number, byte: number, from: number): number {
    switch (byte) {
      case QUOTE:
        this.#inString = true
        return from
      case OPEN_OBJECT:
        return this.#last === NEWLINE && this.#depth > 0 ? this.#anew(chunk, at, from) : this.#deeper(from)
      case OPEN_LIST:
        return this.#deeper(from)
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        return this.#shallower(chunk, at, byte, from)
      case NEWLINE:
        this.#line++
    }
    return this.#depth === 0 && isBetween(byte) ? this.#closeBefore(chunk, at, from) : from
  }

  #deeper(from: number): number {
    this.#depth++
    return from
  }

  /** An element that has not ended where the next one seems to begin. */
  #anew(chunk: Uint8Array, at: number, from: number): number {
    this.#close(chunk.subarray(from, at))
    return this.#beginAt(at, OPEN_OBJECT)
  }

  #shallower(chunk: Uint8Array, at: number, byte: number, from: number): number {
    if (this.#depth === 0) {
      // A number or word right before the end of the array.
      if (byte === CLOSE_LIST && this.#inArray) this.#inArray = false
      return this.#closeBefore(chunk, at, from)
    }
    this.#depth--
    return this.#depth === 0 ? this.#closeBefore(chunk, at + 1, from) : from
  }

  #closeBefore(chunk: Uint8Array, end: number, from: number): number {
    this.#close(chunk.subarray(from, end))
    return -1
  }

  #begins(byte: number): boolean {
    if (byte === NEWLINE) this.#line++
    if (isBlank(byte) || this.#isMark(byte)) return false
    if (!this.#began) {
      this.#began = true
      this.#inArray = byte === OPEN_LIST
      return !this.#inArray
    }
    if (byte === CLOSE_LIST && this.#inArray) {
      this.#inArray = false
      return false
    }
    return byte !== COMMA
  }

  /** Byte order marks stand at the very start. */
  #isMark(byte: number): boolean {
    return !this.#began && MARK.includes(byte)
  }

  #beginAt(at: number, byte: number): number {
    this.elements++
    this.#open = true
    this.#depth = byte === OPEN_OBJECT || byte === OPEN_LIST ? 1 : 0
    this.#inString = byte === QUOTE
    this.#place = this.#placeOf(this.elements)
    return at
  }

  /** Pieces of what is too long are only counted. */
  #keep(piece: Uint8Array): void {
    this.#pieceBytes += piece.length
    if (this.#pieceBytes <= this.#longestBytes) this.#pieces.push(piece)
    else this.#pieces = []
  }

  #close(rest: Uint8Array): void {
    this.#keep(rest)
    this.#cuts.push({
      place: this.#place,
      text: this.#pieceBytes > this.#longestBytes ? undefined : this.#text(),
    })
    this.#pieces = []
    this.#pieceBytes = 0
    this.#open = false
    this.#depth = 0
  }

  #text(): string {
    const text = this.#pieces.map(piece => this.#decoder.decode(piece, { stream: true })).join('')
    return text + this.#decoder.decode()
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB
}

/** What ends a number or a word. */
function isBetween(byte: number): boolean {
  return isBlank(byte) || byte === COMMA
}
