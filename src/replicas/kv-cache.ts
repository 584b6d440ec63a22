/** The KV blocks of one replica, counted: all that a batch asks of them. */
export interface KvBlocks {
  readonly blockTokens: number
  freeBlocks: number
  blocksFor(tokens: number): number
  join(contextTokens: number): number
  leave(residue: number): void
  blocksNext(residue: number, tokens: number): number
  neededFor(tokens: number): number
  advance(tokens: number): void
  turn(tokens: number): void
  tokensThatFit(limit: number, sparedBlocks?: number): number
}

/**
 * Blocks that are taken as contexts grow. Decodes grow alike, so what they need is arithmetic: a histogram of
 * their context modulo the block size, turned by the tokens that each has gained, says how many cross into a new
 * block.
 */
export class KvCache implements KvBlocks {
  readonly blockTokens: number
  freeBlocks: number
  /** Decodes by (context - tokens gained so far) modulo the block size. */
  readonly #residues: Int32Array
  #decodes = 0
  /** Tokens gained so far by every decode, modulo the block size. */
  #phase = 0

  constructor(capacityBlocks: number, blockTokens: number) {
    this.blockTokens = blockTokens
    this.freeBlocks = capacityBlocks
    this.#residues = new Int32Array(blockTokens)
  }

  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.blockTokens)
  }

  /** A request with this context, whose blocks are taken already, begins to decode. @returns its residue */
  join(contextTokens: number): number {
    const residue = (contextTokens - this.#phase + this.blockTokens) % this.blockTokens
    this.#residues[residue]++
    this.#decodes++
    return residue
  }

  /** The request no longer decodes; its blocks are given back by `freeBlocks`. */
  leave(residue: number): void {
    this.#residues[residue]--
    this.#decodes--
  }

  /** New blocks that a decode needs for its next tokens. */
  blocksNext(residue: number, tokens: number): number {
    const { blockTokens } = this
    const inLast = (residue + this.#phase + blockTokens - 1) % blockTokens
    return Math.floor((inLast + tokens) / blockTokens)
  }

  /** Blocks that the decodes need beyond those taken to gain `tokens` more tokens each. */
  neededFor(tokens: number): number {
    const last = this.blockTokens - 1
    const cycles = Math.floor(tokens / this.blockTokens)
    let blocks = cycles * this.#decodes
    let residue = this.#phase === 0 ? 0 : this.blockTokens - this.#phase
    for (let rest = tokens - cycles * this.blockTokens; rest > 0; rest--) {
      blocks += this.#residues[residue]
      residue = residue === 0 ? last : residue - 1
    }
    return blocks
  }

  /** Takes the blocks of `tokens` more tokens; the caller has seen that they are free. */
  advance(tokens: number): void {
    this.freeBlocks -= this.neededFor(tokens)
    this.#phase = (this.#phase + tokens) % this.blockTokens
  }

  /** Turns the histogram by tokens whose blocks were taken one by one. */
  turn(tokens: number): void {
    this.#phase = (this.#phase + tokens) % this.blockTokens
  }

  /** The greatest number of tokens for every decode, at most `limit`, whose blocks are free but for those spared. */
  tokensThatFit(limit: number, sparedBlocks = 0): number {
    const decodes = this.#decodes
    const blocks = this.freeBlocks - sparedBlocks
    if (decodes === 0 || decodes * (limit / this.blockTokens + 1) <= blocks) return limit
    const cycles = Math.floor(blocks / decodes)
    let tokens = cycles * this.blockTokens
    let left = blocks - cycles * decodes
    let residue = this.#phase === 0 ? 0 : this.blockTokens - this.#phase
    while (tokens < limit && this.#residues[residue] <= left) {
      left -= this.#residues[residue]
      residue = residue === 0 ? this.blockTokens - 1 : residue - 1
      tokens++
    }
    return Math.min(tokens, limit)
  }
}
