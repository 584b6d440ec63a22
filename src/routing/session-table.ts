import type { ReplicaId } from './contract.ts'
import { hashed } from './hash-ring.ts'

const SEED = 5
/** Ends a chain; as an entry, stands between the most and the least recently used. */
const NONE = 0

// An entry's record, which lies in one line of the processor's cache.
const SESSION = 0
const REPLICA = 1
/** The next entry with the same hash. */
const CHAIN = 2
/** Those used just before and just after; of NONE, the most and the least recently used. */
const OLDER = 3
const NEWER = 4
/** Where it goes while its first is not available; -1 where it has only one. */
const STANDBY = 5
const RECORD = 8

/**
 * The replicas, two at most, of so many sessions, of which the least recently used is forgotten for a new one. All room is taken at
 * once and lies in pages that are not touched before they are needed.
 */
export class SessionTable {
  readonly #capacity: number
  #size = 0
  /** By the hash of a session: the first of its entries, which are numbered from 1. */
  readonly #heads: Int32Array
  readonly #records: Int32Array

  /** @param capacity how many sessions are remembered, at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(capacity)))
    this.#records = new Int32Array(RECORD * (capacity + 1))
  }

  /** The session's first replica, or -1 where it is not remembered; counts as a use. */
  use(session: number): ReplicaId {
    const entry = this.#entryOf(session)
    if (entry === NONE) return -1
    this.#unlink(entry)
    this.#append(entry)
    return this.#records[RECORD * entry + REPLICA]
  }

  /** The second replica of a session that is remembered, or -1. */
  standby(session: number): ReplicaId {
    return this.#records[RECORD * this.#entryOf(session) + STANDBY]
  }

  /** One replica more for a session that is remembered: of three, the first is forgotten. */
  add(session: number, replica: ReplicaId): void {
    const records = this.#records
    const record = RECORD * this.#entryOf(session)
    if (records[record + STANDBY] >= 0) records[record + REPLICA] = records[record + STANDBY]
    records[record + STANDBY] = replica
  }

  /** Remembers a session that is not remembered. */
  remember(session: number, replica: ReplicaId): void {
    const entry = this.#size < this.#capacity ? ++this.#size : this.#forgotten()
    const head = this.#headOf(session)
    const record = RECORD * entry
    this.#records[record + SESSION] = session
    this.#records[record + REPLICA] = replica
    this.#records[record + STANDBY] = -1
    this.#records[record + CHAIN] = this.#heads[head]
    this.#heads[head] = entry
    this.#append(entry)
  }

  /** Forgets the least recently used. @returns its entry */
  #forgotten(): number {
    const records = this.#records
    const entry = records[RECORD * NONE + NEWER]
    const head = this.#headOf(records[RECORD * entry + SESSION])
    if (this.#heads[head] === entry) this.#heads[head] = records[RECORD * entry + CHAIN]
    else this.#bypass(this.#heads[head], entry)
    this.#unlink(entry)
    return entry
  }

  /** Takes an entry out of its chain, which begins with another. */
  #bypass(from: number, entry: number): void {
    const records = this.#records
    while (records[RECORD * from + CHAIN] !== entry) from = records[RECORD * from + CHAIN]
    records[RECORD * from + CHAIN] = records[RECORD * entry + CHAIN]
  }

  #entryOf(session: number): number {
    const records = this.#records
    let entry = this.#heads[this.#headOf(session)]
    while (entry !== NONE && records[RECORD * entry + SESSION] !== session)
      entry = records[RECORD * entry + CHAIN]
    return entry
  }

  #headOf(session: number): number {
    return hashed(session, SEED) & (this.#heads.length - 1)
  }

  #unlink(entry: number): void {
    const records = this.#records
    const older = records[RECORD * entry + OLDER]
    const newer = records[RECORD * entry + NEWER]
    records[RECORD * older + NEWER] = newer
    records[RECORD * newer + OLDER] = older
  }

  /** Makes an entry that is linked nowhere the most recently used. */
  #append(entry: number): void {
    const records = this.#records
    const newest = records[RECORD * NONE + OLDER]
    records[RECORD * entry + OLDER] = newest
    records[RECORD * entry + NEWER] = NONE
    records[RECORD * newest + NEWER] = entry
    records[RECORD * NONE + OLDER] = entry
  }
}
