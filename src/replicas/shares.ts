import type { RequestTable } from '../requests/table.ts'

const SECONDS = 0
const JOULES = 3
const GRAMS = 6
/** Places of the three sums of a currency behind it. */
const PER_TOKEN = 0
const PER_CONTEXT = 1
const PER_CONTEXT_STEP = 2
/** Totals are settled once this many steps have gone by, or their differences lose digits. */
const SETTLE_AFTER_STEPS = 2 ** 16

/**
 * What each decoding request owes of its replica's seconds, joules and grams, in O(1) a batch change.
 *
 * In step s a decode with context d + s pays `perToken(s) + perContext(s) * (d + s)`, d being a constant of the
 * request. The sums over steps of perToken, perContext and perContext * s are kept; a request notes them when it
 * joins and pays the difference when it leaves.
 */
export class Shares {
  readonly #requests: RequestTable
  readonly #sums = new Float64Array(9)
  /** Decode-step counter at which the totals were last zero. */
  #origin = Number.NaN

  constructor(requests: RequestTable) {
    this.#requests = requests
    this.restart(0)
  }

  /** Adds `steps` decode steps that follow decode step `before` of the replica's counter. */
  addSeconds(before: number, steps: number, perTokenS: number, perContextS: number): void {
    this.#add(SECONDS, before, steps, perTokenS, perContextS)
  }

  /** The same for joules, at one intensity of the grid. @param perTokenJ over all the steps; perContextJ of one */
  addJoules(
    before: number,
    steps: number,
    perTokenJ: number,
    perContextJ: number,
    gramsPerJoule: number,
  ): void {
    this.#add(JOULES, before, steps, perTokenJ, perContextJ)
    this.#add(GRAMS, before, steps, perTokenJ * gramsPerJoule, perContextJ * gramsPerJoule)
  }

  #add(currency: number, before: number, steps: number, perToken: number, perContext: number): void {
    const sums = this.#sums
    sums[currency + PER_TOKEN] += perToken
    sums[currency + PER_CONTEXT] += perContext * steps
    sums[currency + PER_CONTEXT_STEP] +=
      perContext * (steps * (before - this.#origin) + (steps * (steps + 1)) / 2)
  }

  join(request: number): void {
    this.#settle(request, -1)
  }

  leave(request: number): void {
    this.#settle(request, 1)
  }

  #settle(request: number, sign: number): void {
    const base = this.#requests.contextBase[request] + this.#origin
    const requests = this.#requests
    requests.shareS[request] += sign * this.#owed(SECONDS, base)
    requests.shareJ[request] += sign * this.#owed(JOULES, base)
    requests.shareG[request] += sign * this.#owed(GRAMS, base)
  }

  #owed(currency: number, base: number): number {
    const sums = this.#sums
    return (
      sums[currency + PER_TOKEN] + sums[currency + PER_CONTEXT] * base + sums[currency + PER_CONTEXT_STEP]
    )
  }

  isDue(step: number): boolean {
    return step - this.#origin >= SETTLE_AFTER_STEPS
  }

  /** Starts the totals anew at `step`; the caller makes every decode leave before and join after. */
  restart(step: number): void {
    this.#origin = step
    this.#sums.fill(0)
  }
}
