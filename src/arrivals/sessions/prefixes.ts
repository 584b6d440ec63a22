import { UserError } from '../../core/errors.ts'
import { stream, uniformAt } from '../../core/random.ts'
import { atLeast, within } from '../bounds.ts'
import { zipfShares } from '../generators/labels.ts'
import { type LengthAt, type LengthSpec, lengthAt } from '../lengths.ts'
import { BELOW_ONE, placeOf, runningShares } from '../mixture.ts'

/**
 * Beginnings of prompts that sessions share: a tree whose first level is, say, system prompts and whose second the
 * documents or examples behind each of them.
 */
export interface PrefixSpec {
  readonly levels: readonly PrefixLevel[]
  /** Every tenant has a tree of its own. */
  readonly byTenant: boolean
}

export interface PrefixLevel {
  /** Below each node of the level before. */
  readonly nodes: number
  /** The n-th node is taken n^-zipf times as often as the first. */
  readonly zipf: number
  /** Of each node, the same whenever it is taken. */
  readonly tokens: LengthSpec
}

/** Ids of blocks, in the order in which they are first listed. */
export class BlockIds {
  #next = 0

  /** The first of so many new ids in a row. */
  take(count: number): number {
    const first = this.#next
    this.#next += count
    if (this.#next <= 2 ** 31) return first
    throw new UserError('prompts have more than 2^31 different blocks; must be fewer, or larger blocks')
  }
}

const MOST_NODES = 2 ** 40

/** The tree of shared prefixes. Its memory grows with the nodes that have been taken. */
export class Prefixes {
  /** Tokens of the prefix taken last. */
  tokens = 0
  /** Ids of its whole blocks. */
  readonly blocks: number[] = []
  readonly #levels: readonly Level[]
  readonly #byTenant: boolean
  readonly #blockTokens: number | undefined
  readonly #ids: BlockIds

  constructor(
    spec: PrefixSpec,
    blockTokens: number | undefined,
    ids: BlockIds,
    seed: string | number,
    name: string,
  ) {
    this.#levels = spec.levels.map((level, depth) => new Level(level, seed, `${name}/prefix ${depth + 1}`))
    const leaves = this.#levels.reduce((product, { nodes }) => product * nodes, 1)
    within('nodes of the last level', leaves, 1, MOST_NODES)
    this.#byTenant = spec.byTenant
    this.#blockTokens = blockTokens
    this.#ids = ids
  }

  /** Takes the prefix of a session. */
  take(session: number, tenantId: number): void {
    this.tokens = 0
    this.blocks.length = 0
    let node = this.#byTenant ? tenantId + 1 : 0
    for (const level of this.#levels) {
      node = level.below(node, session)
      this.tokens += level.tokens(node)
      if (this.#blockTokens !== undefined) this.#list(level, node, this.#blockTokens)
    }
  }

  /** Appends the blocks that the node fills up; their beginning may lie in the nodes before it. */
  #list(level: Level, node: number, blockTokens: number): void {
    const count = Math.floor(this.tokens / blockTokens) - this.blocks.length
    let first = level.firstBlock.get(node)
    if (first === undefined) {
      first = this.#ids.take(count)
      level.firstBlock.set(node, first)
    }
    for (let i = 0; i < count; i++) this.blocks.push(first + i)
  }
}

class Level {
  readonly nodes: number
  /** Id of the first block of each node taken so far. */
  readonly firstBlock = new Map<number, number>()
  readonly #ends: Float64Array
  readonly #tokensAt: LengthAt
  readonly #pickKey: number
  readonly #tokensKey: number

  constructor({ nodes, zipf, tokens }: PrefixLevel, seed: string | number, name: string) {
    this.nodes = Math.round(within('nodes', nodes, 1, 1e6))
    this.#ends = runningShares([...zipfShares(this.nodes, atLeast('zipf', zipf, 0))])
    this.#tokensAt = lengthAt(tokens)
    this.#pickKey = Math.floor(stream(seed, `${name}/pick`)() * 4294967296)
    this.#tokensKey = Math.floor(stream(seed, `${name}/tokens`)() * 4294967296)
  }

  /** The node that the session takes below the one of the level before. */
  below(node: number, session: number): number {
    return node * this.nodes + placeOf(this.#ends, uniformAt(this.#pickKey, session))
  }

  tokens(node: number): number {
    return this.#tokensAt(Math.min(uniformAt(this.#tokensKey, node), BELOW_ONE))
  }
}
