/** Numbers that are kept of an entry: its id, its neighbours in order of use, and how many hold it. */
export const ID = 0
export const OLDER = 1
export const NEWER = 2
export const HOLDERS = 3
/** Between the records of two entries. */
export const RECORD = 4

/**
 * What is known of the entries of one cache, side by side in memory: whoever touches one of an entry's numbers touches
 * most of them soon. Read `numbers` anew at each use: growing replaces it.
 */
export class EntryRecords {
  /** Number `n` of an entry stands at `entry * RECORD + n`. */
  numbers = new Int32Array(32 * RECORD)

  /** Makes room for entries below `count`. */
  reserve(count: number): void {
    if (count * RECORD <= this.numbers.length) return
    const numbers = new Int32Array(2 * count * RECORD)
    numbers.set(this.numbers)
    this.numbers = numbers
  }
}
