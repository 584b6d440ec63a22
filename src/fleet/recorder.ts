import type { Calendar } from '../core/calendar.ts'
import type { Grid } from '../energy/grid.ts'
import type { Replica } from '../replicas/replica.ts'
import { LENGTH, REJECTED, type RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { ReplicaResult, RunResult, SampleRow } from '../results/run-result.ts'
import { Gather, spreadOf } from '../results/stats.ts'
import type { Course } from './course.ts'
import { KindSampler } from './kind-sampler.ts'
import { QueueWatch } from './queue-watch.ts'
import { meets } from './slo.ts'
import { Snapshot } from './snapshot.ts'

/** Reads a run: every request as it ends, every meter at the window's two ends and at the samples between. */
export class Recorder {
  readonly #calendar: Calendar
  readonly #requests: RequestTable
  readonly #replicas: readonly Replica[]
  readonly #course: Course
  readonly #grid: Grid
  readonly #itl: LogBins
  readonly #kinds: KindSampler[]
  /** Says when the queue is to be looked at, by `look`. */
  readonly queue = new QueueWatch()
  readonly #ttft = new Gather()
  readonly #ttftFromAdmission = new Gather()
  readonly #tpot = new Gather()
  readonly #e2e = new Gather()
  readonly #sent: Float64Array
  readonly #opening: Snapshot
  readonly #closing: Snapshot
  readonly #samples: SampleRow[] = []
  #isOpen = false
  #isClosed = false
  #endS = 0
  #finished = 0
  #rejected = 0
  #cutByLength = 0
  #preemptions = 0
  #endedInWindow = 0
  #arrivedEnded = 0
  #attained = 0
  #attainedTokens = 0

  constructor(
    calendar: Calendar,
    requests: RequestTable,
    replicas: readonly Replica[],
    course: Course,
    grid: Grid,
    itl: LogBins,
  ) {
    this.#calendar = calendar
    this.#requests = requests
    this.#replicas = replicas
    this.#course = course
    this.#grid = grid
    this.#itl = itl
    this.#sent = new Float64Array(replicas.length)
    this.#opening = new Snapshot(replicas, grid)
    this.#closing = new Snapshot(replicas, grid)
    this.#kinds = course.kinds
      .map(
        kind =>
          new KindSampler(
            replicas.filter(replica => replica.kind === kind),
            grid,
          ),
      )
      .filter(sampler => sampler.size > 0)
  }

  /** Warm-up is over: what comes from now on counts. */
  open(): void {
    this.#isOpen = true
    for (const replica of this.#replicas) replica.settleGaps()
    this.#itl.clear()
    this.#opening.take(this.#calendar.clock[0], this.#replicas)
    this.queue.open(this.#calendar.clock[0])
  }

  /** The last request has arrived: meters and throughput stop counting, latencies go on through the drain. */
  close(): void {
    this.#isClosed = true
    this.#closing.take(this.#calendar.clock[0], this.#replicas)
    this.queue.close()
  }

  /** One row of the time series per kind. */
  sample(intervalS: number): void {
    const timeS = this.#calendar.clock[0]
    for (const kind of this.#kinds) this.#samples.push(kind.row(timeS, intervalS))
  }

  /** Counts the requests that wait, for the verdict on saturation. */
  look(): void {
    let waiting = 0
    for (const replica of this.#replicas) waiting += replica.waiting
    this.queue.look(this.#calendar.clock[0], waiting)
  }

  /** A request has ended now. */
  ended(request: number): void {
    const requests = this.#requests
    const outcome = requests.outcome[request]
    this.#endS = requests.endS[request]
    this.#sent[requests.replica[request]]++
    if (outcome === REJECTED) this.#rejected++
    else this.#finished++
    if (outcome === LENGTH) this.#cutByLength++
    this.#preemptions += requests.preemptions[request]
    const isGood = outcome === REJECTED ? false : meets(this.#course.slo, requests, request)
    if (this.#isOpen && !this.#isClosed && outcome !== REJECTED) this.#endedInWindow++
    if (requests.arrivalS[request] < this.#course.warmupS) return
    this.#arrivedEnded++
    if (isGood) {
      this.#attained++
      this.#attainedTokens += requests.emittedTokens[request]
    }
    if (outcome !== REJECTED) this.#addLatencies(request)
  }

  #addLatencies(request: number): void {
    const requests = this.#requests
    const arrivalS = requests.arrivalS[request]
    const firstTokenS = requests.firstTokenS[request]
    const endS = requests.endS[request]
    const emitted = requests.emittedTokens[request]
    this.#ttft.add(firstTokenS - arrivalS)
    this.#ttftFromAdmission.add(firstTokenS - requests.admittedS[request])
    if (emitted > 1) this.#tpot.add((endS - firstTokenS) / (emitted - 1))
    this.#e2e.add(endS - arrivalS)
  }

  /** Call when the run is over. */
  result(events: number): RunResult {
    for (const replica of this.#replicas) replica.settleGaps()
    const course = this.#course
    const fromS = this.#opening.timeS
    const toS = this.#closing.timeS
    const replicas = this.#replicas.map((_, i) => this.#replicaResult(i))
    let itlSumS = -this.#opening.itlSumS
    for (const replica of this.#replicas) itlSumS += replica.itlSumNowS()
    const sparedG = this.#grid.gramsPerWattUntil(toS) - this.#grid.gramsPerWattUntil(fromS)
    return {
      windowS: toS - fromS,
      warmupS: fromS,
      lastArrivalS: toS,
      endS: this.#endS,
      requests: this.#finished + this.#rejected,
      arrivedInWindow: this.#arrivedEnded,
      finished: this.#finished,
      rejected: this.#rejected,
      cutByLength: this.#cutByLength,
      preemptions: this.#preemptions,
      endedInWindow: this.#endedInWindow,
      attained: this.#attained,
      attainedTokens: this.#attainedTokens,
      outputTokens: total(replicas, replica => replica.outputTokens),
      promptTokens: total(replicas, replica => replica.promptTokens),
      ttft: this.#ttft.spread(),
      ttftFromAdmission: this.#ttftFromAdmission.spread(),
      tpot: this.#tpot.spread(),
      itl: spreadOf(this.#itl, itlSumS),
      e2e: this.#e2e.spread(),
      replicas,
      samples: this.#samples,
      spareWatts: course.spareWatts,
      spareUsdPerHour: course.spareUsdPerHour,
      spareG: course.spareWatts * sparedG,
      pue: course.pue,
      isSaturated: this.queue.grewBeyond(this.#arrivedEnded),
      events,
    }
  }

  #replicaResult(index: number): ReplicaResult {
    const { kind, ledger, preemptions, events } = this.#replicas[index]
    const { meter, steps } = ledger
    const before = this.#opening.meters[index]
    const after = this.#closing.meters[index]
    const busyS = after.busyS - before.busyS
    const idleS = withoutResidue(this.#closing.timeS - this.#opening.timeS - busyS, busyS)
    const pue = this.#course.pue
    return {
      replica: index,
      kind: kind.name,
      deviceKind: kind.deviceKind,
      requests: this.#sent[index],
      outputTokens: this.#closing.outputTokens[index] - this.#opening.outputTokens[index],
      promptTokens: this.#closing.promptTokens[index] - this.#opening.promptTokens[index],
      busyS,
      idleS,
      busyJ: (after.busyJ - before.busyJ) * pue,
      idleJ: kind.energy.idleWatts * idleS * pue,
      busyG: after.busyG - before.busyG,
      idleG: after.idleG - before.idleG,
      lifeBusyS: meter.busyS,
      lifeBusyJ: meter.busyJ * pue,
      lifeBusyG: meter.busyG,
      usdPerHour: kind.usdPerHour,
      preemptions,
      steps,
      events,
      saturationTokensPerS: kind.saturationTokensPerS,
    }
  }
}

/** Seconds that are left of a difference, 0 where it is only rounding. */
function withoutResidue(leftS: number, ofS: number): number {
  return leftS > 1e-12 * ofS ? leftS : 0
}

function total(replicas: readonly ReplicaResult[], of: (replica: ReplicaResult) => number): number {
  return replicas.reduce((sum, replica) => sum + of(replica), 0)
}
