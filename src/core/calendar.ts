/** The three phases of an instant, in order: what ends, what is decided, what begins. */
export const ENDS = 0
export const DECISIONS = 1
export const BEGINS = 2
export type Phase = typeof ENDS | typeof DECISIONS | typeof BEGINS

/**
 * The future-event list: one slot per actor, holding the one instant at which it acts next. Rescheduling moves
 * the slot, so there are no cancelled ghosts and the size is the number of actors.
 *
 * Order, stated here and nowhere else: earlier time, then earlier phase, then lower actor id. It is total.
 *
 * A winner tree over the slots: node 1 holds the first of all, node `leaves + id` actor id itself. `schedule`
 * costs at most log2(actors) comparisons, `first` costs none.
 */
export class Calendar {
  /** Seconds from the first arrival of the run; the time of the event under way. */
  readonly clock = new Float64Array(1)
  /** Next time of each actor in seconds; Infinity when it sleeps. */
  readonly timeS: Float64Array
  readonly #leaves: number
  /** Between the ranks of an actor in two phases: a power of 2 above every id. */
  readonly #phaseRank: number
  /** Time and rank of the winner at every node; the rank settles ties of time: phase, then id, which it tells. */
  readonly #winnerS: Float64Array
  readonly #rank: Int32Array
  #horizonS = Number.POSITIVE_INFINITY

  constructor(actors: number) {
    const leaves = Math.max(2, actors)
    this.#leaves = leaves
    this.#phaseRank = 1 << Math.ceil(Math.log2(leaves))
    this.#winnerS = new Float64Array(2 * leaves).fill(Number.POSITIVE_INFINITY)
    this.#rank = new Int32Array(2 * leaves)
    this.timeS = this.#winnerS.subarray(leaves)
    for (let id = 0; id < leaves; id++) this.#rank[leaves + id] = id
    for (let node = leaves - 1; node > 0; node--)
      this.#rank[node] = Math.min(this.#rank[2 * node], this.#rank[2 * node + 1])
  }

  get nowS(): number {
    return this.clock[0]
  }

  /** Moves the actor's slot. An event may schedule only at or after its own (time, phase). */
  schedule(actor: number, timeS: number, phase: Phase): void {
    this.timeS[actor] = timeS
    this.moved(actor, phase)
  }

  /** The same where the caller has written `timeS[actor]`: it hands over whole numbers only. */
  moved(actor: number, phase: Phase): void {
    const winnerS = this.#winnerS
    const rank = this.#rank
    const ownRank = phase * this.#phaseRank + actor
    let node = this.#leaves + actor
    let firstS = winnerS[node]
    let firstRank = ownRank
    rank[node] = ownRank
    while (node > 1) {
      const rival = node ^ 1
      const rivalS = winnerS[rival]
      if (rivalS < firstS || (rivalS === firstS && rank[rival] < firstRank)) {
        firstS = rivalS
        firstRank = rank[rival]
      }
      node >>= 1
      if (rank[node] === firstRank && firstRank !== ownRank) return
      winnerS[node] = firstS
      rank[node] = firstRank
    }
  }

  sleep(actor: number): void {
    this.schedule(actor, Number.POSITIVE_INFINITY, ENDS)
  }

  /** Whether the actor's slot is among what ends at its instant. */
  isEnd(actor: number): boolean {
    return this.#rank[this.#leaves + actor] < (ENDS + 1) * this.#phaseRank
  }

  /** The actor that acts next; meaningful after `due` has said true. */
  first(): number {
    return this.#rank[1] & (this.#phaseRank - 1)
  }

  /** Whether an event is left before the horizon; if so the clock moves to it. */
  due(): boolean {
    const timeS = this.#winnerS[1]
    if (timeS >= this.#horizonS) return false
    this.clock[0] = timeS
    return true
  }

  /** Whether no other actor has a slot at this instant: `first()` must be `actor`, with its slot unmoved. */
  isAlone(actor: number): boolean {
    const winnerS = this.#winnerS
    const nowS = this.clock[0]
    for (let node = this.#leaves + actor; node > 1; node >>= 1) {
      if (winnerS[node ^ 1] <= nowS) return false
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
}
