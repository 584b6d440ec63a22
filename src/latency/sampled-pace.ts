import { uniformAt } from '../core/random.ts'
import type { Pace } from './contract.ts'
import { firstReaching } from './pace.ts'

const BLOCK_STEPS = 1024
/** Blocks that are kept whole; a power of two. */
const KEPT = 16

/**
 * Every step draws how many draft tokens are accepted, from its place in the stream of `key` alone.
 *
 * @param key 32 bits; another key gives other draws
 * @param chances that at least 1, 2, ... are accepted, never rising
 */
export function sampledPace(key: number, chances: readonly number[]): Pace {
  return new SampledPace(key, chances)
}

/**
 * Of the whole past it keeps what was emitted at the beginning of every block of steps; the steps of a block are drawn
 * again when they are asked for and have made room for others.
 */
class SampledPace implements Pace {
  readonly #key: number
  readonly #chances: readonly number[]
  /** `tokensBy` and `sumBy` where each block begins that is known, the first of them unwritten included. */
  #tokensAt = new Float64Array(64)
  #sumAt = new Float64Array(64)
  #known = 1
  readonly #kept: (Block | undefined)[] = new Array(KEPT).fill(undefined)

  constructor(key: number, chances: readonly number[]) {
    this.#key = key
    this.#chances = chances
  }

  ofReplica(replica: number): Pace {
    return new SampledPace(Math.floor(uniformAt(this.#key, replica) * 2 ** 32), this.#chances)
  }

  tokensBy(step: number): number {
    const block = Math.floor(step / BLOCK_STEPS)
    return this.#block(block).tokensBy[step - block * BLOCK_STEPS]
  }

  sumBy(step: number): number {
    const block = Math.floor(step / BLOCK_STEPS)
    return this.#block(block).sumBy[step - block * BLOCK_STEPS]
  }

  stepFor(tokens: number): number {
    if (tokens <= 0) return 0
    while (this.#tokensAt[this.#known - 1] < tokens) this.#block(this.#known - 1)
    const block = firstReaching(this.#tokensAt, tokens, 1, this.#known - 1) - 1
    return block * BLOCK_STEPS + firstReaching(this.#block(block).tokensBy, tokens, 1, BLOCK_STEPS)
  }

  #block(index: number): Block {
    const place = index & (KEPT - 1)
    const kept = this.#kept[place]
    if (kept?.index === index) return kept
    while (this.#known <= index) this.#block(this.#known - 1)
    const block = this.#kept[place] ?? new Block()
    this.#kept[place] = block
    return this.#fill(block, index)
  }

  #fill(block: Block, index: number): Block {
    const { tokensBy, sumBy } = block
    block.index = index
    tokensBy[0] = this.#tokensAt[index]
    sumBy[0] = this.#sumAt[index]
    for (let step = 0; step < BLOCK_STEPS; step++) {
      tokensBy[step + 1] = tokensBy[step] + this.#emitted(index * BLOCK_STEPS + step)
      sumBy[step + 1] = sumBy[step] + tokensBy[step]
    }
    if (index + 1 === this.#known) this.#learn(tokensBy[BLOCK_STEPS], sumBy[BLOCK_STEPS])
    return block
  }

  #emitted(step: number): number {
    const uniform = uniformAt(this.#key, step)
    let accepted = 0
    while (accepted < this.#chances.length && uniform < this.#chances[accepted]) accepted++
    return 1 + accepted
  }

  /** Where the block behind the last one begins. */
  #learn(tokens: number, sum: number): void {
    if (this.#known === this.#tokensAt.length) {
      this.#tokensAt = doubled(this.#tokensAt)
      this.#sumAt = doubled(this.#sumAt)
    }
    this.#tokensAt[this.#known] = tokens
    this.#sumAt[this.#known++] = sum
  }
}

/** What was emitted by each step of a block, its end included. */
class Block {
  index = -1
  readonly tokensBy = new Float64Array(BLOCK_STEPS + 1)
  readonly sumBy = new Float64Array(BLOCK_STEPS + 1)
}

function doubled(values: Float64Array) {
  const grown = new Float64Array(2 * values.length)
  grown.set(values)
  return grown
}
