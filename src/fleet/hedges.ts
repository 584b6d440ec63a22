import type { Account } from '../gateway/account.ts'
import { BEATEN, SENT, type Tries } from '../gateway/tries.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Fleet } from './fleet.ts'

const NOBODY = -1

/** Requests that are tried at two replicas at once: the first to answer is kept, the other is beaten. */
export class Hedges {
  /** To be given up among the decisions of this instant. */
  readonly beaten: number[] = []
  readonly #requests: RequestTable
  readonly #fleet: Fleet
  readonly #tries: Tries
  readonly #account: Account

  constructor(requests: RequestTable, fleet: Fleet, tries: Tries, account: Account) {
    this.#requests = requests
    this.#fleet = fleet
    this.#tries = tries
    this.#account = account
  }

  /** A second attempt at a request that is at a replica, at none yet. */
  copyOf(request: number): number {
    const copy = this.#requests.copyOf(request)
    this.#tries.clear(copy)
    return copy
  }

  /** The copy is sent. */
  pair(request: number, copy: number): void {
    this.#account.hedges++
    this.#tries.twin.set(copy, request)
    this.#tries.twin.set(request, copy)
  }

  /** The first token of an attempt is out. @returns whether that beats another one */
  answered(request: number): boolean {
    const { attempt, state } = this.#tries
    const other = this.#tries.twin.at(request)
    if (other === NOBODY || state.at(request) !== SENT) return false
    // The copy is the one with the later attempt.
    if (attempt.at(request) > attempt.at(other)) {
      this.#account.hedgesWon++
      this.#inherit(request, other)
    }
    this.part(request)
    state.set(other, BEATEN)
    this.beaten.push(other)
    return true
  }

  /** The attempts at a request are no longer two. @returns the other one, or -1 */
  part(request: number): number {
    const { twin } = this.#tries
    const other = twin.at(request)
    if (other === NOBODY) return NOBODY
    twin.clear(request)
    twin.clear(other)
    return other
  }

  /** An attempt has ended that is of no use: what it had of its replica is nobody's, and its slot may be used again. */
  lose(request: number): void {
    const { shareS, shareJ, shareG, replica, journeys } = this.#requests
    const { earlierS, earlierUsd } = journeys
    const account = this.#account
    const place = this.beaten.indexOf(request)
    if (place >= 0) this.beaten.splice(place, 1)
    account.lostS += shareS[request]
    account.lostJ += shareJ[request]
    account.lostG += shareG[request]
    const lastS = shareS[request] - earlierS.at(request)
    account.lostUsd += earlierUsd.at(request) + lastS * this.#usdPerS(replica[request])
    this.forget(request)
  }

  forget(request: number): void {
    this.#tries.clear(request)
    this.#fleet.forget(request)
  }

  /** Notes what an attempt that has failed had of its replica, at that replica's price: it stays with the request. */
  settle(request: number): void {
    const { shareS, shareJ, shareG, replica, journeys } = this.#requests
    if (replica[request] < 0) return
    const { earlierS, earlierUsd, earlierJ, earlierG } = journeys
    const lastS = shareS[request] - earlierS.at(request)
    earlierUsd.set(request, earlierUsd.at(request) + lastS * this.#usdPerS(replica[request]))
    earlierS.set(request, shareS[request])
    earlierJ.set(request, shareJ[request])
    earlierG.set(request, shareG[request])
  }

  /** What earlier tries took goes with the attempt that answers. */
  #inherit(heir: number, from: number): void {
    const { shareS, shareJ, shareG, journeys } = this.#requests
    const shares = [
      { share: shareS, earlier: journeys.earlierS },
      { share: shareJ, earlier: journeys.earlierJ },
      { share: shareG, earlier: journeys.earlierG },
    ]
    for (const { share, earlier } of shares) {
      const amount = earlier.at(from)
      share[from] -= amount
      share[heir] += amount
      earlier.set(heir, amount)
      earlier.clear(from)
    }
    journeys.earlierUsd.set(heir, journeys.earlierUsd.at(from))
    journeys.earlierUsd.clear(from)
  }

  #usdPerS(replica: number): number {
    return this.#fleet.replicas[replica].kind.usdPerHour / 3600
  }
}
