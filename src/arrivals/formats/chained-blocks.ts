import { within } from '../bounds.ts'

/**
 * Numbers the full blocks of prompts given as token ids: equal numbers for equal blocks behind equal blocks. Blocks are
 * told apart by a hash of 53 bits over all tokens up to their end; two of a million different ones share it with a
 * chance of 1 in 10,000.
 */
export class ChainedBlocks {
  readonly #blockTokens: number
  readonly #numbers = new Map<number, number>()

  /** Throws a UserError unless `blockTokens` is at least 1. */
  constructor(blockTokens: number) {
    this.#blockTokens = within('blockTokens', blockTokens, 1, 2 ** 31 - 1)
  }

  of(ids: readonly number[]): Int32Array {
    const numbers = new Int32Array(Math.floor(ids.length / this.#blockTokens))
    let high = 0x811c9dc5
    let low = 0x9747b28c
    for (let block = 0, at = 0; block < numbers.length; block++) {
      for (const end = at + this.#blockTokens; at < end; at++) {
        high = mixed(high + Math.imul(ids[at], 0x9e3779b1))
        low = mixed(low ^ ids[at])
      }
      numbers[block] = this.#numberOf((high & 0x1fffff) * 4294967296 + (low >>> 0))
    }
    return numbers
  }

  #numberOf(hash: number): number {
    const known = this.#numbers.get(hash)
    if (known !== undefined) return known
    this.#numbers.set(hash, this.#numbers.size)
    return this.#numbers.size - 1
  }
}

/** The finaliser of MurmurHash3. */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
