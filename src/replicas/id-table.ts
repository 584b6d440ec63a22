import { EntryRecords, ID, RECORD } from './entry-records.ts'

const FREE = -1
const FIRST_ENTRIES = 32
/** Of the places of the table that are taken at most. */
const FULLEST = 0.5
const MISSING = -1

/**
 * Numbers the ids it holds: whole numbers from 0 up to 2^31 - 1 get entries from 0 on, and entries of ids that have
 * gone are given out again. A hash table with open addressing whose removals close the gap they leave, so that it is as
 * fast after any number of them; it allocates only when more ids are held than ever before.
 */
export class IdTable {
  /** By place: an id, or FREE, and beside it its entry. */
  #places = new Int32Array(2 * (FIRST_ENTRIES / FULLEST)).fill(FREE)
  /** By which a mixed id of 32 bits is shifted to give a place. */
  #shift = 32 - Math.log2(FIRST_ENTRIES / FULLEST)
  readonly #records: EntryRecords
  #capacity = FIRST_ENTRIES
  #gone = new Int32Array(FIRST_ENTRIES)
  #goneCount = 0
  #size = 0

  /** @param records in which it keeps the ids */
  constructor(records = new EntryRecords()) {
    this.#records = records
  }

  /** How many ids are held. */
  get size(): number {
    return this.#size
  }

  /** The entry of an id, or -1. */
  find(id: number): number {
    const places = this.#places
    const place = this.#placeOf(id)
    return places[place] === id ? places[place + 1] : MISSING
  }

  /** Tells every id that is held, in no order. */
  each(tell: (id: number) => void): void {
    for (let place = 0; place < this.#places.length; place += 2) {
      if (this.#places[place] !== FREE) tell(this.#places[place])
    }
  }

  /** The id of an entry. */
  idOf(entry: number): number {
    return this.#records.numbers[entry * RECORD + ID]
  }

  /** Takes in an id that is not held. @returns its entry */
  add(id: number): number {
    if (this.#size === this.#capacity) this.#grow()
    const entry = this.#goneCount > 0 ? this.#gone[--this.#goneCount] : this.#size
    this.#size++
    this.#records.numbers[entry * RECORD + ID] = id
    this.#put(id, entry)
    return entry
  }

  /** Lets an entry go. @returns its id */
  remove(entry: number): number {
    const id = this.idOf(entry)
    this.#close(this.#placeOf(id))
    this.#gone[this.#goneCount++] = entry
    this.#size--
    return id
  }

  #put(id: number, entry: number): void {
    const place = this.#placeOf(id)
    this.#places[place] = id
    this.#places[place + 1] = entry
  }

  /** Where the id is, or where it would go. */
  #placeOf(id: number): number {
    const places = this.#places
    const last = places.length - 1
    let place = this.#homeOf(id)
    while (places[place] !== id && places[place] !== FREE) place = (place + 2) & last
    return place
  }

  #homeOf(id: number): number {
    return (Math.imul(id ^ (id >>> 15), 0x9e3779b1) >>> this.#shift) << 1
  }

  /** Frees a place, and moves up what stands behind it further from home than the gap. */
  #close(place: number): void {
    const places = this.#places
    const last = places.length - 1
    let gap = place
    for (let next = (gap + 2) & last; places[next] !== FREE; next = (next + 2) & last) {
      const fromHome = (next - this.#homeOf(places[next])) & last
      if (fromHome < ((next - gap) & last)) continue
      places[gap] = places[next]
      places[gap + 1] = places[next + 1]
      gap = next
    }
    places[gap] = FREE
  }

  /** Only ever when no entry is gone, so that all of them are held. */
  #grow(): void {
    this.#capacity *= 2
    this.#records.reserve(this.#capacity)
    this.#gone = new Int32Array(this.#capacity)
    this.#places = new Int32Array(2 * this.#places.length).fill(FREE)
    this.#shift--
    for (let entry = 0; entry < this.#size; entry++) this.#put(this.idOf(entry), entry)
  }
}
