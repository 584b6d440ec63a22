import { PriorityQueue } from 'js-sdsl'
import type { Details } from '../arrivals/details.ts'
import { type Calendar, DECISIONS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import type { RequestTable } from '../requests/table.ts'
import type { Door } from './fleet.ts'

const NONE = -1

/** Where a session stands. */
interface Session {
  readonly id: number
  /** Turns that are on their way: sent, or waiting for their time alone. */
  open: number
  /** When the last of its turns to end did. */
  endS: number
  /** Turns that wait for the turn before them, linked by `requests.next`. */
  first: number
  last: number
  /** Turns still to be read; below 0 where unknown. */
  toCome: number
}

/**
 * Holds turns of sessions back until they are due. A turn whose think time is known is sent that long after the
 * session's turn before it has ended, and not before its own arrival time; any other is sent at its arrival time.
 * The actor's slot is the next turn due. It pauses when no turn waits.
 *
 * A session whose number of turns is known is forgotten when its last turn has ended; of any other the end of its last
 * turn is kept.
 */
export class Turns implements Actor {
  /** Turns read and not yet sent. */
  waiting = 0
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #door: Door
  /** Indexed by `requests.session`. */
  readonly #sessions: Session[] = []
  readonly #free: number[] = []
  readonly #placeOf = new Map<number, number>()
  readonly #due: PriorityQueue<number>
  #timed = 0

  constructor(actor: number, calendar: Calendar, requests: RequestTable, door: Door) {
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#door = door
    const earlier = (a: number, b: number) =>
      requests.arrivalS[a] - requests.arrivalS[b] || requests.ordinal[a] - requests.ordinal[b]
    this.#due = new PriorityQueue<number>([], earlier)
  }

  /** Takes note of a request that has been read now, and says whether it is to be sent now: if not, it will be. */
  isDue(request: number, details: Details, row: number): boolean {
    const id = details.sessionId[row]
    if (id < 0) return true
    const session = this.#sessionOf(request, id)
    session.toCome = details.turns[row] > 0 ? details.turns[row] - details.turn[row] : NONE
    const thinkS = details.thinkS[row]
    const isFree = session.open === 0 && session.first === NONE
    if (!(thinkS >= 0) || (isFree && session.endS + thinkS <= this.#calendar.clock[0])) {
      session.open++
      return true
    }
    this.waiting++
    // Until the replica takes it in, the think time stands where its time of readiness will.
    this.#requests.readyS[request] = thinkS
    if (isFree) this.#setTime(session, request)
    else this.#append(session, request)
    return false
  }

  act(): void {
    const request = this.#due.pop()!
    this.#requests.arrivalS[request] = this.#calendar.clock[0]
    this.#reschedule()
    this.#door.route(request)
    if (--this.waiting === 0) this.#calendar.pause()
  }

  #ended(request: number): void {
    const place = this.#requests.session[request]
    if (place === NONE) return
    const session = this.#sessions[place]
    session.open--
    // The last token may be on its way to the client still.
    session.endS = Math.max(session.endS, this.#requests.endS[request])
    if (session.open > 0) return
    if (session.first !== NONE) this.#setTime(session, this.#takeFirst(session))
    else if (session.toCome === 0) this.#forget(session, place)
  }

  /** The turn before it has ended: only its time is wanting. */
  #setTime(session: Session, request: number): void {
    const requests = this.#requests
    const dueS = session.endS + requests.readyS[request]
    session.open++
    requests.arrivalS[request] = Math.max(requests.arrivalS[request], dueS)
    requests.ordinal[request] = this.#timed++
    this.#due.push(request)
    this.#reschedule()
  }

  #append(session: Session, request: number): void {
    if (session.first === NONE) session.first = request
    else this.#requests.next[session.last] = request
    this.#requests.next[request] = NONE
    session.last = request
  }

  #takeFirst(session: Session): number {
    const request = session.first
    session.first = this.#requests.next[request]
    return request
  }

  #sessionOf(request: number, id: number): Session {
    const known = this.#placeOf.get(id)
    const place = known ?? this.#begin(id)
    this.#requests.session[request] = place
    return this.#sessions[place]
  }

  #begin(id: number): number {
    if (this.#sessions.length === 0) this.#door.observe(request => this.#ended(request))
    const place = this.#free.pop() ?? this.#sessions.length
    const toCome = NONE
    this.#sessions[place] = { id, open: 0, endS: Number.NEGATIVE_INFINITY, first: NONE, last: NONE, toCome }
    this.#placeOf.set(id, place)
    return place
  }

  #forget(session: Session, place: number): void {
    this.#placeOf.delete(session.id)
    this.#free.push(place)
  }

  #reschedule(): void {
    const next = this.#due.top()
    const dueS = next === undefined ? Number.POSITIVE_INFINITY : this.#requests.arrivalS[next]
    this.#calendar.schedule(this.#actor, dueS, DECISIONS)
  }
}
