import { type Random, stream, uniformAt } from '../../core/random.ts'
import { BELOW_ONE } from '../mixture.ts'

/** The random numbers of one use of chance. */
export type Chance = (use: string) => Random

/** Streams of chance of their own for every use. */
export function streams(seed: string | number, name: string): Chance {
  return use => stream(seed, `${name}/${use}`)
}

/**
 * Chance whose numbers depend on `index`, a whole number below 2^53, and not on how many were drawn before: every
 * use gives one number below 1 for each index.
 */
export class Counted {
  index = 0
  readonly #seed: string | number
  readonly #name: string

  constructor(seed: string | number, name: string) {
    this.#seed = seed
    this.#name = name
  }

  /** For `of`, which wants one number of a use at each index. */
  readonly chance: Chance = use => {
    const key = Math.floor(stream(this.#seed, `${this.#name}/${use}`)() * 4294967296)
    return () => Math.min(uniformAt(key, this.index), BELOW_ONE)
  }
}
