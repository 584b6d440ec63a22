import { within } from '../bounds.ts'

/** Ids for the full blocks of prefixes that are known by a name and a length. */
export class PrefixGroups {
  readonly blockTokens: number
  readonly #groups = new Map<string, number[]>()
  #ids = 0

  /** Throws a UserError unless `blockTokens` is at least 1. */
  constructor(blockTokens: number) {
    this.blockTokens = within('blockTokens', blockTokens, 1, 2 ** 31 - 1)
  }

  /** A longer prefix of a group begins as a shorter one does. */
  blocksOf(group: string, tokens: number): readonly number[] {
    const blocks = Math.floor(tokens / this.blockTokens)
    const ids = this.#groups.get(group) ?? []
    this.#groups.set(group, ids)
    while (ids.length < blocks) ids.push(this.#ids++)
    return ids.slice(0, blocks)
  }
}
