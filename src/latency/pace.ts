import type { Pace } from './contract.ts'

/** Tokens per step are kept to so many parts of one. */
const PARTS = 10_000

/**
 * Every decode emits `tokensPerStep` tokens a step on average, as evenly as whole tokens can: `floor(steps * e)`, e to
 * four decimals.
 *
 * Throws a RangeError below 1, for a step emits a token at least.
 */
export function expectedPace(tokensPerStep: number): Pace {
  const tokens = Math.round(tokensPerStep * PARTS)
  if (!(tokens >= PARTS && tokens < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`tokensPerStep ${tokensPerStep} is not 1 or above`)
  }
  const period = PARTS / commonDivisor(tokens, PARTS)
  return new PeriodicPace(period, step => Math.floor((step * tokens) / PARTS))
}

/**
 * Steps emit one token and as many as were accepted in the step of a trace, which begins again when it ends.
 *
 * Throws a RangeError where a count is no whole number, or there is none.
 */
export function tracedPace(acceptedTokens: readonly number[]): Pace {
  const bad = acceptedTokens.find(count => !(Number.isSafeInteger(count) && count >= 0))
  if (bad !== undefined) throw new RangeError(`accepted ${bad} is not a whole number of tokens`)
  if (acceptedTokens.length === 0) throw new RangeError('a trace of accepted tokens needs a step')
  let tokens = 0
  const emitted = [0, ...acceptedTokens.map(count => (tokens += 1 + count))]
  return new PeriodicPace(acceptedTokens.length, step => emitted[step])
}

/** A pace that repeats, known by the steps of one period: each answer is a multiple of it and a look into a table. */
class PeriodicPace implements Pace {
  readonly #period: number
  readonly #periodTokens: number
  /** `tokensBy` and `sumBy` of the first period, its end included. */
  readonly #tokensBy: Float64Array
  readonly #sumBy: Float64Array

  constructor(period: number, tokensBy: (step: number) => number) {
    this.#period = period
    this.#tokensBy = Float64Array.from({ length: period + 1 }, (_, step) => tokensBy(step))
    this.#sumBy = new Float64Array(period + 1)
    for (let step = 0; step < period; step++) this.#sumBy[step + 1] = this.#sumBy[step] + this.#tokensBy[step]
    this.#periodTokens = this.#tokensBy[period]
  }

  tokensBy(step: number): number {
    const periods = Math.floor(step / this.#period)
    return periods * this.#periodTokens + this.#tokensBy[step - periods * this.#period]
  }

  sumBy(step: number): number {
    const periods = Math.floor(step / this.#period)
    const rest = step - periods * this.#period
    const stepsBefore = this.#period * ((periods * (periods - 1)) / 2) + periods * rest
    return this.#periodTokens * stepsBefore + periods * this.#sumBy[this.#period] + this.#sumBy[rest]
  }

  stepFor(tokens: number): number {
    if (tokens <= 0) return 0
    const periods = Math.ceil(tokens / this.#periodTokens) - 1
    const rest = tokens - periods * this.#periodTokens
    return periods * this.#period + firstReaching(this.#tokensBy, rest, 1, this.#period)
  }
}

/** The first place from `low` on whose value, never falling, is at least `value`; `high` is known to be one. */
export function firstReaching(values: Float64Array, value: number, low: number, high: number): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = (from + to) >>> 1
    if (values[middle] >= value) to = middle
    else from = middle + 1
  }
  return from
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
