/** What a replica does between two of its events: nothing, */
export const IDLE = 0
/** decode steps of an unchanged batch, priced in closed form from the origin, */
export const STRETCH = 1
/** or one step that carries prefill chunks. */
export const MIXED = 2

/** Where a replica stands between two of its events. The replica writes it; who looks on reads it. */
export class Standing {
  state = IDLE
  /** Whether a step has ended at this instant and the next has not begun. */
  atBoundary = false
  /** Boundary of the stretch that its slot in the calendar is set to. */
  dueStep = 0
  /** Requests whose KV is on its way here, and the tokens of it. */
  incoming = 0
  incomingTokens = 0

  /** Whether a step of a stretch is under way. */
  get isInStretch(): boolean {
    return this.state === STRETCH && !this.atBoundary
  }
}
