import { grown } from '../core/grown.ts'
import { BlockHolders, NONE } from './block-holders.ts'

const FIRST_LEVELS = 64

/**
 * How many leading blocks of a prompt each replica of a fleet holds. It is told of every block that comes and goes.
 *
 * Who holds a block holds all before it: an id tells the whole prefix up to it, and caches evict the last block of a
 * prompt before the first. So where as many hold a later block they are the same, and what lies between is not looked
 * at. A `match` finds the _levels_ of a prompt, the blocks behind which fewer hold the next: look-ups in proportion to
 * the logarithm of its length, times its levels, however many replicas hold it. Who is asked of is looked for in them.
 */
export class PrefixIndex {
  readonly #holders: BlockHolders
  /** Levels of the last prompt: the block that their holders hold, and the leading blocks up to the next level. */
  #blocks = new Int32Array(FIRST_LEVELS)
  #lengths = new Int32Array(FIRST_LEVELS)
  #levels = 0
  #isCurrent = false

  constructor(replicas: number) {
    this.#holders = new BlockHolders(replicas)
  }

  /** The replica's cache holds the block from now on. */
  add(id: number, replica: number): void {
    this.#isCurrent = false
    this.#holders.add(id, replica)
  }

  /** The replica's cache holds the block no longer. Throws a RangeError where it did not. */
  remove(id: number, replica: number): void {
    this.#isCurrent = false
    this.#holders.remove(id, replica)
  }

  /** Whether nothing has come or gone since the last match. */
  get isCurrent(): boolean {
    return this.#isCurrent
  }

  /** Turns to the prompt whose blocks are the `count` ids from `start` on. */
  match(ids: Int32Array, count: number, start = 0): void {
    const holders = this.#holders
    this.#levels = 0
    this.#isCurrent = true
    if (count === 0) return
    const end = start + count
    const atEnd = holders.countOf(holders.blockOf(ids[end - 1]))
    let at = start
    let block = holders.blockOf(ids[at])
    while (block !== NONE) {
      const holding = holders.countOf(block)
      at = holding === atEnd ? end : this.#firstFewer(ids, at, end, holding)
      this.#addLevel(block, at - start)
      block = at === end ? NONE : holders.blockOf(ids[at])
    }
  }

  /** Leading blocks of the last prompt matched that the replica holds, as long as the index is current. */
  blocksOf(replica: number): number {
    let low = 0
    let high = this.#levels
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#holders.holds(this.#blocks[middle], replica)) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : this.#lengths[low - 1]
  }

  /** The first place behind `at`, and before the last one, whose block fewer than `holding` hold. */
  #firstFewer(ids: Int32Array, at: number, end: number, holding: number): number {
    let alike = at
    let step = 1
    while (alike + step < end - 1 && this.#isHeldBy(ids[alike + step], holding)) {
      alike += step
      step *= 2
    }
    let fewer = Math.min(end - 1, alike + step)
    while (fewer - alike > 1) {
      const middle = (alike + fewer) >> 1
      if (this.#isHeldBy(ids[middle], holding)) alike = middle
      else fewer = middle
    }
    return fewer
  }

  #isHeldBy(id: number, replicas: number): boolean {
    return this.#holders.countOf(this.#holders.blockOf(id)) === replicas
  }

  #addLevel(block: number, length: number): void {
    if (this.#levels === this.#blocks.length) this.#grow()
    this.#blocks[this.#levels] = block
    this.#lengths[this.#levels++] = length
  }

  #grow(): void {
    this.#blocks = grown(this.#blocks, new Int32Array(2 * this.#levels))
    this.#lengths = grown(this.#lengths, new Int32Array(2 * this.#levels))
  }
}
