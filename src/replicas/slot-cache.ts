import type { KvBlocks } from './kv-cache.ts'

/**
 * The KV of a replica whose stack has no paging: every request gets a slot of the same blocks at admission and keeps
 * it to its end, so decodes need nothing more. The same face as `KvCache`.
 */
export class SlotCache implements KvBlocks {
  readonly blockTokens: number
  freeBlocks: number
  readonly #slotBlocks: number

  constructor(capacityBlocks: number, blockTokens: number, slotTokens: number) {
    this.blockTokens = blockTokens
    this.#slotBlocks = Math.ceil(slotTokens / blockTokens)
    // What is left over after whole slots serves nobody.
    this.freeBlocks = capacityBlocks - (capacityBlocks % this.#slotBlocks)
  }

  blocksFor(tokens: number): number {
    return tokens > 0 ? this.#slotBlocks : 0
  }

  join(): number {
    return 0
  }

  leave(): void {}

  blocksNext(): number {
    return 0
  }

  neededFor(): number {
    return 0
  }

  advance(): void {}

  turn(): void {}

  tokensThatFit(limit: number): number {
    return limit
  }
}
