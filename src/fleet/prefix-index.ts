import { BlockHolders, NONE, REPLICAS_PER_RUN } from './block-holders.ts'

/**
 * How many leading blocks of a prompt each replica of a fleet holds. It is told of every block that comes and goes; a
 * `match` counts for all replicas at once, and the counts stand until the next one.
 *
 * Who holds a block holds all before it: an id tells the whole prefix up to it, and caches evict the last block of a
 * prompt before the first. So where as many hold a later block they are the same, and what lies between is not looked
 * at: a match takes look-ups in proportion to the logarithm of the prompt, times the lengths that differ.
 */
export class PrefixIndex {
  readonly #holders = new BlockHolders()
  readonly #settle: (replica: number) => void
  /** By replica: leading blocks found. Those with any are listed in `#matched`. */
  readonly #found: Int32Array
  readonly #matched: Int32Array
  #matches = 0
  // Of the match under way, by the place of a run of replicas: who holds all blocks so far, and of these, who holds the
  // one looked at. Both are 0 everywhere between two matches.
  readonly #still: Int32Array
  readonly #here: Int32Array
  /** Places of the runs in which anybody holds all so far. */
  readonly #places: Int32Array
  #placeCount = 0

  /**
   * @param replicas how many there are
   * @param settle told of a replica that may hold some of the prompt, before its blocks are counted: whatever has to go
   * from its cache is to be removed here by then
   */
  constructor(replicas: number, settle: (replica: number) => void = () => {}) {
    const runs = Math.ceil(replicas / REPLICAS_PER_RUN)
    this.#settle = settle
    this.#found = new Int32Array(replicas)
    this.#matched = new Int32Array(replicas)
    this.#still = new Int32Array(runs)
    this.#here = new Int32Array(runs)
    this.#places = new Int32Array(runs)
  }

  /** The replica's cache holds the block from now on. */
  add(id: number, replica: number): void {
    this.#holders.add(id, replica)
  }

  /** The replica's cache holds the block no longer. Throws a RangeError where it did not. */
  remove(id: number, replica: number): void {
    this.#holders.remove(id, replica)
  }

  /** Counts the leading ones of `count` ids from `start` on, for every replica. */
  match(ids: Int32Array, count: number, start = 0): void {
    this.#forget()
    if (count === 0) return
    this.#settleHolders(ids[start])
    this.#begin(ids[start])
    let block = 0
    while (this.#placeCount > 0) {
      block = this.#nextFewer(ids, start + block, start + count) - start
      if (block < count) this.#narrow(ids[start + block], block)
      else this.#end(count)
    }
  }

  /** Leading blocks of the last prompt matched that the replica holds. */
  blocksOf(replica: number): number {
    return this.#found[replica]
  }

  #forget(): void {
    for (let i = 0; i < this.#matches; i++) this.#found[this.#matched[i]] = 0
    this.#matches = 0
  }

  /** Lists the holders before it tells of any, who may then hold the block no longer. */
  #settleHolders(id: number): void {
    const holders = this.#holders
    for (let run = holders.firstOf(id); run !== NONE; run = holders.nextOf(run))
      this.#list(holders.placeOf(run), holders.bitsOf(run), 0)
    for (let i = 0; i < this.#matches; i++) this.#settle(this.#matched[i])
    this.#matches = 0
  }

  /** All who hold the first block may hold the second. */
  #begin(id: number): void {
    const holders = this.#holders
    for (let run = holders.firstOf(id); run !== NONE; run = holders.nextOf(run)) {
      const place = holders.placeOf(run)
      this.#still[place] = holders.bitsOf(run)
      this.#places[this.#placeCount++] = place
    }
  }

  /** The first place behind `from` whose block fewer hold than that at `from`, or `end`. */
  #nextFewer(ids: Int32Array, from: number, end: number): number {
    const count = this.#holders.countOf(ids[from])
    let alike = from
    let step = 1
    while (alike + step < end && this.#holders.countOf(ids[alike + step]) === count) {
      alike += step
      step *= 2
    }
    let fewer = Math.min(end, alike + step)
    while (fewer - alike > 1) {
      const middle = (alike + fewer) >> 1
      if (this.#holders.countOf(ids[middle]) === count) alike = middle
      else fewer = middle
    }
    return fewer
  }

  /** Goes on with those who hold this block too; for the others it ends at `blocks`. */
  #narrow(id: number, blocks: number): void {
    const holders = this.#holders
    const here = this.#here
    for (let run = holders.firstOf(id); run !== NONE; run = holders.nextOf(run)) {
      const place = holders.placeOf(run)
      if (this.#still[place] !== 0) here[place] = holders.bitsOf(run)
    }
    let kept = 0
    for (let i = 0; i < this.#placeCount; i++) {
      const place = this.#places[i]
      const gone = this.#still[place] & ~here[place]
      here[place] = 0
      if (gone !== 0) this.#drop(place, gone, blocks)
      if (this.#still[place] !== 0) this.#places[kept++] = place
    }
    this.#placeCount = kept
  }

  /** So many blocks are all that these replicas of a run hold. */
  #drop(place: number, gone: number, blocks: number): void {
    this.#list(place, gone, blocks)
    this.#still[place] ^= gone
  }

  #end(blocks: number): void {
    for (let i = 0; i < this.#placeCount; i++)
      this.#drop(this.#places[i], this.#still[this.#places[i]], blocks)
    this.#placeCount = 0
  }

  /** Notes of every replica of a run whose bit is set that it holds so many blocks. */
  #list(place: number, bits: number, blocks: number): void {
    for (let left = bits; left !== 0; left &= left - 1) {
      const replica = place * REPLICAS_PER_RUN + 31 - Math.clz32(left & -left)
      this.#found[replica] = blocks
      this.#matched[this.#matches++] = replica
    }
  }
}
