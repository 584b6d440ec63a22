import { type Calendar, DECISIONS } from '../core/calendar.ts'
import { UserError } from '../core/errors.ts'
import type { Actor } from '../core/loop.ts'
import { emptyAccount } from '../gateway/account.ts'
import type { Admission, GatewaySpec, Tier } from '../gateway/contract.ts'
import { Deciding } from '../gateway/deciding.ts'
import { ASK_AGAIN, EXPIRE, HEDGE, RETRY, TIME_OUT, Timers } from '../gateway/timers.ts'
import { BEATEN, DECIDING, GIVEN_UP, POSTPONED, RESTING, SENT, Tries, WAITING } from '../gateway/tries.ts'
import { WaitingRoom } from '../gateway/waiting-room.ts'
import type { Replica } from '../replicas/replica.ts'
import { EXPIRED, type Outcome, REFUSED, type RequestTable, TIMED_OUT } from '../requests/table.ts'
import { REJECT, WAIT } from '../routing/contract.ts'
import type { Attempts, Door, EndObserver, Fleet } from './fleet.ts'
import type { Group } from './group.ts'
import { Hedges } from './hedges.ts'
import { Rooms } from './rooms.ts'

const NOBODY = -1

/**
 * Stands between the arrivals and the fleet: lets requests in, holds them until they are decided and there is room, and
 * tries again, or at a second replica, where the first does not answer.
 *
 * Its slot is the next moment at which time alone changes something. Whether there is room is judged when requests end:
 * then it acts among the decisions of the same instant.
 */
export class Gateway implements Actor, Door, Attempts {
  readonly account = emptyAccount()
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #fleet: Fleet
  readonly #spec: GatewaySpec
  readonly #tiers: readonly Tier[]
  readonly #admission: readonly Admission[]
  readonly #tries = new Tries()
  readonly #timers: Timers
  readonly #waiting: WaitingRoom
  readonly #deciding: Deciding
  readonly #rooms: Rooms
  readonly #hedges: Hedges
  #tickets = 0
  #attempts = 0
  /** Attempts that are at replicas. */
  #sent = 0
  /** Held until a time that the policy has named. */
  #postponed = 0

  /** @param tiers of the request classes */
  constructor(
    actor: number,
    calendar: Calendar,
    requests: RequestTable,
    fleet: Fleet,
    spec: GatewaySpec,
    tiers: readonly Tier[],
  ) {
    const { ticket } = this.#tries
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#fleet = fleet
    this.#spec = spec
    this.#tiers = tiers
    this.#admission = spec.admission.map(make => make())
    this.#timers = new Timers((request, attempt, purpose) => this.#isWanted(request, attempt, purpose))
    this.#waiting = new WaitingRoom(tiers, fleet.entries.length, request => ticket.at(request))
    this.#deciding = new Deciding(spec.router)
    this.#rooms = new Rooms(fleet, spec.room)
    this.#hedges = new Hedges(requests, fleet, this.#tries, this.account)
    fleet.tryBy(this)
  }

  /** Requests that have arrived and are at no replica; those that rest before a new try are not among them. */
  get held(): number {
    return this.#waiting.length + this.#deciding.length + this.#postponed
  }

  observe(observer: EndObserver): void {
    this.#fleet.observe(observer)
  }

  /** Whether requests are held that nothing to come will free. */
  get isStuck(): boolean {
    return this.held > 0 && this.#sent === 0 && this.#calendar.timeS[this.#actor] === Number.POSITIVE_INFINITY
  }

  /** Throws a UserError where requests are held and nothing is left that would free them. Call when the run is over. */
  checkEmpty(policy: string): void {
    if (this.held === 0) return
    throw new UserError(
      `policy ${policy} leaves ${this.held} ${this.held === 1 ? 'request' : 'requests'} waiting, and nothing is left that could free them; a policy that answers WAIT must answer a replica in the end`,
    )
  }

  // --- What happens to it ---------------------------------------------------------------------------------------

  route(request: number): void {
    this.#fleet.arrive(request)
    this.#tries.clear(request)
    this.#enter(request)
    this.#decideWhoCan()
    this.#reschedule()
  }

  act(): void {
    const { beaten } = this.#hedges
    while (beaten.length > 0) this.#giveUp(beaten.pop()!)
    while (this.#timers.nextS <= this.#calendar.clock[0]) this.#ring()
    this.#endDecisions()
    this.#decideWhoCan()
    this.#reschedule()
  }

  answered(request: number): void {
    if (this.#hedges.answered(request)) this.#wake()
  }

  ended(request: number): boolean {
    const state = this.#tries.state.at(request)
    this.#sent--
    this.#rooms.mind(this.#requests.replica[request])
    this.#waiting.unblock()
    // Of two attempts of which none has answered, one that ends has been turned away by its replica.
    const isUseless = this.#hedges.part(request) !== NOBODY || state === BEATEN
    if (isUseless) this.#hedges.lose(request)
    else if (state === GIVEN_UP) this.#leave(request)
    else this.#tries.clear(request)
    this.#wake()
    return !isUseless && state !== GIVEN_UP
  }

  moved(from: number, to: number): void {
    this.#rooms.mind(from)
    this.#rooms.mind(to)
    this.#waiting.unblock()
    this.#wake()
  }

  // --- Coming in ------------------------------------------------------------------------------------------------

  /** A new attempt at a request begins. */
  #enter(request: number): void {
    const nowS = this.#calendar.clock[0]
    const { timeoutS, timeToLiveS = {} } = this.#spec
    const { ticket, attempt } = this.#tries
    ticket.set(request, this.#tickets++)
    attempt.set(request, this.#attempts++)
    if (!this.#isAdmitted(request)) return this.#fail(request, REFUSED)
    const heldS = timeToLiveS[this.#tiers[this.#requests.classId[request]]]
    if (timeoutS !== undefined) this.#timers.set(nowS + timeoutS, request, attempt.at(request), TIME_OUT)
    if (heldS !== undefined) this.#timers.set(nowS + heldS, request, attempt.at(request), EXPIRE)
    this.#wait(request)
  }

  #wait(request: number): void {
    this.#tries.state.set(request, WAITING)
    this.#waiting.push(request, this.#requests.classId[request], this.#fleet.entryIdOf(request))
  }

  #isAdmitted(request: number): boolean {
    if (this.#admission.length === 0) return true
    const group = this.#fleet.entryOf(request)
    const view = group.look(request)
    const { held } = this
    const tier = this.#tiers[this.#requests.classId[request]]
    const load = (held + this.#sent) / this.#fleet.replicas.length
    const gateway = { nowS: this.#calendar.clock[0], tier, load, held }
    return this.#admission.every(admits => admits(view, group.cluster, gateway))
  }

  /** The attempt has failed: the client tries again, or that is the request's end. */
  #fail(request: number, outcome: Outcome): void {
    const { failures, attempt, state } = this.#tries
    const { retries } = this.#spec
    const failed = failures.at(request)
    if (retries === undefined || failed >= retries.most) {
      this.#tries.clear(request)
      return this.#fleet.end(request, outcome)
    }
    failures.set(request, failed + 1)
    state.set(request, RESTING)
    let delayS = retries.backoffS
    for (let i = 0; i < failed; i++) delayS *= retries.growth
    this.#timers.set(this.#calendar.clock[0] + delayS, request, attempt.at(request), RETRY)
  }

  // --- Deciding -------------------------------------------------------------------------------------------------

  /** Begins as many decisions as there are requests that may go, and routers. Those that take no time end at once. */
  #decideWhoCan(): void {
    const nowS = this.#calendar.clock[0]
    if (this.#nextTickS() === nowS) this.#waiting.see(this.#tickets)
    while (this.#deciding.hasRoom && this.#rooms.isAnyOpen) {
      const request = this.#waiting.first()
      if (request === NOBODY) return
      const group = this.#fleet.entryOf(request)
      if (!this.#rooms.isOpen(group)) {
        this.#waiting.block()
        continue
      }
      this.#waiting.take()
      const seconds = this.#deciding.secondsFor(group.members.length)
      if (seconds === 0) {
        this.#decide(request, group)
        continue
      }
      this.#tries.state.set(request, DECIDING)
      this.#deciding.begin(request, nowS + seconds)
    }
  }

  #endDecisions(): void {
    while (this.#deciding.nextS <= this.#calendar.clock[0]) {
      const request = this.#deciding.take()
      if (request !== NOBODY) this.#decide(request, this.#fleet.entryOf(request))
    }
  }

  #decide(request: number, group: Group): void {
    group.askAgainS = Number.POSITIVE_INFINITY
    const member = group.pick(request)
    if (member === REJECT) return this.#fail(request, REFUSED)
    if (member === WAIT && group.askAgainS < Number.POSITIVE_INFINITY) return this.#postpone(request, group)
    if (member !== WAIT && group.cluster.isAvailable(member)) {
      this.#send(request, group.members[member])
      const { hedgeAfterS } = this.#spec
      if (hedgeAfterS !== undefined) this.#setTimer(request, hedgeAfterS, HEDGE)
      return
    }
    this.#tries.state.set(request, WAITING)
    this.#waiting.putBack(request, this.#requests.classId[request], this.#fleet.entryIdOf(request))
  }

  /** @param askAgainS after now, as whoever makes policies sees to */
  #postpone(request: number, { askAgainS }: Group): void {
    this.#postponed++
    this.#tries.state.set(request, POSTPONED)
    this.#timers.set(askAgainS, request, this.#tries.attempt.at(request), ASK_AGAIN)
  }

  #send(request: number, replica: Replica): void {
    this.#requests.journeys.sentS.set(request, this.#calendar.clock[0])
    this.#tries.state.set(request, SENT)
    this.#sent++
    this.#fleet.send(request, replica)
    this.#rooms.mind(replica.id)
  }

  // --- When time has come ---------------------------------------------------------------------------------------

  #setTimer(request: number, seconds: number, purpose: typeof HEDGE): void {
    const attempt = this.#tries.attempt.at(request)
    if (attempt !== NOBODY) this.#timers.set(this.#calendar.clock[0] + seconds, request, attempt, purpose)
  }

  /** Whether a timer's moment still matters. */
  #isWanted(request: number, attempt: number, purpose: number): boolean {
    if (this.#tries.attempt.at(request) !== attempt) return false
    const state = this.#tries.state.at(request)
    if (purpose === RETRY) return state === RESTING
    if (purpose === ASK_AGAIN) return state === POSTPONED
    const isHeld = state === WAITING || state === DECIDING || state === POSTPONED
    if (purpose === EXPIRE) return isHeld
    const isUnanswered = state === SENT && Number.isNaN(this.#requests.firstTokenS[request])
    return isUnanswered || (isHeld && purpose === TIME_OUT)
  }

  /** The next timer rings. */
  #ring(): void {
    const { request, attempt, purpose } = this.#timers
    this.#timers.take()
    if (!this.#isWanted(request, attempt, purpose)) return
    if (purpose === RETRY) this.#retry(request)
    else if (purpose === ASK_AGAIN) this.#askAgain(request)
    else if (purpose === TIME_OUT) this.#timeOut(request)
    else if (purpose === EXPIRE) this.#drop(request, EXPIRED)
    else this.#hedge(request)
  }

  #retry(request: number): void {
    this.account.retries++
    this.#hedges.settle(request)
    this.#requests.tryAgain(request)
    this.#enter(request)
  }

  #askAgain(request: number): void {
    this.#postponed--
    this.#wait(request)
  }

  /** The client gives up, wherever its request is: at a second replica, too, if there is one. */
  #timeOut(request: number): void {
    this.account.timeouts++
    if (this.#tries.state.at(request) === SENT) this.#leaveReplicas(request)
    else this.#drop(request, TIMED_OUT)
  }

  /** Ends the attempt of one that is held. */
  #drop(request: number, outcome: Outcome): void {
    const state = this.#tries.state.at(request)
    if (state === WAITING) {
      const { classId } = this.#requests
      this.#waiting.remove(request, classId[request], this.#fleet.entryIdOf(request))
    } else if (state === DECIDING) this.#deciding.forget(request)
    else this.#postponed--
    this.#fail(request, outcome)
  }

  #leaveReplicas(request: number): void {
    const other = this.#hedges.part(request)
    if (other !== NOBODY) {
      this.#tries.state.set(other, BEATEN)
      this.#giveUp(other)
    }
    this.#tries.state.set(request, GIVEN_UP)
    this.#giveUp(request)
  }

  /** One whose client has given up has left its replica: whatever came out by then came too late. */
  #leave(request: number): void {
    this.#requests.firstTokenS[request] = Number.NaN
    this.#requests.emittedTokens[request] = 0
    this.#fail(request, TIMED_OUT)
  }

  /** Sends a copy to another replica, if the policy names one to which it may go. */
  #hedge(request: number): void {
    const { loads } = this.#fleet
    const group = this.#fleet.entryOf(request)
    const first = this.#requests.replica[request]
    const wasClosed = loads.closed[first] === 1
    const copy = this.#hedges.copyOf(request)
    loads.close(first, true)
    const member = group.pick(copy)
    const isAnother = member >= 0 && group.cluster.isAvailable(member)
    loads.close(first, wasClosed)
    if (!isAnother) return this.#hedges.forget(copy)
    this.#tries.attempt.set(copy, this.#attempts++)
    this.#hedges.pair(request, copy)
    this.#send(copy, group.members[member])
  }

  #giveUp(request: number): void {
    this.#fleet.replicas[this.#requests.replica[request]].giveUp(request)
  }

  // --- Its slot -------------------------------------------------------------------------------------------------

  /** Something has ended: acts among the decisions of this instant where that may free somebody. */
  #wake(): void {
    if (this.#waiting.length === 0 && this.#hedges.beaten.length === 0) return this.#reschedule()
    this.#calendar.schedule(this.#actor, this.#calendar.clock[0], DECISIONS)
  }

  /** The first tick at or after now; now where it has no clock. */
  #nextTickS(): number {
    const { tickS } = this.#spec
    const nowS = this.#calendar.clock[0]
    if (tickS === undefined) return nowS
    let ticks = Math.ceil(nowS / tickS)
    while (ticks * tickS < nowS) ticks++
    while ((ticks - 1) * tickS >= nowS) ticks--
    return ticks * tickS
  }

  #reschedule(): void {
    let nextS = Math.min(this.#timers.nextS, this.#deciding.nextS)
    if (this.#waiting.hasUnseen) nextS = Math.min(nextS, this.#nextTickS())
    this.#calendar.schedule(this.#actor, nextS, DECISIONS)
  }
}
