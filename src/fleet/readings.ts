import type { Calendar } from '../core/calendar.ts'
import { AS_OF_S, READING, type ReplicaWatcher, UNTIL_S } from '../replicas/reading.ts'
import type { Replica } from '../replicas/replica.ts'

/** What a router is told of the replicas of a fleet. */
export interface Readings {
  /** Records of all replicas, as src/replicas/reading.ts says. */
  readonly numbers: Float64Array
  /** The instant of which the last record asked for tells, in seconds. */
  readonly asOfS: Float64Array
  /** Where the record of a replica begins, by its id; it may be written anew at the next question. */
  at(replica: number): number
}

/**
 * Readings of this very instant. A replica is read anew only once something has happened there, or one of its steps has
 * ended; it is watched from the first question on.
 */
export class FreshReadings implements Readings, ReplicaWatcher {
  readonly numbers: Float64Array
  /** The clock: a record that still holds tells of now as well. */
  readonly asOfS: Float64Array
  readonly #replicas: readonly Replica[]
  /** When something last happened at each replica; NaN where nobody watches yet. */
  readonly #changedS: Float64Array

  constructor({ clock }: Calendar, replicas: readonly Replica[]) {
    this.asOfS = clock
    this.#replicas = replicas
    this.numbers = new Float64Array(replicas.length * READING)
    for (let at = 0; at < this.numbers.length; at += READING)
      this.numbers[at + UNTIL_S] = Number.NEGATIVE_INFINITY
    this.#changedS = new Float64Array(replicas.length).fill(Number.NaN)
  }

  at(replica: number): number {
    const at = replica * READING
    if (this.asOfS[0] >= this.numbers[at + UNTIL_S]) this.#read(replica, at)
    return at
  }

  changes(replica: number): void {
    this.#changedS[replica] = this.asOfS[0]
    this.numbers[replica * READING + UNTIL_S] = Number.NEGATIVE_INFINITY
  }

  #read(replica: number, at: number): void {
    if (Number.isNaN(this.#changedS[replica])) {
      this.#replicas[replica].watch(this)
      this.changes(replica)
    }
    this.numbers[at + AS_OF_S] = this.asOfS[0]
    this.#replicas[replica].look.read(this.numbers, at)
    // What happens there at this instant may still go on.
    if (this.#changedS[replica] === this.asOfS[0]) this.numbers[at + UNTIL_S] = Number.NEGATIVE_INFINITY
  }
}
