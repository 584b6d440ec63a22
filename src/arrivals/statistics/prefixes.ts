import type { Details } from '../details.ts'
import { type Distribution, type Summary, summaryOf } from './distribution.ts'
import { fitting, Numbering } from './numbering.ts'
import { Reals } from './reals.ts'
import { StackDistances } from './stack-distance.ts'
import { WholeNumbers } from './whole-numbers.ts'

/** Sizes in blocks of the LRU caches whose hit ratios are given. */
export const CACHE_BLOCKS = [1_000, 3_000, 10_000, 30_000, 50_000, 100_000] as const

const MOST_USED = 8

/** How prompts share prefixes, and what caches of one instance would make of it. */
export interface PrefixStatistics {
  /** Sizes of blocks in tokens. */
  readonly blockTokens: readonly number[]
  /** Requests that list blocks. */
  readonly requests: number
  /** Blocks that requests name, and different ones among them. */
  readonly uses: number
  readonly blocks: number
  /** Share of all prompt tokens that a cache without bound holds when their request comes. */
  readonly tokenHitRatio: number
  /** Share of the uses whose block came in an earlier request. */
  readonly blockHitRatio: number
  /** Share of all requests with a hit. */
  readonly requestHitRatio: number
  /** Share of its prompt that a request finds in a cache without bound, over all requests. */
  readonly perRequest: Summary
  /** Share of the uses that hit in an LRU cache of so many blocks. */
  readonly lru: readonly { readonly cacheBlocks: number; readonly blockHitRatio: number }[]
  /** Different other blocks used between two uses of one block. */
  readonly stackDistance: Summary
  /** Seconds between two uses of one block. */
  readonly reuseGapS: Summary
  /** Uses of the most used blocks. */
  readonly mostUsed: readonly number[]
  /** Share of the blocks that come once. */
  readonly usedOnce: number
}

/** How prompts divide in a cache without bound, in tokens of the requests that list blocks. */
export interface PrefixLengths {
  readonly hitTokens: Distribution
  readonly missTokens: Distribution
}

/** Replays prefix blocks through caches. Memory: about 60 bytes for each different block. */
export class PrefixReuse {
  readonly #numbering = new Numbering()
  readonly #distances = new StackDistances()
  readonly #distance = new WholeNumbers()
  readonly #gapS = new Reals()
  readonly #hitShare = new Reals()
  readonly #blockTokens = new Set<number>()
  #uses = new Int32Array(1024)
  #lastS = new Float64Array(1024)
  #requests = 0
  #allUses = 0
  readonly #hits = new WholeNumbers()
  readonly #misses = new WholeNumbers()
  #hitTokens = 0
  #hitRequests = 0

  /** Takes the blocks of a row, which may have none. */
  add(details: Details, row: number, arrivalS: number, inputTokens: number): void {
    const blockTokens = details.blockTokens[row]
    if (blockTokens === 0) return
    const from = details.blocksFrom[row]
    const end = details.blocksFrom[row + 1]
    this.#blockTokens.add(blockTokens)
    this.#requests++
    const known = this.#numbering.size
    let run = 0
    for (let i = from; i < end; i++) {
      const block = this.#numbering.of(details.blockIds[i])
      if (run === i - from && block < known) run++
      this.#use(block, arrivalS)
    }
    const hitTokens = Math.min(run * blockTokens, inputTokens)
    this.#hitTokens += hitTokens
    if (hitTokens > 0) this.#hitRequests++
    this.#hitShare.add(hitTokens / inputTokens)
    this.#hits.add(hitTokens)
    this.#misses.add(inputTokens - hitTokens)
  }

  lengths(): PrefixLengths {
    return { hitTokens: this.#hits.distribution(), missTokens: this.#misses.distribution() }
  }

  /**
   * Undefined where no request lists blocks.
   *
   * @param requests of the whole trace
   * @param inputTokens of the whole trace
   */
  statistics(requests: number, inputTokens: number): PrefixStatistics | undefined {
    if (this.#requests === 0) return undefined
    const blocks = this.#numbering.size
    const uses = this.#uses.subarray(0, blocks)
    if (requests > this.#requests) this.#hitShare.add(0, requests - this.#requests)
    const distance = this.#distance.distribution()
    return {
      blockTokens: [...this.#blockTokens].sort((a, b) => a - b),
      requests: this.#requests,
      uses: this.#allUses,
      blocks,
      tokenHitRatio: this.#hitTokens / inputTokens,
      blockHitRatio: (this.#allUses - blocks) / this.#allUses,
      requestHitRatio: this.#hitRequests / requests,
      perRequest: summaryOf(this.#hitShare.distribution()),
      lru: CACHE_BLOCKS.map(cacheBlocks => ({
        cacheBlocks,
        blockHitRatio: below(distance, cacheBlocks) / this.#allUses,
      })),
      stackDistance: summaryOf(distance),
      reuseGapS: summaryOf(this.#gapS.distribution()),
      mostUsed: Array.from(uses.slice().sort().subarray(-MOST_USED)).reverse(),
      usedOnce: uses.reduce((once, count) => once + (count === 1 ? 1 : 0), 0) / blocks,
    }
  }

  #use(block: number, arrivalS: number): void {
    this.#allUses++
    this.#uses = fitting(this.#uses, block)
    this.#lastS = fitting(this.#lastS, block)
    const distance = this.#distances.use(block)
    if (distance >= 0) {
      this.#distance.add(distance)
      this.#gapS.add(arrivalS - this.#lastS[block])
    }
    this.#uses[block]++
    this.#lastS[block] = arrivalS
  }
}

/** Count of the values below a bound. */
function below({ values, counts }: Distribution, bound: number): number {
  let sum = 0
  for (let i = 0; i < values.length && values[i] < bound; i++) sum += counts[i]
  return sum
}
