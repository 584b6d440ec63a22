import type { Details } from '../details.ts'
import { fitting, Numbering } from '../statistics/numbering.ts'

/** Counts the turns of each session that are left where some may have gone. */
export class TurnCount {
  readonly #sessions = new Numbering()
  /** By number of the session. */
  #turns = new Int32Array(1024)

  /** Number of the session's next turn, from 1. */
  next(session: number): number {
    const number = this.#sessions.of(session)
    this.#turns = fitting(this.#turns, number)
    return ++this.#turns[number]
  }

  /**
   * Numbers a row anew among those of its session that are left. The first of them has no think time, and `turns`
   * is less by those that went before; 0 where `turnsKnown` is false. Every row that is left must pass, in order.
   */
  recount(details: Details, row: number, turnsKnown = true): void {
    const session = details.sessionId[row]
    if (session < 0) return
    const turn = this.next(session)
    if (turn === 1) details.thinkS[row] = Number.NaN
    const was = details.turn[row]
    if (!turnsKnown || was === 0) details.turns[row] = 0
    else if (details.turns[row] > 0) details.turns[row] -= was - turn
    if (was > 0) details.turn[row] = turn
  }
}
