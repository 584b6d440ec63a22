import { UserError } from '../core/errors.ts'

/** Bytes on their way in, chunk by chunk: a file, a download, a buffer in a test. */
export interface Bytes {
  /** What messages call it, such as the path of the file. */
  readonly name: string
  /** The next chunk, which stays as it is; an empty one says that all is read. */
  read(): Promise<Uint8Array>
  /** Lets go of files. May be called at any time, more than once. */
  close(): void
}

const NEWLINE = 10
const RETURN = 13
const LONGEST_LINE_BYTES = 1 << 20

/** What to do about lines that are too long, and about a file that breaks off. */
export interface BadLines {
  /** 1 MiB by default. */
  readonly longestBytes?: number
  /** Passes over such a line, and what a broken file lacks, once told where; without it `more` throws a UserError. */
  readonly onBad?: (place: string, what: string) => void
}

/** Cuts bytes into lines without copying them out: complete lines lie in `bytes` from `at` up to `end`. */
export class Lines {
  bytes: Uint8Array = new Uint8Array(0)
  /** The first byte not yet taken. */
  at = 0
  /** Just behind the last newline in `bytes`. */
  end = 0
  /** Number of the last line taken, from 1. */
  number = 0
  readonly #source: Bytes
  readonly #longestBytes: number
  readonly #onBad: BadLines['onBad']
  /** Chunks behind `bytes` that have no newline. */
  #pieces: Uint8Array[] = []
  #pieceBytes = 0
  /** Whether the line under way is passed over. */
  #passing = false
  #over = false

  constructor(source: Bytes, { longestBytes = LONGEST_LINE_BYTES, onBad }: BadLines = {}) {
    this.#source = source
    this.#longestBytes = longestBytes
    this.#onBad = onBad
  }

  /**
   * Brings in at least one more complete line and says whether there was one; a last line without a newline
   * gets one. Throws a UserError at a line that does not end and where the source fails.
   */
  async more(): Promise<boolean> {
    do {
      if (this.#over) return false
      const chunk = await this.#source.read().catch((error: Error) => this.#breakOff(error))
      this.#over = chunk.length === 0
      if (!this.#over) this.#append(chunk)
      else if (this.at < this.bytes.length || this.#pieceBytes > 0) this.#append(Uint8Array.of(NEWLINE))
    } while (this.at >= this.end)
    return true
  }

  /** Steps over the next line and gives its bytes, without newline and carriage return. */
  take(): Uint8Array {
    const start = this.at
    const newline = this.bytes.indexOf(NEWLINE, start)
    this.at = newline + 1
    this.number++
    return this.bytes.subarray(
      start,
      newline > start && this.bytes[newline - 1] === RETURN ? newline - 1 : newline,
    )
  }

  #append(chunk: Uint8Array): void {
    const rest = this.#passing ? behindNewline(chunk) : chunk
    if (rest === undefined) return
    if (rest !== chunk) this.#passing = false
    this.#pieces.push(rest)
    this.#pieceBytes += rest.length
    if (rest.includes(NEWLINE)) this.#join()
    else this.#checkLength()
  }

  /** The source has failed: the line under way goes, those before it are good. */
  #breakOff(error: Error): Uint8Array {
    const isBegun = this.number > 0 || this.bytes.length > 0 || this.#pieceBytes > 0
    if (!(error instanceof UserError) || this.#onBad === undefined || !isBegun) throw error
    const { name } = this.#source
    this.#onBad(`${name}:${this.number + 1}`, error.message.replace(`${name}: `, ''))
    this.#empty()
    return new Uint8Array(0)
  }

  #join(): void {
    this.bytes = joined(this.bytes.subarray(this.at), this.#pieces, this.#pieceBytes)
    this.#pieces = []
    this.#pieceBytes = 0
    this.at = 0
    this.end = this.bytes.lastIndexOf(NEWLINE) + 1
  }

  #checkLength(): void {
    if (this.bytes.length - this.at + this.#pieceBytes <= this.#longestBytes) return
    const place = `${this.#source.name}:${this.number + 1}`
    const what = `line is longer than ${this.#longestBytes} bytes`
    if (this.#onBad === undefined) throw new UserError(`${place}: ${what}; is this a text file?`)
    this.#onBad(place, what)
    this.#passing = true
    this.number++
    this.#empty()
  }

  #empty(): void {
    this.bytes = new Uint8Array(0)
    this.#pieces = []
    this.#pieceBytes = 0
    this.at = 0
    this.end = 0
  }
}

/** What follows the first newline; undefined where there is none. */
function behindNewline(chunk: Uint8Array): Uint8Array | undefined {
  const newline = chunk.indexOf(NEWLINE)
  return newline < 0 ? undefined : chunk.subarray(newline + 1)
}

function joined(head: Uint8Array, pieces: readonly Uint8Array[], pieceBytes: number): Uint8Array {
  if (head.length === 0 && pieces.length === 1) return pieces[0]
  const whole = new Uint8Array(head.length + pieceBytes)
  whole.set(head)
  let at = head.length
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
