import type { RequestTable } from '../requests/table.ts'

const SECONDS = 0
const JOULES = 3
const GRAMS = 6
/** Places of the three sums of a currency behind it. */
const PER_TOKEN = 0
const PER_CONTEXT = 1
const PER_CONTEXT_TOKEN = 2
/** Totals are settled once this many steps have gone by, or their differences lose digits. */
const SETTLE_AFTER_STEPS = 2 ** 16

/**
 * What each decoding request owes of its replica's seconds, joules and grams, in O(1) a batch change.
 *
 * In step s a decode with context d + t(s) pays `perToken(s) + perContext(s) * (d + t(s))`, d being a constant of the
 * request and t(s) the tokens that decodes have emitted since the totals were last zero. The sums over steps of
 * perToken, perContext and perContext * t(s) are kept; a request notes them when it joins and pays the difference when
 * it leaves.
 */
export class Shares {
  readonly #requests: RequestTable
  readonly #sums = new Float64Array(9)
  /** Decode steps of the replica, and tokens that each decode had emitted in them, when the totals were last zero. */
  #originStep = Number.NaN
  #originTokens = Number.NaN

  constructor(requests: RequestTable) {
    this.#requests = requests
    this.restart(0, 0)
  }

  /**
   * Adds `steps` decode steps after a decode has emitted `before` tokens over the replica's life.
   *
   * @param over tokens emitted in these steps by each step's end, its own counted once, summed over the steps
   * @param perTokenS over all the steps; perContextS of one
   */
  addSeconds(before: number, steps: number, over: number, perTokenS: number, perContextS: number): void {
    this.#add(SECONDS, before, steps, over, perTokenS, perContextS)
  }

  /** The same for joules, at one intensity of the grid. */
  addJoules(
    before: number,
    steps: number,
    over: number,
    perTokenJ: number,
    perContextJ: number,
    gramsPerJoule: number,
  ): void {
    this.#add(JOULES, before, steps, over, perTokenJ, perContextJ)
    this.#add(GRAMS, before, steps, over, perTokenJ * gramsPerJoule, perContextJ * gramsPerJoule)
  }

  #add(
    currency: number,
    before: number,
    steps: number,
    over: number,
    perToken: number,
    perContext: number,
  ): void {
    const sums = this.#sums
    sums[currency + PER_TOKEN] += perToken
    sums[currency + PER_CONTEXT] += perContext * steps
    sums[currency + PER_CONTEXT_TOKEN] += perContext * (steps * (before - this.#originTokens) + over)
  }

  join(request: number): void {
    this.#settle(request, -1)
  }

  leave(request: number): void {
    this.#settle(request, 1)
  }

  #settle(request: number, sign: number): void {
    const base = this.#requests.contextBase[request] + this.#originTokens
    const requests = this.#requests
    requests.shareS[request] += sign * this.#owed(SECONDS, base)
    requests.shareJ[request] += sign * this.#owed(JOULES, base)
    requests.shareG[request] += sign * this.#owed(GRAMS, base)
  }

  #owed(currency: number, base: number): number {
    const sums = this.#sums
    return (
      sums[currency + PER_TOKEN] + sums[currency + PER_CONTEXT] * base + sums[currency + PER_CONTEXT_TOKEN]
    )
  }

  isDue(step: number): boolean {
    return step - this.#originStep >= SETTLE_AFTER_STEPS
  }

  /** Starts the totals anew; the caller makes every decode leave before and join after. */
  restart(step: number, tokens: number): void {
    this.#originStep = step
    this.#originTokens = tokens
    this.#sums.fill(0)
  }
}
