import type { ArrivalBlock, ArrivalSource } from '../src/arrivals/contract.ts'
import { stream } from '../src/core/random.ts'

/** Prompt tokens of a block, as in Mooncake's traces. */
export const SHARED_BLOCK_TOKENS = 512

/** Earlier prompts that one may go on from, and how often one does. */
const REMEMBERED = 4096
const GOES_ON = 0.645
/** Blocks of a prompt that are remembered. */
const MOST_BLOCKS = 32

/**
 * The same requests with prefix blocks shared as in Mooncake's conversation trace: the first block is a system prompt
 * that all have; some go on from an earlier prompt, drawn evenly from the last thousands; so about 37 % of prompt
 * tokens have been seen before.
 */
export function sharing(arrivals: () => ArrivalSource): () => ArrivalSource {
  return () => {
    const source = arrivals()
    const memory = new Prompts()
    return {
      ...source,
      async fill(block: ArrivalBlock) {
        await source.fill(block)
        const details = block.detailed()
        for (let row = 0; row < block.length; row++) {
          details.begin(row)
          memory.next(Math.floor(block.inputTokens[row] / SHARED_BLOCK_TOKENS))
          details.setBlocks(row, SHARED_BLOCK_TOKENS, memory.blocks, memory.from, memory.end)
        }
      },
    }
  }
}

/** Lists of blocks, some of them longer versions of earlier ones. */
class Prompts {
  readonly #random = stream('bench', 'sharing')
  readonly blocks = new Int32Array(REMEMBERED * MOST_BLOCKS)
  /** Where those of the last prompt begin and end. */
  from = 0
  end = 0
  readonly #lengths = new Int32Array(REMEMBERED)
  #count = 0
  #nextId = 1

  next(length: number): void {
    const own = Math.min(length, MOST_BLOCKS)
    const place = this.#count % REMEMBERED
    const known = Math.min(this.#count++, REMEMBERED)
    const goesOn = known > 0 && this.#random() < GOES_ON
    const from = goesOn ? Math.floor(this.#random() * known) : place
    const shared = goesOn ? Math.min(own, this.#lengths[from]) : 0
    const at = place * MOST_BLOCKS
    for (let i = 0; i < shared; i++) this.blocks[at + i] = this.blocks[from * MOST_BLOCKS + i]
    for (let i = shared; i < own; i++) this.blocks[at + i] = i === 0 ? 0 : this.#nextId++
    this.#lengths[place] = own
    this.from = at
    this.end = at + own
  }
}
