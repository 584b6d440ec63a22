import type { Calendar } from '../core/calendar.ts'
import { grown } from '../core/grown.ts'
import { DueHeap } from '../links/due-heap.ts'
import type { ReplicaWatcher } from '../replicas/reading.ts'
import type { Replica } from '../replicas/replica.ts'
import type { PrefixIndex } from './prefix-index.ts'
import { asOfS, type EventTiming } from './signal-timing.ts'

const CAME = 1
const WENT = 0

/**
 * What comes into prefix caches and goes, told to an index as late as the router is. A block counts from the instant
 * behind the one at which it came or went.
 *
 * Evictions are paid late; here each is dated to the beginning of the step that took its memory. So replicas are paid
 * for before anything happens there, and where somebody looks.
 */
export class HeldNotices implements ReplicaWatcher {
  readonly #clock: Float64Array
  readonly #members: readonly Replica[]
  /** Place among the members, by the replica's id. */
  readonly #memberOf = new Map<number, number>()
  readonly #timing: EventTiming
  readonly #index: PrefixIndex
  /** When something last happened at each member. */
  readonly #changedS: Float64Array
  /** The instant of what is told now; NaN where that is the clock's. */
  readonly #atS = new Float64Array(1).fill(Number.NaN)
  /** Notices by when they were made, and of each: of whom, of which block, and whether it came. */
  readonly #due = new DueHeap()
  #of = new Int32Array(0)
  #ids = new Int32Array(0)
  #verbs = new Uint8Array(0)
  #free: number[] = []

  constructor({ clock }: Calendar, members: readonly Replica[], timing: EventTiming, index: PrefixIndex) {
    this.#clock = clock
    this.#members = members
    this.#timing = timing
    this.#index = index
    this.#changedS = new Float64Array(members.length)
    members.forEach(({ id, prefixes }, member) => {
      if (prefixes === undefined) return
      this.#memberOf.set(id, member)
      members[member].watch(this)
      prefixes.watch({
        came: block => this.#hold(member, block, CAME),
        went: block => this.#hold(member, block, WENT),
      })
    })
  }

  changes(replica: number): void {
    const member = this.#memberOf.get(replica)!
    this.pay(member)
    this.#changedS[member] = this.#clock[0]
  }

  /** Has a member pay the evictions that it owes by now. */
  pay(member: number): void {
    this.#atS[0] = this.#changedS[member]
    this.#members[member].look.payEvictions(this.#atS)
    this.#atS[0] = Number.NaN
  }

  /** Tells the index all that the router knows of by now. */
  release(): void {
    const untilS = asOfS(this.#clock[0], this.#timing)
    while (this.#due.firstS() < untilS) this.#tell(this.#due.pop())
  }

  #tell(notice: number): void {
    this.#free.push(notice)
    const member = this.#of[notice]
    if (this.#verbs[notice] === CAME) this.#index.add(this.#ids[notice], member)
    else this.#index.remove(this.#ids[notice], member)
  }

  #hold(member: number, block: number, verb: number): void {
    const notice = this.#free.pop() ?? this.#due.length
    if (notice === this.#of.length) this.#grow(2 * notice + 64)
    this.#of[notice] = member
    this.#ids[notice] = block
    this.#verbs[notice] = verb
    const atS = this.#atS[0]
    this.#due.timeS[notice] = Number.isNaN(atS) ? this.#clock[0] : atS
    this.#due.add(notice)
  }

  #grow(capacity: number): void {
    this.#due.reserve(capacity)
    this.#of = grown(this.#of, new Int32Array(capacity))
    this.#ids = grown(this.#ids, new Int32Array(capacity))
    this.#verbs = grown(this.#verbs, new Uint8Array(capacity))
  }
}
