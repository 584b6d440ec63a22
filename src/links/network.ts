import { type Calendar, ENDS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import type { LinkFigures, NetworkSpec, TransferBooks, Way } from './contract.ts'
import { DueHeap } from './due-heap.ts'
import { Occupancy } from './occupancy.ts'
import { Topology } from './topology.ts'
import { Traffic } from './traffic.ts'
import { Transfers } from './transfers.ts'

/**
 * Moves KV between replicas. A transfer waits for the latency of its links, and is then on all of them at once. Each
 * link is shared evenly by those on it, and a transfer runs at the least of its shares: what it leaves of another
 * link nobody takes up. A rate changes only where a transfer enters or leaves one of its links and only there are the
 * bytes that are left settled. What is due at one instant is done in order of sending.
 *
 * The actor's slot is the first instant at which a transfer can land. Those that enter do so as of their own instants,
 * before anything lands or is read.
 */
export class Network implements Actor {
  readonly topology: Topology
  /** Events spent on it. */
  events = 0
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #books: TransferBooks
  readonly #landed: (request: number) => void
  readonly #transfers = new Transfers()
  /** All under way, by when they enter their links: those that have not. */
  readonly #entries = new DueHeap()
  /** All under way, by when they land: at the earliest, before they have entered. */
  readonly #landings = new DueHeap()
  readonly #occupancy: Occupancy
  readonly #traffic: Traffic

  /** @param landed told of every request whose KV has arrived, at that instant; it may send */
  constructor(
    actor: number,
    calendar: Calendar,
    spec: NetworkSpec,
    books: TransferBooks,
    landed: (request: number) => void,
  ) {
    this.#actor = actor
    this.#calendar = calendar
    this.topology = new Topology(spec)
    this.#landed = landed
    this.#books = books
    this.#occupancy = new Occupancy(this.topology.links)
    this.#traffic = new Traffic(this.#occupancy.transfers)
  }

  /** Transfers sent and not landed. */
  get underWay(): number {
    return this.#transfers.length
  }

  /** Slots ever needed for them. */
  get capacity(): number {
    return this.#transfers.capacity
  }

  /**
   * Sends a request's KV now, by a way of the topology.
   *
   * @param bytes above 0, else a RangeError; what is on the wire, so after a conversion
   * @param delayS before it is sent, such as to convert it; counted in both columns
   */
  send(request: number, { entry, exit, bytesPerS, latencyS }: Way, bytes: number, delayS = 0): void {
    if (!(bytes > 0 && bytes < Number.POSITIVE_INFINITY && delayS >= 0)) {
      throw new RangeError(`${bytes} bytes sent after ${delayS} s; must be above 0, after 0 s or more`)
    }
    const waitS = delayS + latencyS
    const aloneS = bytes / bytesPerS
    const nowS = this.#calendar.clock[0]
    const slot = this.#take()
    const transfers = this.#transfers
    transfers.request[slot] = request
    transfers.entry[slot] = entry
    transfers.exit[slot] = exit
    transfers.bytes[slot] = bytes
    transfers.ceilingBytesPerS[slot] = bytesPerS
    transfers.sentS[slot] = nowS
    transfers.aloneS[slot] = waitS + aloneS
    transfers.bytesPerS[slot] = 0
    this.#entries.timeS[slot] = nowS + waitS
    this.#landings.timeS[slot] = nowS + waitS + aloneS
    this.#entries.add(slot)
    this.#landings.add(slot)
    this.#reschedule()
  }

  act(): void {
    this.events++
    const nowS = this.#calendar.clock[0]
    while (this.#landings.firstS() <= nowS) {
      if (this.#entries.precedes(this.#landings)) this.#enter()
      else this.#land()
    }
    this.#reschedule()
  }

  /** What a link of the topology has done up to now. */
  figures(link: number): LinkFigures {
    const nowS = this.#calendar.clock[0]
    while (this.#entries.firstS() < nowS) this.#enter()
    return {
      bytes: this.#traffic.bytes[link] + this.#bytesOnTheWay(link, nowS),
      busyS: this.#traffic.busySUntil(link, nowS),
      transferS: this.#traffic.transferSUntil(link, nowS),
    }
  }

  #take(): number {
    const slot = this.#transfers.take()
    this.#entries.reserve(this.#transfers.capacity)
    this.#landings.reserve(this.#transfers.capacity)
    this.#occupancy.reserve(this.#transfers.capacity)
    return slot
  }

  #enter(): void {
    const nowS = this.#entries.firstS()
    const slot = this.#entries.pop()
    const { entry, exit, bytes, leftBytes } = this.#transfers
    leftBytes[slot] = bytes[slot]
    this.#sit(entry[slot], 2 * slot, nowS)
    if (exit[slot] !== entry[slot]) this.#sit(exit[slot], 2 * slot + 1, nowS)
    this.#shareOut(slot, nowS)
  }

  #land(): void {
    const nowS = this.#calendar.clock[0]
    const slot = this.#landings.pop()
    const { request, entry, exit, bytes } = this.#transfers
    this.#rise(entry[slot], 2 * slot, bytes[slot], nowS)
    if (exit[slot] !== entry[slot]) this.#rise(exit[slot], 2 * slot + 1, bytes[slot], nowS)
    this.#shareOut(slot, nowS)
    this.#note(slot)
    this.#transfers.release(slot)
    this.#landed(request[slot])
  }

  #sit(link: number, seat: number, nowS: number): void {
    this.#traffic.fold(link, nowS)
    this.#occupancy.sit(link, seat)
  }

  #rise(link: number, seat: number, bytes: number, nowS: number): void {
    this.#traffic.fold(link, nowS)
    this.#traffic.bytes[link] += bytes
    this.#occupancy.rise(link, seat)
  }

  #note(slot: number): void {
    const { request, sentS, aloneS } = this.#transfers
    const { transferS, transferAloneS } = this.#books
    const id = request[slot]
    transferS.set(id, transferS.at(id) + this.#calendar.clock[0] - sentS[slot])
    transferAloneS.set(id, transferAloneS.at(id) + aloneS[slot])
  }

  /** The shares of a transfer's links have changed: everyone on them takes the new ones. */
  #shareOut(slot: number, nowS: number): void {
    const { entry, exit } = this.#transfers
    this.#rerateAll(entry[slot], nowS)
    if (exit[slot] !== entry[slot]) this.#rerateAll(exit[slot], nowS)
  }

  #rerateAll(link: number, nowS: number): void {
    const occupancy = this.#occupancy
    for (let seat = occupancy.first(link); seat >= 0; seat = occupancy.next(seat))
      this.#rerate(seat >> 1, nowS)
  }

  /** Settles what is left at the former rate. Whoever is due now is there already, and waits for its turn to land. */
  #rerate(slot: number, nowS: number): void {
    const { entry, exit, ceilingBytesPerS, bytesPerS, sinceS, leftBytes } = this.#transfers
    const shares = this.#occupancy.shareBytesPerS
    const rate = Math.min(ceilingBytesPerS[slot], shares[entry[slot]], shares[exit[slot]])
    const before = bytesPerS[slot]
    const dueS = this.#landings.timeS
    if (rate === before || (before > 0 && dueS[slot] <= nowS)) return
    if (before > 0) leftBytes[slot] = Math.max(0, leftBytes[slot] - before * (nowS - sinceS[slot]))
    bytesPerS[slot] = rate
    sinceS[slot] = nowS
    dueS[slot] = Math.max(nowS + leftBytes[slot] / rate, nextAbove(nowS))
    this.#landings.moved(slot)
  }

  /** Bytes through a link of those that are on it. */
  #bytesOnTheWay(link: number, nowS: number): number {
    const { bytes, bytesPerS, sinceS, leftBytes } = this.#transfers
    let sum = 0
    for (let seat = this.#occupancy.first(link); seat >= 0; seat = this.#occupancy.next(seat)) {
      const slot = seat >> 1
      const left = leftBytes[slot] - bytesPerS[slot] * (nowS - sinceS[slot])
      sum += bytes[slot] - Math.max(0, left)
    }
    return sum
  }

  #reschedule(): void {
    this.#calendar.timeS[this.#actor] = this.#landings.firstS()
    this.#calendar.moved(this.#actor, ENDS)
  }
}

/** A time above the given one by no more than twice the least that a double can hold: no transfer takes no time. */
function nextAbove(timeS: number): number {
  return timeS * (1 + Number.EPSILON) + Number.MIN_VALUE
}
