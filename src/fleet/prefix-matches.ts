import type { PrefixHoldings } from '../replicas/prefix-holdings.ts'
import type { Replica } from '../replicas/replica.ts'
import type { RequestTable } from '../requests/table.ts'
import { HeldNotices } from './held-notices.ts'
import { OwedEvictions } from './owed-evictions.ts'
import { PrefixIndex } from './prefix-index.ts'
import type { RouterSetup } from './router-setup.ts'

/**
 * What the prefix caches of some replicas hold of a prompt, told by one index over them all. The answers are the
 * replicas' own: evictions that are owed by now are paid before anything is counted, where they can matter. A router that
 * is told late of its caches is answered as they were.
 */
export class PrefixMatches {
  readonly #members: readonly Replica[]
  readonly #requests: RequestTable
  readonly #index: PrefixIndex
  readonly #owed: OwedEvictions
  readonly #held: HeldNotices | undefined
  /** One of those that have a cache. */
  readonly #keeper: PrefixHoldings | undefined
  #request: number
  #isMatched = false
  /** Tokens of a prefix block of the prompt; 0 where the workload tells none, and then the hits that it gives. */
  #blockTokens = 0
  #givenTokens = 0
  /** 1 for members that have a cache. */
  readonly #keeps: Uint8Array

  /** @param request of which questions are at first */
  constructor(members: readonly Replica[], { calendar, requests, signals }: RouterSetup, request: number) {
    const { cache } = signals.spec
    this.#request = request
    this.#members = members
    this.#requests = requests
    this.#index = new PrefixIndex(members.length)
    this.#owed = new OwedEvictions(calendar, members)
    this.#keeps = Uint8Array.from(members, ({ prefixes }) => (prefixes === undefined ? 0 : 1))
    this.#keeper = members.find(({ prefixes }) => prefixes !== undefined)?.prefixes
    this.#held = cache && new HeldNotices(calendar, members, cache, this.#index)
    if (this.#held === undefined) this.#watch()
  }

  #watch(): void {
    this.#members.forEach(({ prefixes }, member) => {
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
    if (this.#blockTokens === 0 || this.#keeps[member] === 0) return this.#givenTokens
    if (!this.#index.isCurrent) this.#match()
    const blocks = this.#index.blocksOf(member)
    if (blocks === 0) return 0
    return this.#blockTokens * (this.#owed.mayOwe(member) ? this.#blocksPaid(member) : blocks)
  }

  /** Leading blocks left at a member that has paid what it owes. */
  #blocksPaid(member: number): number {
    this.#pay(member)
    if (!this.#index.isCurrent) this.#match()
    return this.#index.blocksOf(member)
  }

  #pay(member: number): void {
    if (this.#held === undefined) return this.#owed.pay(member)
    this.#held.pay(member)
    this.#held.release()
    this.#owed.paid(member)
  }

  #match(): void {
    const { hitTokens, inputTokens, notes } = this.#requests
    const { blocks } = notes
    const request = this.#request
    this.#isMatched = true
    this.#givenTokens = Math.min(hitTokens[request], inputTokens[request] - 1)
    this.#blockTokens = blocks.blockTokens(request)
    if (this.#keeper === undefined || this.#blockTokens === 0) return
    this.#held?.release()
    this.#index.match(blocks.idsOf(request), this.#keeper.wholeBlocks(request), blocks.startOf(request))
  }
}
