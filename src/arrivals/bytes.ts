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
  #over = false

  constructor(source: Bytes) {
    this.#source = source
  }

  /**
   * Brings in at least one more complete line and says whether there was one; a last line without a newline
   * gets one. Throws a UserError at a line that does not end.
   */
  async more(): Promise<boolean> {
    do {
      if (this.#over) return false
      const chunk = await this.#source.read()
      this.#over = chunk.length === 0
      if (!this.#over) this.#append(chunk)
      else if (this.at < this.bytes.length) this.#append(Uint8Array.of(NEWLINE))
    } while (this.end === 0)
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
    this.bytes = joined(this.bytes.subarray(this.at), chunk)
    this.at = 0
    this.end = this.bytes.lastIndexOf(NEWLINE) + 1
    if (this.end > 0 || this.bytes.length <= LONGEST_LINE_BYTES) return
    const place = `${this.#source.name}:${this.number + 1}`
    throw new UserError(`${place}: line is longer than ${LONGEST_LINE_BYTES} bytes; is this a text file?`)
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  if (head.length === 0) return tail
  const whole = new Uint8Array(head.length + tail.length)
  whole.set(head)
  whole.set(tail, head.length)
  return whole
}
