import type { PrefixHoldings } from '../replicas/prefix-holdings.ts'
import type { Replica } from '../replicas/replica.ts'
import type { RequestTable } from '../requests/table.ts'
import { PrefixIndex } from './prefix-index.ts'

/**
 * What the prefix caches of some replicas hold of a prompt, told by one index over them all. The answers are the
 * replicas' own: evictions that are owed by now are paid before anything is counted, where they can matter.
 */
export class PrefixMatches {
  readonly #members: readonly Replica[]
  readonly #requests: RequestTable
  readonly #index: PrefixIndex
  /** One of those that have a cache. */
  readonly #keeper: PrefixHoldings | undefined
  #request: number
  #isMatched = false
  #blockTokens = 0

  /** @param request of which questions are at first */
  constructor(members: readonly Replica[], requests: RequestTable, request: number) {
    this.#request = request
    this.#members = members
    this.#requests = requests
    this.#index = new PrefixIndex(members.length, member => members[member].settlePrefixes())
    this.#keeper = members.find(({ prefixes }) => prefixes !== undefined)?.prefixes
    members.forEach(({ prefixes }, member) => {
      prefixes?.watch({
        came: id => this.#index.add(id, member),
        went: id => this.#index.remove(id, member),
      })
    })
  }

  /** Questions are of this request from now on, and of this instant. */
  turnTo(request: number): void {
    this.#request = request
    this.#isMatched = false
  }

  /** Tokens of its prompt that the member's cache holds. */
  tokensOf(member: number): number {
    if (!this.#isMatched) this.#match()
    if (this.#blockTokens > 0 && this.#members[member].prefixes !== undefined)
      return this.#index.blocksOf(member) * this.#blockTokens
    return this.#members[member].prefixHitTokens(this.#request)
  }

  #match(): void {
    const { blocks } = this.#requests.notes
    const request = this.#request
    this.#isMatched = true
    this.#blockTokens = blocks.blockTokens(request)
    if (this.#keeper === undefined || this.#blockTokens === 0) return
    this.#index.match(blocks.idsOf(request), this.#keeper.wholeBlocks(request), blocks.startOf(request))
  }
}
