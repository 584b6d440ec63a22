import type { Calendar } from '../core/calendar.ts'
import type { ReplicaWatcher } from '../replicas/reading.ts'
import type { Replica } from '../replicas/replica.ts'

/**
 * Which replicas may owe evictions from their prefix caches at this instant. Once one has paid, it owes none before the
 * step begins that takes the memory of the next, unless something happens there: that instant is known in closed form.
 */
export class OwedEvictions implements ReplicaWatcher {
  readonly #clock: Float64Array
  readonly #members: readonly Replica[]
  /** Place among the members, by the replica's id. */
  readonly #memberOf: Int32Array
  /** Of each member: up to when it owes nothing, and when something last happened there. */
  readonly #nothingUntilS: Float64Array
  readonly #changedS: Float64Array

  constructor({ clock }: Calendar, members: readonly Replica[]) {
    this.#clock = clock
    this.#members = members
    this.#memberOf = new Int32Array(1 + members.reduce((most, { id }) => Math.max(most, id), 0))
    this.#nothingUntilS = new Float64Array(members.length).fill(Number.NEGATIVE_INFINITY)
    this.#changedS = new Float64Array(members.length).fill(clock[0])
    members.forEach((replica, member) => {
      if (replica.prefixes === undefined) return
      this.#memberOf[replica.id] = member
      replica.watch(this)
    })
  }

  changes(replica: number): void {
    const member = this.#memberOf[replica]
    this.#changedS[member] = this.#clock[0]
    this.#nothingUntilS[member] = Number.NEGATIVE_INFINITY
  }

  mayOwe(member: number): boolean {
    return this.#clock[0] > this.#nothingUntilS[member]
  }

  /** Has a member pay all that it owes by now. */
  pay(member: number): void {
    this.#members[member].look.settlePrefixesUntil(this.#nothingUntilS, member)
    this.#doubt(member)
  }

  /** The member has been made to pay all that it owes by now. */
  paid(member: number): void {
    this.#members[member].look.foreseeEviction(this.#nothingUntilS, member)
    this.#doubt(member)
  }

  /** What happens there at this instant may still go on. */
  #doubt(member: number): void {
    if (this.#changedS[member] === this.#clock[0]) this.#nothingUntilS[member] = Number.NEGATIVE_INFINITY
  }
}
