import { Ring } from '../core/ring.ts'
import { TIERS, type Tier } from './contract.ts'

const NONE = -1

/** A class of requests and those of it that are held, in order of coming. */
interface Line {
  readonly ring: Ring
  /** The lowest goes first. */
  readonly rank: number
  readonly timeToLiveS: number
  /** Whether the first of them has been told to wait: nobody behind it is asked about. */
  isBlocked: boolean
}

/**
 * Requests that a gateway holds, by class: the highest tier goes first, of equal tiers who came first. One of which the
 * policy says `WAIT` keeps those of its class waiting behind it, and no others.
 */
export class WaitingRoom {
  length = 0
  readonly #lines: readonly Line[]
  /** When a request came in, and its place among all that did. */
  readonly #sinceS: (request: number) => number
  readonly #ticket: (request: number) => number

  /** @param tiers of the classes */
  constructor(
    tiers: readonly Tier[],
    timeToLiveS: Readonly<Partial<Record<Tier, number>>>,
    sinceS: (request: number) => number,
    ticket: (request: number) => number,
  ) {
    this.#lines = tiers.map(tier => ({
      ring: new Ring(),
      rank: TIERS.indexOf(tier),
      timeToLiveS: timeToLiveS[tier] ?? Number.POSITIVE_INFINITY,
      isBlocked: false,
    }))
    this.#sinceS = sinceS
    this.#ticket = ticket
  }

  push(request: number, classId: number): void {
    this.#lines[classId].ring.push(request)
    this.length++
  }

  /** Who is to be asked about next of those with a ticket below `end`, or -1 where all of them have been told to wait. */
  first(end = Number.POSITIVE_INFINITY): number {
    let first = NONE
    let rank = Number.POSITIVE_INFINITY
    for (const line of this.#lines) {
      if (line.isBlocked || line.ring.length === 0 || line.rank > rank) continue
      const request = line.ring.at(0)
      if (this.#ticket(request) >= end) continue
      if (line.rank === rank && this.#ticket(request) > this.#ticket(first)) continue
      first = request
      rank = line.rank
    }
    return first
  }

  /** Takes away the first of a class. */
  take(classId: number): void {
    this.#lines[classId].ring.shift()
    this.length--
  }

  /** Takes in again, as the first of its class, one that was taken. */
  putBack(request: number, classId: number): void {
    this.#lines[classId].ring.unshift(request)
    this.length++
  }

  /** Takes away one that is given up, wherever it stands. */
  remove(request: number, classId: number): void {
    const line = this.#lines[classId]
    if (line.ring.at(0) === request) line.isBlocked = false
    if (line.ring.remove(request)) this.length--
  }

  block(classId: number): void {
    this.#lines[classId].isBlocked = true
  }

  /** Something has changed: all may be asked about again. */
  unblock(): void {
    for (const line of this.#lines) line.isBlocked = false
  }

  /** When the next is held too long; Infinity where none will be. */
  get expiryS(): number {
    let soonestS = Number.POSITIVE_INFINITY
    for (const line of this.#lines) soonestS = Math.min(soonestS, this.#expiryOf(line))
    return soonestS
  }

  /** Takes away one that has been held too long by now, or answers -1. */
  takeExpired(nowS: number): number {
    for (const line of this.#lines) {
      if (this.#expiryOf(line) > nowS) continue
      this.length--
      line.isBlocked = false
      return line.ring.shift()
    }
    return NONE
  }

  #expiryOf({ ring, timeToLiveS }: Line): number {
    return ring.length === 0 ? Number.POSITIVE_INFINITY : this.#sinceS(ring.at(0)) + timeToLiveS
  }
}
