import type { Calendar } from '../core/calendar.ts'
import type { Grid } from '../energy/grid.ts'
import type { Network } from '../links/network.ts'
import type { Replica } from '../replicas/replica.ts'
import { LENGTH, REJECTED, type RequestTable } from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { ReplicaResult, RunResult, SampleRow } from '../results/run-result.ts'
import { Gather, spreadOf } from '../results/stats.ts'
import { type Course, turnsOf } from './course.ts'
import { KindSampler } from './kind-sampler.ts'
import { LinkRecord } from './link-record.ts'
import { PromptRecord } from './prompt-record.ts'
import { QueueWatch } from './queue-watch.ts'
import { saturationTokensPerS } from './saturation.ts'
import { meets } from './slo.ts'
import { Snapshot } from './snapshot.ts'
import { TransferRecord } from './transfer-record.ts'

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
  readonly #prompts: PromptRecord
  readonly #transfers = new TransferRecord()
  #links: LinkRecord | undefined
  readonly #turns: readonly number[]
  readonly #opening: Snapshot
  readonly #closing: Snapshot
  readonly #samples: SampleRow[] = []
  #isOpen = false
  #isClosed = false
  #endS = 0
  #finished = 0
  #rejected = 0
  #refused = 0
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
    this.#turns = turnsOf(course)
    this.#prompts = new PromptRecord(requests, replicas.length)
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

  /** Says what the links carry, too. Call before the run. */
  watch(network: Network): void {
    this.#links = new LinkRecord(network)
  }

  /** Warm-up is over: what comes from now on counts. */
  open(): void {
    this.#isOpen = true
    for (const replica of this.#replicas) replica.settleGaps()
    this.#itl.clear()
    this.#opening.take(this.#calendar.clock[0], this.#replicas)
    this.#links?.open()
    this.queue.open(this.#calendar.clock[0])
  }

  /** The last request has arrived: meters and throughput stop counting, latencies go on through the drain. */
  close(): void {
    this.#isClosed = true
    this.#closing.take(this.#calendar.clock[0], this.#replicas)
    this.#links?.close()
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
    this.#endS = Math.max(this.#endS, requests.endS[request])
    if (outcome !== REJECTED) this.#finished++
    else if (requests.replica[request] < 0) this.#refused++
    else this.#rejected++
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
    if (outcome === REJECTED) return
    this.#addLatencies(request)
    this.#prompts.add(request)
    if (requests.journeys.prefillReplica.at(request) >= 0) this.#transfers.add(request, requests)
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
      requests: this.#finished + this.#rejected + this.#refused,
      arrivedInWindow: this.#arrivedEnded,
      finished: this.#finished,
      rejected: this.#rejected,
      refused: this.#refused,
      cutByLength: this.#cutByLength,
      preemptions: this.#preemptions,
      swaps: total(replicas, replica => replica.swaps),
      endedInWindow: this.#endedInWindow,
      attained: this.#attained,
      attainedTokens: this.#attainedTokens,
      outputTokens: total(replicas, replica => replica.outputTokens),
      promptTokens: total(replicas, replica => replica.promptTokens),
      prompts: this.#prompts.all(),
      saturationTokensPerS: saturationTokensPerS(course),
      ttft: this.#ttft.spread(),
      ttftFromAdmission: this.#ttftFromAdmission.spread(),
      tpot: this.#tpot.spread(),
      itl: spreadOf(this.#itl, itlSumS),
      e2e: this.#e2e.spread(),
      replicas,
      ...(this.#links && { links: this.#links.results(), transfers: this.#transfers.result() }),
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
    const { kind, ledger, preemptions, delivered, events } = this.#replicas[index]
    const { meter, steps, swaps, fill } = ledger
    const before = this.#opening.meters[index]
    const after = this.#closing.meters[index]
    const busyS = after.busyS - before.busyS
    const awayS = after.awayS - before.awayS
    const idleS = withoutResidue(this.#closing.timeS - this.#opening.timeS - busyS - awayS, busyS + awayS)
    const { pue, models } = this.#course
    return {
      replica: index,
      kind: kind.name,
      deviceKind: kind.deviceKind,
      role: kind.role ?? 'both',
      model: models?.[kind.modelId ?? 0] ?? '',
      turns: this.#turns[index],
      requests: delivered,
      outputTokens: this.#closing.outputTokens[index] - this.#opening.outputTokens[index],
      promptTokens: this.#closing.promptTokens[index] - this.#opening.promptTokens[index],
      busyS,
      idleS,
      awayS,
      busyJ: (after.busyJ - before.busyJ) * pue,
      idleJ: kind.energy.idleWatts * idleS * pue,
      busyG: after.busyG - before.busyG,
      idleG: after.idleG - before.idleG,
      lifeBusyS: meter.busyS,
      lifeBusyJ: meter.busyJ * pue,
      lifeBusyG: meter.busyG,
      usdPerHour: kind.usdPerHour,
      preemptions,
      swaps,
      loads: meter.returns,
      prompts: this.#prompts.of(index),
      paddingShare: fill === undefined ? Number.NaN : 1 - fill.filled / fill.places,
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
