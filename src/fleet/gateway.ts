import { type Calendar, DECISIONS } from '../core/calendar.ts'
import { UserError } from '../core/errors.ts'
import type { Actor } from '../core/loop.ts'
import { type Account, emptyAccount } from '../gateway/account.ts'
import type { Admission, GatewaySpec, Tier } from '../gateway/contract.ts'
import { Deciding } from '../gateway/deciding.ts'
import { ASK_AGAIN, HEDGE, type Purpose, RETRY, TIME_OUT, Timers } from '../gateway/timers.ts'
import { LOST, TIMED_OUT_TRY, Tries, WANTED } from '../gateway/tries.ts'
import { WaitingRoom } from '../gateway/waiting-room.ts'
import type { Replica } from '../replicas/replica.ts'
import { EXPIRED, type Outcome, REFUSED, type RequestTable, TIMED_OUT } from '../requests/table.ts'
import { REJECT, WAIT } from '../routing/contract.ts'
import type { Attempts, Door, EndObserver, Fleet } from './fleet.ts'
import type { Group } from './group.ts'
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
  readonly account: Account = emptyAccount()
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #fleet: Fleet
  readonly #spec: GatewaySpec
  readonly #tiers: readonly Tier[]
  readonly #admission: readonly Admission[]
  readonly #tries = new Tries()
  readonly #timers = new Timers()
  readonly #waiting: WaitingRoom
  readonly #deciding: Deciding
  readonly #rooms: Rooms
  /** Attempts that another has beaten, to be given up among the decisions of this instant. */
  readonly #beaten: number[] = []
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
    const { ticket, sinceS } = this.#tries
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#fleet = fleet
    this.#spec = spec
    this.#tiers = tiers
    this.#admission = spec.admission.map(make => make())
    this.#waiting = new WaitingRoom(
      tiers,
      spec.timeToLiveS ?? {},
      request => sinceS.at(request),
      request => ticket.at(request),
    )
    this.#deciding = new Deciding(spec.router)
    this.#rooms = new Rooms(fleet, spec.room)
    fleet.tryBy(this)
  }

  /** Requests that have arrived and are at no replica; those that wait for a new try are not among them. */
  get held(): number {
    return this.#waiting.length + this.#deciding.length + this.#postponed
  }

  observe(observer: EndObserver): void {
    this.#fleet.observe(observer)
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
    while (this.#beaten.length > 0) this.#giveUp(this.#beaten.pop()!)
    while (this.#timers.nextS <= this.#calendar.clock[0]) this.#ring()
    this.#expire()
    this.#endDecisions()
    this.#decideWhoCan()
    this.#reschedule()
  }

  answered(request: number): void {
    const { twin, state } = this.#tries
    const other = twin.at(request)
    if (other === NOBODY || state.at(request) !== WANTED) return
    // The copy is the one with the later attempt.
    if (this.#tries.attempt.at(request) > this.#tries.attempt.at(other)) this.account.hedgesWon++
    this.#part(request, other)
    state.set(other, LOST)
    this.#beaten.push(other)
    this.#wake()
  }

  ended(request: number): boolean {
    const { state, twin } = this.#tries
    this.#sent--
    this.#rooms.mind(this.#requests.replica[request])
    this.#waiting.unblock()
    const other = twin.at(request)
    if (other !== NOBODY) this.#part(request, other)
    const isTimedOut = state.at(request) === TIMED_OUT_TRY
    const isLost = state.at(request) === LOST || other !== NOBODY
    if (isTimedOut) this.#fail(request, TIMED_OUT)
    else if (isLost) this.#lose(request)
    else this.#tries.clear(request)
    this.#wake()
    return !isTimedOut && !isLost
  }

  moved(from: number, to: number): void {
    this.#rooms.mind(from)
    this.#rooms.mind(to)
    this.#waiting.unblock()
    this.#wake()
  }

  /** Whether requests are held that nothing to come will free. */
  get isStuck(): boolean {
    return this.held > 0 && this.#sent === 0 && this.#calendar.timeS[this.#actor] === Number.POSITIVE_INFINITY
  }

  /** Throws a UserError where requests are held and nothing is left that would free them. Call when the run is over. */
  checkEmpty(policy: string): void {
    if (this.held === 0) return
    throw new UserError(
      `policy ${policy} still has ${this.held} ${this.held === 1 ? 'request' : 'requests'} wait when all others have ended; a policy that answers WAIT must answer a replica in the end`,
    )
  }

  // --- Coming in ------------------------------------------------------------------------------------------------

  /** A new attempt at a request begins. */
  #enter(request: number): void {
    const { ticket, sinceS, attempt } = this.#tries
    ticket.set(request, this.#tickets++)
    sinceS.set(request, this.#calendar.clock[0])
    attempt.set(request, this.#attempts++)
    if (this.#isAdmitted(request)) this.#waiting.push(request, this.#requests.classId[request])
    else this.#fail(request, REFUSED)
  }

  #isAdmitted(request: number): boolean {
    if (this.#admission.length === 0) return true
    const group = this.#fleet.entryOf(request)
    const view = group.look(request)
    const tier = this.#tiers[this.#requests.classId[request]]
    const load = (this.held + this.#sent) / this.#fleet.replicas.length
    const gateway = { nowS: this.#calendar.clock[0], tier, load }
    return this.#admission.every(admits => admits(view, group.cluster, gateway))
  }

  /** The attempt has failed: the client tries again, or that is the request's end. */
  #fail(request: number, outcome: Outcome): void {
    const { failures, attempt } = this.#tries
    const { retries } = this.#spec
    const failed = failures.at(request)
    if (retries === undefined || failed >= retries.most) {
      this.#tries.clear(request)
      return this.#fleet.end(request, outcome)
    }
    failures.set(request, failed + 1)
    let delayS = retries.backoffS
    for (let i = 0; i < failed; i++) delayS *= retries.growth
    this.#timers.set(this.#calendar.clock[0] + delayS, request, attempt.at(request), RETRY)
  }

  #expire(): void {
    const nowS = this.#calendar.clock[0]
    for (;;) {
      const request = this.#waiting.takeExpired(nowS)
      if (request === NOBODY) return
      this.#fail(request, EXPIRED)
    }
  }

  // --- Deciding -------------------------------------------------------------------------------------------------

  /** Begins as many decisions as there are requests that may go, and routers. Those that take no time end at once. */
  #decideWhoCan(): void {
    if (this.#nextTickS() > this.#calendar.clock[0]) return
    while (this.#deciding.hasRoom) {
      const request = this.#waiting.first()
      if (request === NOBODY) return
      const classId = this.#requests.classId[request]
      const group = this.#fleet.entryOf(request)
      if (!this.#rooms.isOpen(group)) {
        this.#waiting.block(classId)
        continue
      }
      this.#waiting.take(classId)
      const seconds = this.#deciding.secondsFor(group.members.length)
      if (seconds > 0) this.#deciding.begin(request, this.#calendar.clock[0] + seconds)
      else this.#decide(request, group)
    }
  }

  #endDecisions(): void {
    while (this.#deciding.nextS <= this.#calendar.clock[0]) {
      const request = this.#deciding.take()
      this.#decide(request, this.#fleet.entryOf(request))
    }
  }

  #decide(request: number, group: Group): void {
    group.askAgainS = Number.POSITIVE_INFINITY
    const member = group.pick(request)
    if (member === REJECT) return this.#fail(request, REFUSED)
    if (member === WAIT && group.askAgainS < Number.POSITIVE_INFINITY) return this.#postpone(request, group)
    if (member !== WAIT && group.cluster.isAvailable(member))
      return this.#send(request, group.members[member])
    const classId = this.#requests.classId[request]
    this.#waiting.putBack(request, classId)
    this.#waiting.block(classId)
  }

  #postpone(request: number, { askAgainS, cluster }: Group): void {
    if (!(askAgainS > cluster.nowS)) {
      throw new UserError(
        `at ${cluster.nowS} s the policy wants to be asked again at ${askAgainS} s; it must be later`,
      )
    }
    this.#postponed++
    this.#timers.set(askAgainS, request, this.#tries.attempt.at(request), ASK_AGAIN)
  }

  #send(request: number, replica: Replica): void {
    const nowS = this.#calendar.clock[0]
    const { timeoutS, hedgeAfterS } = this.#spec
    const attempt = this.#tries.attempt.at(request)
    this.#requests.journeys.sentS.set(request, nowS)
    if (timeoutS !== undefined) this.#timers.set(nowS + timeoutS, request, attempt, TIME_OUT)
    if (hedgeAfterS !== undefined) this.#timers.set(nowS + hedgeAfterS, request, attempt, HEDGE)
    this.#sent++
    this.#fleet.send(request, replica)
    this.#rooms.mind(replica.id)
  }

  // --- When time has come ---------------------------------------------------------------------------------------

  /** The next timer rings; many have outlived what they were set for. */
  #ring(): void {
    const { request, attempt } = this.#timers
    const purpose = this.#timers.purpose as Purpose
    this.#timers.take()
    if (this.#tries.attempt.at(request) !== attempt) return
    if (purpose === RETRY) return this.#retry(request)
    if (purpose === ASK_AGAIN) return this.#askAgain(request)
    const isAnswered = !Number.isNaN(this.#requests.firstTokenS[request])
    if (isAnswered || this.#tries.state.at(request) !== WANTED) return
    if (purpose === HEDGE) this.#hedge(request)
    else this.#timeOut(request)
  }

  #retry(request: number): void {
    this.account.retries++
    this.#payFor(request)
    this.#requests.tryAgain(request)
    this.#tries.state.set(request, WANTED)
    this.#enter(request)
  }

  #askAgain(request: number): void {
    this.#postponed--
    this.#tries.sinceS.set(request, this.#calendar.clock[0])
    this.#waiting.push(request, this.#requests.classId[request])
  }

  /** The client gives up: so does the second replica, if there is one. */
  #timeOut(request: number): void {
    const other = this.#tries.twin.at(request)
    this.account.timeouts++
    if (other !== NOBODY) {
      this.#part(request, other)
      this.#tries.state.set(other, LOST)
      this.#giveUp(other)
    }
    this.#tries.state.set(request, TIMED_OUT_TRY)
    this.#giveUp(request)
  }

  /** Sends a copy to another replica, if the policy names one to which it may go. */
  #hedge(request: number): void {
    const { replica } = this.#requests
    const group = this.#fleet.entryOf(request)
    const first = replica[request]
    const { loads } = this.#fleet
    const wasClosed = loads.closed[first] === 1
    loads.close(first, true)
    const member = group.pick(request)
    loads.close(first, wasClosed)
    if (member < 0 || !group.cluster.isAvailable(member) || group.members[member].id === first) return
    this.#sendCopy(request, group.members[member])
  }

  #sendCopy(request: number, replica: Replica): void {
    const { twin, attempt } = this.#tries
    const copy = this.#requests.copyOf(request)
    this.account.hedges++
    this.#tries.clear(copy)
    attempt.set(copy, this.#attempts++)
    twin.set(copy, request)
    twin.set(request, copy)
    this.#requests.journeys.sentS.set(copy, this.#calendar.clock[0])
    this.#sent++
    this.#fleet.send(copy, replica)
    this.#rooms.mind(replica.id)
  }

  // --- Attempts that end without an answer ----------------------------------------------------------------------

  #giveUp(request: number): void {
    this.#fleet.replicas[this.#requests.replica[request]].giveUp(request)
  }

  #part(request: number, other: number): void {
    this.#tries.twin.clear(request)
    this.#tries.twin.clear(other)
  }

  /** What an attempt had of its replica that another one has beaten is nobody's; its slot may be used again. */
  #lose(request: number): void {
    const { shareS, shareJ, shareG, replica, journeys } = this.#requests
    const place = this.#beaten.indexOf(request)
    if (place >= 0) this.#beaten.splice(place, 1)
    const lastS = shareS[request] - journeys.prefillS.at(request)
    this.account.lostS += shareS[request]
    this.account.lostJ += shareJ[request]
    this.account.lostG += shareG[request]
    this.account.lostUsd += journeys.prefillUsd.at(request) + lastS * this.#usdPerS(replica[request])
    this.#tries.clear(request)
    this.#fleet.forget(request)
  }

  /** Notes what an attempt that has failed had of its replica, at that replica's price. */
  #payFor(request: number): void {
    const { shareS, replica, journeys } = this.#requests
    if (replica[request] < 0) return
    const { prefillS, prefillUsd } = journeys
    const lastS = shareS[request] - prefillS.at(request)
    prefillUsd.set(request, prefillUsd.at(request) + lastS * this.#usdPerS(replica[request]))
    prefillS.set(request, shareS[request])
  }

  #usdPerS(replica: number): number {
    return this.#fleet.replicas[replica].kind.usdPerHour / 3600
  }

  // --- Its slot -------------------------------------------------------------------------------------------------

  /** Something has ended: acts among the decisions of this instant where that may free somebody. */
  #wake(): void {
    if (this.#waiting.length === 0 && this.#beaten.length === 0) return this.#reschedule()
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
    let nextS = Math.min(this.#timers.nextS, this.#waiting.expiryS, this.#deciding.nextS)
    if (this.#deciding.hasRoom && this.#waiting.first() !== NOBODY) nextS = Math.min(nextS, this.#nextTickS())
    this.#calendar.schedule(this.#actor, nextS, DECISIONS)
  }
}
