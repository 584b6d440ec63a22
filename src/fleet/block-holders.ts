import { grown } from '../core/grown.ts'
import { IdTable } from '../replicas/id-table.ts'

/** In place of a run: there is none. */
export const NONE = -1
/** Replicas whose bits make one word. */
export const REPLICAS_PER_RUN = 32

// Numbers that are kept of a run, and how many they are.
const PLACE = 0
const BITS = 1
const NEXT = 2
const RUN = 4
// The same of a block.
const FIRST = 0
const COUNT = 1
const BLOCK = 2

/**
 * Which replicas hold a prefix block, for every block that any holds. Replicas are counted off in _runs_ of 32; a block
 * has a chain of those runs in which somebody holds it, a bit for each replica. So a block that few hold takes little
 * room in a large fleet, and one that many hold is told 32 replicas at a time. Allocates only when more is held than
 * ever before.
 */
export class BlockHolders {
  readonly #blocks = new IdTable()
  /** Numbers of a block begin at `entry * BLOCK`: the first run of its chain, and how many hold it. */
  #records: Int32Array = new Int32Array(64 * BLOCK)
  /** Numbers of run `r` begin at `r * RUN`. */
  #runs: Int32Array = new Int32Array(64 * RUN)
  /** Runs that have been in use, and the first of those that no longer are: they are linked by `NEXT`. */
  #used = 0
  #free = NONE

  /** Blocks that anybody holds. */
  get size(): number {
    return this.#blocks.size
  }

  /** The replica holds the block, which it did not. */
  add(id: number, replica: number): void {
    const known = this.#blocks.find(id)
    const entry = known >= 0 ? known : this.#addBlock(id)
    const place = Math.floor(replica / REPLICAS_PER_RUN)
    let run = this.#records[entry * BLOCK + FIRST]
    while (run !== NONE && this.placeOf(run) !== place) run = this.nextOf(run)
    if (run === NONE) run = this.#addRun(entry, place)
    this.#records[entry * BLOCK + COUNT]++
    this.#runs[run * RUN + BITS] |= 1 << (replica % REPLICAS_PER_RUN)
  }

  /** The replica holds the block no longer. Throws a RangeError where it did not. */
  remove(id: number, replica: number): void {
    const entry = this.#blocks.find(id)
    const place = Math.floor(replica / REPLICAS_PER_RUN)
    const bit = 1 << (replica % REPLICAS_PER_RUN)
    let before = NONE
    let run = this.firstOf(id)
    while (run !== NONE && this.placeOf(run) !== place) {
      before = run
      run = this.nextOf(run)
    }
    if (run === NONE || (this.bitsOf(run) & bit) === 0)
      throw new RangeError(`replica ${replica} does not hold prefix block ${id}`)
    this.#records[entry * BLOCK + COUNT]--
    this.#runs[run * RUN + BITS] ^= bit
    if (this.bitsOf(run) === 0) this.#removeRun(entry, before, run)
  }

  /** How many hold the block. */
  countOf(id: number): number {
    const entry = this.#blocks.find(id)
    return entry < 0 ? 0 : this.#records[entry * BLOCK + COUNT]
  }

  /** The first run in which somebody holds the block, or `NONE`; they come in no order. */
  firstOf(id: number): number {
    const entry = this.#blocks.find(id)
    return entry < 0 ? NONE : this.#records[entry * BLOCK + FIRST]
  }

  /** The run behind it in the chain, or `NONE`. */
  nextOf(run: number): number {
    return this.#runs[run * RUN + NEXT]
  }

  /** Which replicas the run is of: the 32 from 32 times this number on. */
  placeOf(run: number): number {
    return this.#runs[run * RUN + PLACE]
  }

  /** A bit for each of them that holds the block, the lowest for the first. */
  bitsOf(run: number): number {
    return this.#runs[run * RUN + BITS]
  }

  #addBlock(id: number): number {
    const entry = this.#blocks.add(id)
    if (entry * BLOCK === this.#records.length)
      this.#records = grown(this.#records, new Int32Array(2 * this.#records.length))
    this.#records[entry * BLOCK + FIRST] = NONE
    this.#records[entry * BLOCK + COUNT] = 0
    return entry
  }

  /** Puts an empty run before the others of a block. @returns the run */
  #addRun(entry: number, place: number): number {
    const run = this.#freeRun()
    this.#runs[run * RUN + PLACE] = place
    this.#runs[run * RUN + BITS] = 0
    this.#runs[run * RUN + NEXT] = this.#records[entry * BLOCK + FIRST]
    this.#records[entry * BLOCK + FIRST] = run
    return run
  }

  #freeRun(): number {
    const run = this.#free
    if (run !== NONE) {
      this.#free = this.nextOf(run)
      return run
    }
    if (this.#used * RUN === this.#runs.length)
      this.#runs = grown(this.#runs, new Int32Array(2 * this.#runs.length))
    return this.#used++
  }

  /** @param before the run that stands before it in the chain, or `NONE` */
  #removeRun(entry: number, before: number, run: number): void {
    const next = this.nextOf(run)
    if (before === NONE) this.#records[entry * BLOCK + FIRST] = next
    else this.#runs[before * RUN + NEXT] = next
    this.#runs[run * RUN + NEXT] = this.#free
    this.#free = run
    if (this.#records[entry * BLOCK + COUNT] === 0) this.#blocks.remove(entry)
  }
}
