import { Ring } from '../core/ring.ts'
import { Heap } from '../ordering/heap.ts'
import { TIERS, type Tier } from './contract.ts'

const NONE = -1

/** Where a line stands. */
const EMPTY = 0
/** Its first request may be asked about. */
const READY = 1
/** Its first has come since the gateway last looked. */
const UNSEEN = 2
/** Its first has been told to wait. */
const BLOCKED = 3

/** Requests of one class that may go to the same replicas, in order of coming. */
interface Line {
  readonly ring: Ring
  /** The lowest goes first. */
  readonly rank: number
  state: number
}

/**
 * Requests that a gateway holds, in lines: the highest tier goes first, of equal tiers who came first. One of which the
 * policy says `WAIT` keeps those of its line waiting behind it, and no others.
 */
export class WaitingRoom {
  length = 0
  readonly #tiers: readonly Tier[]
  readonly #groups: number
  /** By class, and in it by the group of replicas; made when needed. */
  readonly #lines: Line[] = []
  readonly #ready: Heap
  #unseen: number[] = []
  #blocked: number[] = []
  /** A request's place among all that came in. */
  readonly #ticket: (request: number) => number
  #seenTickets = 0

  /**
   * @param tiers of the classes
   * @param groups of replicas, to one of which each request goes
   */
  constructor(tiers: readonly Tier[], groups: number, ticket: (request: number) => number) {
    this.#tiers = tiers
    this.#groups = groups
    this.#ticket = ticket
    this.#ready = new Heap((a, b) => ticket(this.#lines[a].ring.at(0)) - ticket(this.#lines[b].ring.at(0)))
  }

  push(request: number, classId: number, group: number): void {
    const place = this.#placeOf(classId, group)
    const line = this.#lines[place]
    line.ring.push(request)
    this.length++
    if (line.state === EMPTY) this.#stand(place)
  }

  /** All that have come so far, with tickets below `end`, may be asked about. */
  see(end: number): void {
    this.#seenTickets = end
    const unseen = this.#unseen
    this.#unseen = []
    for (const place of unseen) if (this.#lines[place].state === UNSEEN) this.#stand(place)
  }

  /** Whether any have come that have not been seen. */
  get hasUnseen(): boolean {
    return this.#unseen.length > 0
  }

  /** Who is to be asked about next; -1 where nobody is. */
  first(): number {
    return this.#ready.length === 0 ? NONE : this.#lines[this.#ready.first()].ring.at(0)
  }

  /** Takes the first away. */
  take(): void {
    const place = this.#ready.take()
    this.#lines[place].ring.shift()
    this.length--
    this.#stand(place)
  }

  /** Those of the first's line wait until something has changed. */
  block(): void {
    const place = this.#ready.take()
    this.#lines[place].state = BLOCKED
    this.#blocked.push(place)
  }

  /** Takes in again one that was taken, where it stood, and has its line wait until something has changed. */
  putBack(request: number, classId: number, group: number): void {
    const place = this.#placeOf(classId, group)
    const line = this.#lines[place]
    this.#leave(place)
    const before: number[] = []
    while (line.ring.length > 0 && this.#ticket(line.ring.at(0)) < this.#ticket(request))
      before.push(line.ring.shift())
    line.ring.unshift(request)
    while (before.length > 0) line.ring.unshift(before.pop()!)
    this.length++
    line.state = BLOCKED
    this.#blocked.push(place)
  }

  /** Takes away one that is given up, wherever it stands. */
  remove(request: number, classId: number, group: number): void {
    const place = this.#placeOf(classId, group)
    const { ring } = this.#lines[place]
    if (ring.at(0) !== request) {
      if (ring.remove(request)) this.length--
      return
    }
    this.#leave(place)
    ring.shift()
    this.length--
    this.#stand(place)
  }

  /** Something has changed: all may be asked about again. */
  unblock(): void {
    if (this.#blocked.length === 0) return
    const blocked = this.#blocked
    this.#blocked = []
    for (const place of blocked) if (this.#lines[place].state === BLOCKED) this.#stand(place)
  }

  /** A line has another first request, or none: says where it stands. It is in no heap. */
  #stand(place: number): void {
    const line = this.#lines[place]
    if (line.ring.length === 0) line.state = EMPTY
    else if (this.#ticket(line.ring.at(0)) < this.#seenTickets) {
      line.state = READY
      this.#ready.push(place, line.rank)
    } else {
      line.state = UNSEEN
      this.#unseen.push(place)
    }
  }

  /** The first request of a line is about to change. Lists of the unseen and the blocked are told by the state. */
  #leave(place: number): void {
    const line = this.#lines[place]
    if (line.state === READY) this.#ready.remove(place)
    line.state = EMPTY
  }

  #placeOf(classId: number, group: number): number {
    const place = classId * this.#groups + group
    this.#lines[place] ??= { ring: new Ring(), rank: TIERS.indexOf(this.#tiers[classId]), state: EMPTY }
    return place
  }
}
