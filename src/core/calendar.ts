/** The three phases of an instant, in order: what ends, what is decided, what begins. */
export const ENDS = 0
export const DECISIONS = 1
export const BEGINS = 2
export type Phase = typeof ENDS | typeof DECISIONS | typeof BEGINS

/**
 * The future-event list: one slot per actor, holding the one instant at which it acts next. Rescheduling
 * moves the slot, so there are no cancelled ghosts and the size is the number of actors.
 *
 * Order, stated here and nowhere else: earlier time, then earlier phase, then lower actor id. It is total.
 *
 * A winner tree over the slots: `schedule` costs at most log2(actors) comparisons, `first` costs none.
 */
export class Calendar {
  /** Seconds from the first arrival of the run; the time of the event under way. */
  readonly clock: Float64Array = new Float64Array(1)
  /** Next time of each actor in seconds; Infinity when it sleeps. Write it only through `schedule`. */
  readonly timeS: Float64Array
  readonly #phase: Uint8Array
  /** winner[1] is the first slot of all; winner[leaves + id] is actor id itself. */
  readonly #winner: Int32Array
  readonly #leaves: number
  #horizonS = Number.POSITIVE_INFINITY

  constructor(actors: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(2, actors)))
    this.timeS = new Float64Array(this.#leaves).fill(Number.POSITIVE_INFINITY)
    this.#phase = new Uint8Array(this.#leaves)
    this.#winner = new Int32Array(2 * this.#leaves)
    for (let id = 0; id < this.#leaves; id++) this.#winner[this.#leaves + id] = id
    for (let node = this.#leaves - 1; node > 0; node--) this.#winner[node] = this.#winner[2 * node]
  }

  get nowS(): number {
    return this.clock[0]
  }

  /** Moves the actor's slot. An event may schedule only at or after its own (time, phase). */
  schedule(actor: number, timeS: number, phase: Phase): void {
    this.timeS[actor] = timeS
    this.#phase[actor] = phase
    const winner = this.#winner
    for (let node = (this.#leaves + actor) >> 1; node > 0; node >>= 1) {
      const left = winner[2 * node]
      const right = winner[2 * node + 1]
      const first = this.#precedes(left, right) ? left : right
      if (winner[node] === first && first !== actor) return
      winner[node] = first
    }
  }

  sleep(actor: number): void {
    this.schedule(actor, Number.POSITIVE_INFINITY, ENDS)
  }

  phaseOf(actor: number): Phase {
    return this.#phase[actor] as Phase
  }

  /** The actor that acts next; meaningful after `due` has said true. */
  first(): number {
    return this.#winner[1]
  }

  /** Whether an event is left before the horizon; if so the clock moves to it. */
  due(): boolean {
    const timeS = this.timeS[this.#winner[1]]
    if (timeS >= this.#horizonS) return false
    this.clock[0] = timeS
    return true
  }

  /** Whether no other actor has a slot at this instant: `first()` must be `actor`, with its slot unmoved. */
  isAlone(actor: number): boolean {
    const nowS = this.timeS[actor]
    const winner = this.#winner
    for (let node = this.#leaves + actor; node > 1; node >>= 1) {
      if (this.timeS[winner[node ^ 1]] <= nowS) return false
    }
    return true
  }

  /** Stops the loop before its next event, until `resume`. */
  pause(): void {
    this.#horizonS = Number.NEGATIVE_INFINITY
  }

  resume(): void {
    this.#horizonS = Number.POSITIVE_INFINITY
  }

  #precedes(a: number, b: number): boolean {
    const aS = this.timeS[a]
    const bS = this.timeS[b]
    if (aS !== bS) return aS < bS
    const phases = this.#phase[a] - this.#phase[b]
    return phases !== 0 ? phases < 0 : a < b
  }
}
