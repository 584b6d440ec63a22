import type { Calendar } from '../core/calendar.ts'
import { AS_OF_S, READING, type ReplicaWatcher } from '../replicas/reading.ts'
import type { Replica } from '../replicas/replica.ts'
import type { Readings } from './readings.ts'
import { refreshAt, type SignalTiming } from './signal-timing.ts'

/**
 * Readings as of the last refresh that has reached the router: what was there before anything happened at that instant.
 * Before the first refresh has, replicas are idle.
 *
 * Refreshes are no events. A replica is read for them when something is about to happen there, or when somebody asks:
 * until then it is what it has been. Those are kept that may still be asked for, in a ring for each replica.
 */
export class SampledReadings implements Readings, ReplicaWatcher {
  readonly numbers: Float64Array
  readonly asOfS = new Float64Array(1)
  readonly #clock: Float64Array
  readonly #replicas: readonly Replica[]
  readonly #timing: SignalTiming
  /** Refreshes kept of each replica, and the records: one more, of it idle. */
  readonly #kept: number
  readonly #records: number
  /** The last refresh that each replica has been read for; -1 before the first. */
  readonly #readFor: Float64Array
  /** The instant of the last question, and then: the refresh that had reached the router, and the last one made. */
  readonly #askedS = new Float64Array(1).fill(Number.NaN)
  #known = -1
  #made = -1

  constructor({ clock }: Calendar, replicas: readonly Replica[], timing: SignalTiming) {
    this.#clock = clock
    this.#replicas = replicas
    this.#timing = timing
    this.#kept = Math.floor(timing.lagS / timing.everyS) + 3
    this.#records = this.#kept + 1
    this.numbers = new Float64Array(replicas.length * this.#records * READING)
    this.#readFor = new Float64Array(replicas.length).fill(-1)
    replicas.forEach((replica, id) => {
      replica.look.read(this.numbers, this.#recordOf(id, this.#kept))
      replica.watch(this)
    })
  }

  at(replica: number): number {
    if (this.#clock[0] !== this.#askedS[0]) this.#turn()
    if (this.#known < 0) return this.#recordOf(replica, this.#kept)
    if (this.#readFor[replica] < this.#known) this.#read(replica, this.#known)
    return this.#recordOf(replica, this.#known % this.#kept)
  }

  changes(replica: number): void {
    if (this.#clock[0] !== this.#askedS[0]) this.#turn()
    const next = Math.max(this.#readFor[replica] + 1, this.#known, 0)
    for (let refresh = next; refresh <= this.#made; refresh++) this.#read(replica, refresh)
  }

  /** Works out which refreshes there have been by now. */
  #turn(): void {
    const { everyS, lagS } = this.#timing
    const nowS = this.#clock[0]
    this.#askedS[0] = nowS
    this.#made = refreshAt(nowS, everyS)
    this.#known = refreshAt(nowS - lagS, everyS)
    this.asOfS[0] = this.#known * everyS
  }

  #read(replica: number, refresh: number): void {
    const at = this.#recordOf(replica, refresh % this.#kept)
    this.numbers[at + AS_OF_S] = refresh * this.#timing.everyS
    this.#replicas[replica].look.read(this.numbers, at)
    this.#readFor[replica] = refresh
  }

  #recordOf(replica: number, place: number): number {
    return (replica * this.#records + place) * READING
  }
}
