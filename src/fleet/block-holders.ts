import { grown } from '../core/grown.ts'
import { IdTable } from '../replicas/id-table.ts'

/** In place of a block: nobody holds it. */
export const NONE = -1

// Replicas are bits of words, and words stand in rows that are a cache line long.
const WORD_BITS = 5
const ROW_BITS = WORD_BITS + 4
const WORDS = 1 << (ROW_BITS - WORD_BITS)
/** The row that is empty for ever: it stands wherever there is none. */
const EMPTY = 0
// Numbers of a block: how many hold it, then its rows.
const COUNT = 0
const FIRST_ROW = 1

/**
 * Which replicas hold a prefix block, for every block that any holds. A block has a row of bits for every 512 replicas
 * among which somebody holds it: so one that few hold takes little room in a large fleet, and whether a replica holds
 * it is two loads, however many do. Allocates only when more is held than ever before.
 */
export class BlockHolders {
  readonly #blocks = new IdTable()
  /** Numbers of a block begin at `block * #record`. */
  readonly #record: number
  #records: Int32Array
  /** Words of row `r` begin at `r * #words`. */
  readonly #words: number
  #rows: Int32Array
  /** Rows that have been in use, and the first of those that no longer are: their first words link them. */
  #used = EMPTY + 1
  #free = EMPTY

  constructor(replicas: number) {
    this.#record = FIRST_ROW + Math.ceil(replicas / (1 << ROW_BITS))
    this.#words = Math.min(WORDS, Math.ceil(replicas / (1 << WORD_BITS)))
    this.#records = new Int32Array(64 * this.#record)
    this.#rows = new Int32Array(64 * this.#words)
  }

  /** Blocks that anybody holds. */
  get size(): number {
    return this.#blocks.size
  }

  /** The replica holds the block of this id, which it did not. */
  add(id: number, replica: number): void {
    const known = this.#blocks.find(id)
    const block = known >= 0 ? known : this.#addBlock(id)
    const at = this.#rowPlace(block, replica)
    if (this.#records[at] === EMPTY) this.#records[at] = this.#freeRow()
    this.#records[block * this.#record + COUNT]++
    this.#rows[this.#wordPlace(this.#records[at], replica)] |= 1 << replica
  }

  /** The replica holds the block of this id no longer. Throws a RangeError where it did not. */
  remove(id: number, replica: number): void {
    const block = this.blockOf(id)
    if (block === NONE || !this.holds(block, replica))
      throw new RangeError(`replica ${replica} does not hold prefix block ${id}`)
    const at = this.#rowPlace(block, replica)
    const row = this.#records[at]
    this.#rows[this.#wordPlace(row, replica)] ^= 1 << replica
    if (this.#isEmpty(row)) {
      this.#records[at] = EMPTY
      this.#release(row)
    }
    if (--this.#records[block * this.#record + COUNT] === 0) this.#blocks.remove(block)
  }

  /** The block of this id as `holds` knows it until it goes, or `NONE`. */
  blockOf(id: number): number {
    return this.#blocks.find(id)
  }

  /** How many hold the block; 0 of `NONE`. */
  countOf(block: number): number {
    return block === NONE ? 0 : this.#records[block * this.#record + COUNT]
  }

  holds(block: number, replica: number): boolean {
    const row = this.#records[this.#rowPlace(block, replica)]
    return (this.#rows[this.#wordPlace(row, replica)] & (1 << replica)) !== 0
  }

  /** Where the row of a block in which the replica has its bit is told. */
  #rowPlace(block: number, replica: number): number {
    return block * this.#record + FIRST_ROW + (replica >> ROW_BITS)
  }

  #wordPlace(row: number, replica: number): number {
    return row * this.#words + ((replica >> WORD_BITS) & (WORDS - 1))
  }

  #addBlock(id: number): number {
    const block = this.#blocks.add(id)
    if (block * this.#record === this.#records.length)
      this.#records = grown(this.#records, new Int32Array(2 * this.#records.length))
    return block
  }

  #freeRow(): number {
    const row = this.#free
    if (row !== EMPTY) {
      this.#free = this.#rows[row * this.#words]
      this.#rows[row * this.#words] = 0
      return row
    }
    if (this.#used * this.#words === this.#rows.length)
      this.#rows = grown(this.#rows, new Int32Array(2 * this.#rows.length))
    return this.#used++
  }

  #isEmpty(row: number): boolean {
    const end = (row + 1) * this.#words
    for (let at = row * this.#words; at < end; at++) if (this.#rows[at] !== 0) return false
    return true
  }

  #release(row: number): void {
    this.#rows[row * this.#words] = this.#free
    this.#free = row
  }
}
