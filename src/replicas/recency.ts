import { EntryRecords, NEWER, OLDER, RECORD } from './entry-records.ts'

const NONE = -1

/** Entries in the order in which they were last appended: a list whose links are in their records. */
export class Recency {
  length = 0
  /** The one appended before all others, -1 when empty. */
  oldest = NONE
  #newest = NONE
  readonly #records: EntryRecords

  constructor(records = new EntryRecords()) {
    this.#records = records
  }

  /** Puts an entry that is not in the list at its newer end. */
  append(entry: number): void {
    this.#records.reserve(entry + 1)
    const { numbers } = this.#records
    numbers[entry * RECORD + OLDER] = this.#newest
    numbers[entry * RECORD + NEWER] = NONE
    if (this.#newest === NONE) this.oldest = entry
    else numbers[this.#newest * RECORD + NEWER] = entry
    this.#newest = entry
    this.length++
  }

  remove(entry: number): void {
    const { numbers } = this.#records
    const older = numbers[entry * RECORD + OLDER]
    const newer = numbers[entry * RECORD + NEWER]
    if (older === NONE) this.oldest = newer
    else numbers[older * RECORD + NEWER] = newer
    if (newer === NONE) this.#newest = older
    else numbers[newer * RECORD + OLDER] = older
    this.length--
  }

  /** Moves an entry of the list to its newer end. */
  renew(entry: number): void {
    this.remove(entry)
    this.append(entry)
  }
}
