import { grown } from '../../core/grown.ts'

const QUOTE = 34

/**
 * Names as they stand in a file, numbered in the order in which they come first, without making a string of every
 * one: a hash table over their bytes.
 */
export class ByteNames {
  readonly list: string[] = []
  readonly #numbers = new Map<string, number>()
  /** Bytes of every spelling behind one another; spelling i is from `#from[i]` up to `#from[i + 1]`. */
  #bytes = new Uint8Array(1024)
  #from = new Int32Array(65)
  #number = new Int32Array(64)
  #spellings = 0
  /** Spelling + 1, or 0, by hash. */
  #table = new Int32Array(128)
  #last = 0

  /** The number of the name in these bytes, quotes around it or not. */
  numberOf(bytes: Uint8Array, from: number, to: number): number {
    if (this.#spellings > 0 && this.#is(this.#last, bytes, from, to)) return this.#number[this.#last]
    const mask = this.#table.length - 1
    let place = hashOf(bytes, from, to) & mask
    for (; this.#table[place] !== 0; place = (place + 1) & mask) {
      const spelling = this.#table[place] - 1
      if (!this.#is(spelling, bytes, from, to)) continue
      this.#last = spelling
      return this.#number[spelling]
    }
    return this.#add(bytes, from, to)
  }

  /** The number of a name given as a string. */
  numberOfName(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.list.length)
    return this.list.push(name) - 1
  }

  #is(spelling: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#from[spelling]
    const length = to - from
    if (this.#from[spelling + 1] - start !== length) return false
    for (let i = 0; i < length; i++) if (this.#bytes[start + i] !== bytes[from + i]) return false
    return true
  }

  #add(bytes: Uint8Array, from: number, to: number): number {
    const spelling = this.#spellings++
    const start = this.#from[spelling]
    const end = start + to - from
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(2 * end))
    this.#bytes.set(bytes.subarray(from, to), start)
    if (spelling === this.#number.length) this.#grow()
    this.#from[spelling + 1] = end
    this.#number[spelling] = this.numberOfName(nameIn(bytes, from, to))
    this.#last = spelling
    this.#place(spelling)
    return this.#number[spelling]
  }

  #place(spelling: number): void {
    const mask = this.#table.length - 1
    let place = hashOf(this.#bytes, this.#from[spelling], this.#from[spelling + 1]) & mask
    while (this.#table[place] !== 0) place = (place + 1) & mask
    this.#table[place] = spelling + 1
  }

  #grow(): void {
    const most = 2 * this.#number.length
    this.#number = grown(this.#number, new Int32Array(most))
    this.#from = grown(this.#from, new Int32Array(most + 1))
    this.#table = new Int32Array(2 * most)
    for (let spelling = 0; spelling < most / 2; spelling++) this.#place(spelling)
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  return hash ^ (hash >>> 15)
}

function nameIn(bytes: Uint8Array, from: number, to: number): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to))
  return bytes[from] === QUOTE ? text.slice(1, -1).replaceAll('""', '"') : text
}
