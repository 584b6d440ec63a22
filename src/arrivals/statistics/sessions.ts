import type { Details } from '../details.ts'
import { type Distribution, type Summary, summaryOf } from './distribution.ts'
import { fitting, Numbering } from './numbering.ts'
import { Reals } from './reals.ts'
import { WholeNumbers } from './whole-numbers.ts'

/** What the sessions of a trace are like, as distributions. */
export interface SessionDistributions {
  readonly turns: Distribution
  readonly firstInputTokens: Distribution
  /** Prompt tokens of a turn beyond prompt and output of the turn before, where there are any. */
  readonly newInputTokens: Distribution
  readonly turnGapS: Distribution
  readonly thinkS: Distribution
}

export interface SessionStatistics {
  readonly sessions: number
  /** Requests that belong to one. */
  readonly requests: number
  readonly turns: Summary
  /** Share of the sessions that have one turn. */
  readonly singleTurn: number
  /** Share of their requests that sessions of several turns make. */
  readonly inSeveralTurns: number
  readonly firstInputTokens: Summary
  /** Share of the turns after the first whose prompt is at least prompt and output of the turn before. */
  readonly growing: number
  readonly newInputTokens: Summary
  /** Seconds between the arrivals of two turns. */
  readonly turnGapS: Summary
  /** Seconds from the end of a turn to the next, where the trace says them. */
  readonly thinkS: Summary
}

/** Follows every session. Memory: about 36 bytes for each. */
export class Sessions {
  readonly #numbering = new Numbering()
  readonly #firstInput = new WholeNumbers()
  readonly #newInput = new WholeNumbers()
  readonly #turnGapS = new Reals()
  readonly #thinkS = new Reals()
  #turns = new Int32Array(256)
  #contextTokens = new Float64Array(256)
  #lastS = new Float64Array(256)
  #requests = 0

  /** Takes a row, which may belong to none; says whether a session begins with it. */
  add(details: Details, row: number, arrivalS: number, inputTokens: number, outputTokens: number): boolean {
    const id = details.sessionId[row]
    if (id < 0) return true
    const session = this.#numbering.of(id)
    this.#turns = fitting(this.#turns, session)
    this.#contextTokens = fitting(this.#contextTokens, session)
    this.#lastS = fitting(this.#lastS, session)
    this.#requests++
    const isStart = this.#turns[session]++ === 0
    if (isStart) this.#firstInput.add(inputTokens)
    else this.#addTurn(session, arrivalS, inputTokens)
    if (details.thinkS[row] >= 0) this.#thinkS.add(details.thinkS[row])
    this.#contextTokens[session] = inputTokens + outputTokens
    this.#lastS[session] = arrivalS
    return isStart
  }

  /** Undefined where there are none. */
  distributions(): SessionDistributions | undefined {
    if (this.#requests === 0) return undefined
    const turns = new WholeNumbers()
    for (const count of this.#turns.subarray(0, this.#numbering.size)) turns.add(count)
    return {
      turns: turns.distribution(),
      firstInputTokens: this.#firstInput.distribution(),
      newInputTokens: this.#newInput.distribution(),
      turnGapS: this.#turnGapS.distribution(),
      thinkS: this.#thinkS.distribution(),
    }
  }

  #addTurn(session: number, arrivalS: number, inputTokens: number): void {
    const newTokens = inputTokens - this.#contextTokens[session]
    if (newTokens >= 0) this.#newInput.add(newTokens)
    this.#turnGapS.add(arrivalS - this.#lastS[session])
  }
}

export function sessionStatistics(of: SessionDistributions): SessionStatistics {
  const { turns } = of
  const requests = turns.values.reduce((sum, value, i) => sum + value * turns.counts[i], 0)
  const single = turns.values[0] === 1 ? turns.counts[0] : 0
  return {
    sessions: turns.count,
    requests,
    turns: summaryOf(turns),
    singleTurn: single / turns.count,
    inSeveralTurns: (requests - single) / requests,
    firstInputTokens: summaryOf(of.firstInputTokens),
    growing: of.newInputTokens.count / (requests - turns.count),
    newInputTokens: summaryOf(of.newInputTokens),
    turnGapS: summaryOf(of.turnGapS),
    thinkS: summaryOf(of.thinkS),
  }
}
