/**
 * The KV blocks of one replica, counted. Decodes grow in step, so what they need is arithmetic: a histogram of
 * their context modulo the block size, turned by the number of steps, says how many cross into a new block.
 */
export class KvCache {
  readonly blockTokens: number
  freeBlocks: number
  /** Decodes by (context - steps so far) modulo the block size. */
  readonly #residues: Int32Array
  #decodes = 0
  /** Steps so far modulo the block size. */
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

  /** Whether a decode needs a new block for the next step. */
  crossesNext(residue: number): boolean {
    return residue === (this.#phase === 0 ? 0 : this.blockTokens - this.#phase)
  }

  /** Blocks that the decodes need beyond those taken to run `steps` more steps. */
  neededFor(steps: number): number {
    const last = this.blockTokens - 1
    const cycles = Math.floor(steps / this.blockTokens)
    let blocks = cycles * this.#decodes
    let residue = this.#phase === 0 ? 0 : this.blockTokens - this.#phase
    for (let rest = steps - cycles * this.blockTokens; rest > 0; rest--) {
      blocks += this.#residues[residue]
      residue = residue === 0 ? last : residue - 1
    }
    return blocks
  }

  /** Takes the blocks of `steps` more steps; the caller has seen that they are free. */
  advance(steps: number): void {
    this.freeBlocks -= this.neededFor(steps)
    this.#phase = (this.#phase + steps) % this.blockTokens
  }

  /** Turns the histogram by one step whose blocks were taken one by one. */
  turn(): void {
    this.#phase = (this.#phase + 1) % this.blockTokens
  }

  /** The greatest number of steps, at most `limit`, whose blocks are free. */
  stepsThatFit(limit: number): number {
    const decodes = this.#decodes
    if (decodes === 0 || decodes * (limit / this.blockTokens + 1) <= this.freeBlocks) return limit
    const cycles = Math.floor(this.freeBlocks / decodes)
    let steps = cycles * this.blockTokens
    let left = this.freeBlocks - cycles * decodes
    let residue = this.#phase === 0 ? 0 : this.blockTokens - this.#phase
    while (steps < limit && this.#residues[residue] <= left) {
      left -= this.#residues[residue]
      residue = residue === 0 ? this.blockTokens - 1 : residue - 1
      steps++
    }
    return Math.min(steps, limit)
  }
}
