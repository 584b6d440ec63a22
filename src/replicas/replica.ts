import { BEGINS, type Calendar, ENDS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import { REJECTED, type RequestTable } from '../requests/table.ts'
import { Batch, type ReplicaListener } from './batch.ts'
import type { ReplicaKind } from './contract.ts'
import type { DeviceShare, Tenant } from './device-share.ts'
import { Forming } from './forming.ts'
import { FrontEnd } from './front-end.ts'
import { GivenUp } from './given-up.ts'
import { Ledger } from './ledger.ts'
import { Onlooker } from './onlooker.ts'
import type { PrefixHoldings } from './prefix-holdings.ts'
import type { ReplicaWatcher } from './reading.ts'
import type { ReplicaParts, ReplicaSetup } from './replica-setup.ts'
import { IDLE, MIXED, STRETCH, Standing } from './standing.ts'
import { Stretch } from './stretch.ts'

/** Room between the step ordinals of two replicas, so that no two steps of a run share one. */
const STEPS_PER_REPLICA = 2 ** 32

/**
 * One model instance: a batch and its books, and the one slot in the calendar that moves them from boundary to
 * boundary.
 *
 * The origin of a stretch moves (`Batch.commit`) only where the step that begins differs from the plan in force;
 * looking, asking the batcher and being refused leave every double as it is.
 */
export class Replica implements Actor, Tenant {
  readonly id: number
  readonly kind: ReplicaKind
  readonly ledger: Ledger
  readonly prefixes: PrefixHoldings | undefined
  /** What it is at this instant. */
  readonly look: Onlooker
  /** Events spent on it. */
  events = 0
  /** Requests sent here. */
  delivered = 0

  readonly #actor: number
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #listener: ReplicaListener
  readonly #stepByStep: boolean
  readonly #frontEnd: FrontEnd
  readonly #batch: Batch
  readonly #forming: Forming
  readonly #givenUp: GivenUp
  readonly #stretch: Stretch
  readonly #standing = new Standing()
  readonly #devices: DeviceShare | undefined
  #watchers: readonly ReplicaWatcher[] | undefined

  /** Boundary of the stretch at which the plan ends whatever happens. */
  #planSteps = 0

  constructor(id: number, actor: number, kind: ReplicaKind, setup: ReplicaSetup, parts: ReplicaParts = {}) {
    const { calendar, requests, listener } = setup
    this.id = id
    this.kind = kind
    this.#actor = actor
    this.#calendar = calendar
    this.#requests = requests
    this.#listener = listener
    this.#stepByStep = setup.stepByStep
    this.#frontEnd = new FrontEnd(kind, requests)
    this.#stretch = new Stretch(kind.latency, parts.pace)
    this.ledger = new Ledger(kind.latency, kind.energy, requests, setup.grid, setup.itl)
    this.prefixes = parts.prefixes
    this.#devices = parts.devices
    const { ledger } = this
    const { order, prefixes } = parts
    const shared = { kind, calendar, requests, stretch: this.#stretch, ledger, order }
    const inBatch = { ...shared, listener, prefixes, firstOrdinal: id * STEPS_PER_REPLICA }
    this.#batch = new Batch(inBatch)
    this.#forming = new Forming({ ...shared, batch: this.#batch, devices: parts.devices })
    this.#givenUp = new GivenUp(inBatch, this.#batch, this.#forming.host)
    this.look = new Onlooker({ ...shared, actor, batch: this.#batch, standing: this.#standing })
  }

  get preemptions(): number {
    return this.#forming.preemptions
  }

  /** Tokens whose KV the host keeps for the preempted. */
  get swappedTokens(): number {
    return this.#forming.host?.tokens ?? 0
  }

  /** Tells somebody, before anything happens here from now on, that it is about to. */
  watch(watcher: ReplicaWatcher): void {
    this.#watchers = [...(this.#watchers ?? []), watcher]
  }

  /** Something is about to happen here. */
  changes(): void {
    const watchers = this.#watchers
    if (watchers === undefined) return
    for (let i = 0; i < watchers.length; i++) watchers[i].changes(this.id)
  }

  // --- What happens to it ---------------------------------------------------------------------------------------

  /** Takes in a request that the router has sent here now. */
  deliver(request: number): void {
    this.changes()
    if (!this.#takeIn(request)) return
    this.#frontEnd.take(request, this.#calendar.clock[0])
    if (this.prefixes !== undefined) this.#fetch(this.prefixes, request)
    this.#batch.enqueue(request)
    this.#noticeArrival()
  }

  /** The KV of a request is on its way here, to be decoded once it lands. */
  announce(request: number): void {
    this.changes()
    this.#standing.incoming++
    this.#standing.incomingTokens += this.#requests.inputTokens[request]
  }

  /** Takes in a request that was announced: its prompt has been computed elsewhere, and its KV has come here now. */
  land(request: number): void {
    this.changes()
    this.#standing.incoming--
    this.#standing.incomingTokens -= this.#requests.inputTokens[request]
    if (!this.#takeIn(request)) return
    if (this.#batch.land(request, this.#calendar.clock[0])) this.#noticeArrival()
  }

  /** The KV of a request that was handed over has been sent: its blocks are free. */
  release(request: number): void {
    this.changes()
    this.look.settlePrefixes()
    this.#batch.release(request)
    if (this.#batch.waiting.length > 0) this.#noticeHead()
  }

  /** Nobody wants a request any more that was sent here and has not been handed over. A decision, not an end, calls this. */
  giveUp(request: number): void {
    this.changes()
    const ahead = this.#givenUp.length
    this.#givenUp.add(request)
    if (this.#givenUp.length > ahead) return this.#noticeGivenUp()
    if (this.#batch.waiting.length > 0) return this.#noticeHead()
    this.#devices?.waitsNoMore(this.id)
    if (this.#standing.state === IDLE) this.#calendar.sleep(this.#actor)
  }

  /** Others have the devices from now on. */
  unload(): void {
    this.ledger.meter.leave(this.#calendar.clock[0])
  }

  load(): void {
    this.ledger.meter.comeBack(this.#calendar.clock[0])
  }

  /** The devices are its own. */
  resume(): boolean {
    const isWanted = this.#batch.waiting.length > 0
    if (isWanted) this.#noticeHead()
    return isWanted
  }

  #takeIn(request: number): boolean {
    const requests = this.#requests
    this.delivered++
    requests.replica[request] = this.id
    if (requests.inputTokens[request] < this.kind.maxModelLen) return true
    this.#reject(request)
    return false
  }

  /** Sends for what caches below have of the prompt. Given hits are those of a workload that tells no blocks. */
  #fetch(prefixes: PrefixHoldings, request: number): void {
    if (!prefixes.hasBlocks(request)) return
    const { hitTokens, readyS } = this.#requests
    hitTokens[request] = 0
    if (!prefixes.hasTiers) return
    prefixes.settle(this.look.freeBlocksNow())
    readyS[request] = Math.max(readyS[request], prefixes.fetch(request, this.#calendar.clock[0]))
  }

  #noticeArrival(): void {
    const { waiting } = this.#batch
    if (waiting.length === 1 || waiting.isOrdered) this.#noticeHead()
    else if (this.#standing.state === IDLE && this.#batch.hasJustFilled) this.#noticeHead()
  }

  act(): void {
    this.events++
    this.changes()
    if (this.#calendar.isEnd(this.#actor)) {
      this.#reach()
      if (this.#givenUp.length > 0) this.#givenUp.leave()
      if (!this.#calendar.isAlone(this.#actor)) {
        this.#calendar.schedule(this.#actor, this.#calendar.clock[0], BEGINS)
        return
      }
    } else if (!this.#standing.atBoundary && this.#standing.state !== IDLE) {
      this.#reach()
    }
    this.#begin()
  }

  #reject(request: number): void {
    this.#requests.outcome[request] = REJECTED
    this.#requests.endS[request] = this.#calendar.clock[0]
    this.#listener.ended(request)
  }

  /** The head of the queue is new, or has more room: plans the first moment at which a step may carry it. */
  #noticeHead(): void {
    const { waiting } = this.#batch
    const standing = this.#standing
    const nowS = this.#calendar.clock[0]
    const headReadyS = waiting.headReadyS
    const laterS = waiting.isOrdered ? waiting.newsS : headReadyS
    const readyS = headReadyS > nowS ? laterS : nowS
    if (standing.state === IDLE) return this.#calendar.schedule(this.#actor, readyS, BEGINS)
    if (standing.state === MIXED || this.#batch.isFull) return
    if (readyS >= this.#calendar.timeS[this.#actor]) return
    const step = this.#stretch.boundaryAtOrAfter(readyS, standing.dueStep)
    const boundaryS = this.#stretch.boundaryS(step)
    standing.dueStep = step
    this.#calendar.timeS[this.#actor] = boundaryS
    this.#calendar.moved(this.#actor, boundaryS === this.#calendar.clock[0] ? BEGINS : ENDS)
  }

  /** Who runs leaves at the first boundary after now: what ended at this instant has ended. */
  #noticeGivenUp(): void {
    const standing = this.#standing
    if (!standing.isInStretch) return
    const step = this.look.stepsDone() + 1
    if (step >= standing.dueStep) return
    standing.dueStep = step
    this.#calendar.schedule(this.#actor, this.#stretch.boundaryS(step), ENDS)
  }

  /** Arrives at the boundary the slot was set to. */
  #reach(): void {
    const standing = this.#standing
    standing.atBoundary = true
    if (standing.state === MIXED) {
      this.#batch.endMixed()
      standing.state = STRETCH
    } else this.#batch.reach(standing.dueStep)
  }

  // --- The beginning of a step ----------------------------------------------------------------------------------

  #begin(): void {
    const batch = this.#batch
    const standing = this.#standing
    if (standing.state === IDLE) {
      if (this.#devices !== undefined && !this.#mayUse(this.#devices)) return
      this.#stretch.originS = this.#calendar.clock[0]
    }
    // Where the plan ends the origin moves whatever is formed; orders are to know what has been served.
    if (batch.reached === this.#planSteps) batch.commit()
    this.#forming.form()
    standing.atBoundary = false
    if (batch.step.chunks > 0) return this.#startMixed()
    if (!this.#forming.hasDecodes) return this.#rest()
    // A boundary of 0 says that the origin has moved here: whatever was planned is over.
    const isInForce = batch.reached > 0 && batch.reached < this.#planSteps
    if (!isInForce) this.#startStretch()
    this.#scheduleBoundary()
  }

  /** Whether it may run now: only who may run its head asks for the devices. If not, its slot is set. */
  #mayUse(devices: DeviceShare): boolean {
    const { waiting } = this.#batch
    const isDue = waiting.headReadyS <= this.#calendar.clock[0]
    if (isDue && devices.mayRun(this.id)) return true
    this.#calendar.schedule(this.#actor, isDue ? Number.POSITIVE_INFINITY : waiting.newsS, BEGINS)
    return false
  }

  #startStretch(): void {
    const batch = this.#batch
    const stretch = this.#stretch
    batch.commit()
    if (this.#standing.state === IDLE) this.ledger.meter.stopIdling(this.#stretch.originS)
    const { latency, energy } = this.kind
    stretch.price()
    const toFinish = batch.finishes.topStep() - stretch.originStep
    const steady = Math.min(toFinish, latency.steadySteps(stretch))
    const inKv = batch.stepsInKv(steady)
    this.#standing.state = STRETCH
    this.#planSteps = energy.steadySteps(stretch, inKv)
    stretch.isCapped = energy.isDecodeCapped(stretch)
  }

  /** Sets the slot to the next boundary at which something ends, or can be done for the head of the queue. */
  #scheduleBoundary(): void {
    const batch = this.#batch
    let step = this.#planSteps
    if (this.#forming.hasPreempted || this.#stepByStep || this.#givenUp.length > 0) step = batch.reached + 1
    else if (batch.waiting.length > 0 && !batch.isFull) step = this.#stepOfNews(step)
    this.#standing.dueStep = step
    this.#calendar.timeS[this.#actor] = this.#stretch.boundaryS(step)
    this.#calendar.moved(this.#actor, ENDS)
  }

  /** The first boundary, at most `limit`, at which more may be done for the head of the queue than now. */
  #stepOfNews(limit: number): number {
    const { waiting, reached } = this.#batch
    const { newsS } = waiting
    const step = newsS < Number.POSITIVE_INFINITY ? this.#stretch.boundaryAtOrAfter(newsS, limit) : limit
    if (waiting.headReadyS > this.#calendar.clock[0]) return step
    return Math.max(reached + 1, this.#batch.stepsWithoutRoom(step))
  }

  #startMixed(): void {
    const batch = this.#batch
    batch.commit()
    if (this.#standing.state === IDLE) this.ledger.meter.stopIdling(this.#stretch.originS)
    const { step } = batch
    const { originS, sequences, contextTokens, longestTokens } = this.#stretch
    if (this.#forming.hasDecodes) {
      step.sequences = sequences
      step.contextTokens = contextTokens
      step.longestTokens = longestTokens
    } else this.ledger.stalls.hold(originS, sequences, step.ordinal)
    this.#standing.state = MIXED
    step.seconds = this.kind.latency.stepSeconds(step)
    step.joules = this.kind.energy.stepJoules(step, step.seconds)
    step.isCapped = this.kind.energy.isStepCapped(step.joules, step.seconds)
    this.#calendar.timeS[this.#actor] = originS + step.seconds
    this.#calendar.moved(this.#actor, ENDS)
  }

  /** Nothing to run: sleeps, or until a step may carry the head of the queue. */
  #rest(): void {
    if (this.#stretch.sequences > 0) throw new RangeError('the batcher left decodes out of an empty step')
    if (this.#standing.state !== IDLE) this.ledger.meter.startIdling(this.#stretch.originS)
    this.#standing.state = IDLE
    const { waiting } = this.#batch
    // Who is ready and finds no room waits for blocks that are being sent.
    const newsS = waiting.length === 0 ? Number.POSITIVE_INFINITY : waiting.newsS
    this.#calendar.schedule(this.#actor, newsS, BEGINS)
    if (this.#devices === undefined) return
    if (waiting.length > 0 && waiting.headReadyS <= this.#calendar.clock[0]) this.#devices.waits(this.id)
    this.#devices.rests()
  }
}
