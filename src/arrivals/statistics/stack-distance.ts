import { fitting } from './numbering.ts'

const NEVER = -1

/**
 * LRU stack distances: how many different others were used since the last use of the same thing. Each use takes a new
 * position in time, the last use of each thing carries a mark, and a Fenwick tree counts the marks behind a position in
 * O(log n). When positions run out the marks move together. Memory: about 20 bytes for each different thing.
 */
export class StackDistances {
  /** By thing: position of its last use. */
  #lastUse = new Int32Array(1024).fill(NEVER)
  /** By position: the thing whose last use it is, or `NEVER`. */
  #thingAt = new Int32Array(4096)
  #tree = new Int32Array(4097)
  #next = 0
  #marks = 0

  /** Uses a thing, a number from 0 on, and gives its distance, or -1 at its first use. */
  use(thing: number): number {
    if (thing >= this.#lastUse.length) this.#growTo(thing)
    if (this.#next === this.#thingAt.length) this.#compact()
    const last = this.#lastUse[thing]
    const distance = last === NEVER ? NEVER : this.#marks - this.#marksUpTo(last)
    if (last === NEVER) this.#marks++
    else this.#unmark(last)
    this.#mark(this.#next, thing)
    this.#lastUse[thing] = this.#next++
    return distance
  }

  #growTo(thing: number): void {
    const used = this.#lastUse.length
    this.#lastUse = fitting(this.#lastUse, thing)
    this.#lastUse.fill(NEVER, used)
  }

  #mark(position: number, thing: number): void {
    this.#thingAt[position] = thing
    this.#change(position, 1)
  }

  #unmark(position: number): void {
    this.#thingAt[position] = NEVER
    this.#change(position, -1)
  }

  #change(position: number, by: number): void {
    const tree = this.#tree
    for (let i = position + 1; i < tree.length; i += i & -i) tree[i] += by
  }

  /** Marks at positions up to this one. */
  #marksUpTo(position: number): number {
    let marks = 0
    for (let i = position + 1; i > 0; i -= i & -i) marks += this.#tree[i]
    return marks
  }

  /** Moves the marks together, in order, into twice the room they need. */
  #compact(): void {
    const things = this.#thingAt.filter(thing => thing !== NEVER)
    const room = Math.max(4096, 2 * things.length)
    this.#thingAt = new Int32Array(room)
    this.#tree = new Int32Array(room + 1)
    this.#next = 0
    for (const thing of things) {
      this.#mark(this.#next, thing)
      this.#lastUse[thing] = this.#next++
    }
  }
}
