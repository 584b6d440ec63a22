import type { Calendar } from '../core/calendar.ts'
import type { Grid } from '../energy/grid.ts'
import type { GatewayResult } from '../gateway/account.ts'
import type { Network } from '../links/network.ts'
import type { Replica } from '../replicas/replica.ts'
import { isServed } from '../requests/outcomes.ts'
import {
  EXPIRED,
  FINISHED,
  LENGTH,
  REFUSED,
  REJECTED,
  type RequestTable,
  TIMED_OUT,
} from '../requests/table.ts'
import type { LogBins } from '../results/log-bins.ts'
import type { ReplicaResult, RunResult, SampleRow } from '../results/run-result.ts'
import { Gather, spreadOf } from '../results/stats.ts'
import { type Course, turnsOf } from './course.ts'
import { KindSampler } from './kind-sampler.ts'
import { LatencyRecord } from './latency-record.ts'
import { LinkRecord } from './link-record.ts'
import { PromptRecord } from './prompt-record.ts'
import { QueueWatch } from './queue-watch.ts'
import { type GroupNames, RequestGroups } from './request-groups.ts'
import { saturationTokensPerS } from './saturation.ts'
import { meets, sloOf } from './slo.ts'
import { Snapshot } from './snapshot.ts'
import { TransferRecord } from './transfer-record.ts'

/** What is read of a gateway. */
interface GatewayRecord {
  /** Requests that it holds now. */
  readonly held: number
  readonly account: GatewayResult
}

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
  readonly #latencies = new LatencyRecord()
  readonly #ttftFromAdmission = new Gather()
  readonly #prompts: PromptRecord
  readonly #transfers = new TransferRecord()
  #links: LinkRecord | undefined
  #gateway: GatewayRecord | undefined
  #groups: RequestGroups | undefined
  readonly #turns: readonly number[]
  readonly #opening: Snapshot
  readonly #closing: Snapshot
  readonly #samples: SampleRow[] = []
  #isOpen = false
  #isClosed = false
  #endS = 0
  /** How many requests ended in each way. */
  readonly #outcomes = new Float64Array(8)
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

  /** Tells classes and tenants apart, where there are any. Call before the run. */
  divide(names: GroupNames): void {
    if (names.classes.length < 2 && names.tenants === undefined && this.#course.classSlos === undefined)
      return
    this.#groups = new RequestGroups(this.#requests, this.#course, names)
  }

  /** Says what a gateway did, too. Call before the run. */
  watchGateway(gateway: GatewayRecord): void {
    this.#gateway = gateway
  }

  /** Warm-up is over: what comes from now on counts. */
  open(): void {
    this.#isOpen = true
    for (const replica of this.#replicas) replica.look.settleGaps()
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
    let waiting = this.#gateway?.held ?? 0
    for (const replica of this.#replicas) waiting += replica.look.waiting
    this.queue.look(this.#calendar.clock[0], waiting)
  }

  /** A request has ended now. */
  ended(request: number): void {
    const requests = this.#requests
    const outcome = requests.outcome[request]
    this.#endS = Math.max(this.#endS, requests.endS[request])
    this.#outcomes[outcome]++
    this.#preemptions += requests.preemptions[request]
    const hasOutput = isServed(outcome)
    const isInWindow = this.#isOpen && !this.#isClosed
    if (isInWindow && hasOutput) this.#endedInWindow++
    if (requests.arrivalS[request] < this.#course.warmupS) return
    const isGood = hasOutput && meets(sloOf(this.#course, requests.classId[request]), requests, request)
    this.#arrivedEnded++
    if (isGood) {
      this.#attained++
      this.#attainedTokens += requests.emittedTokens[request]
    }
    this.#groups?.add(request, isGood, isInWindow)
    if (hasOutput) this.#served(request)
  }

  #served(request: number): void {
    const requests = this.#requests
    this.#latencies.add(request, requests)
    this.#ttftFromAdmission.add(requests.firstTokenS[request] - requests.admittedS[request])
    this.#prompts.add(request)
    if (requests.journeys.prefillReplica.at(request) >= 0) this.#transfers.add(request, requests)
  }

  /** Call when the run is over. */
  result(events: number): RunResult {
    for (const replica of this.#replicas) replica.look.settleGaps()
    const course = this.#course
    const fromS = this.#opening.timeS
    const toS = this.#closing.timeS
    const replicas = this.#replicas.map((_, i) => this.#replicaResult(i))
    let itlSumS = -this.#opening.itlSumS
    for (const replica of this.#replicas) itlSumS += replica.look.itlSumNowS()
    const sparedG = this.#grid.gramsPerWattUntil(toS) - this.#grid.gramsPerWattUntil(fromS)
    return {
      windowS: toS - fromS,
      warmupS: fromS,
      lastArrivalS: toS,
      endS: this.#endS,
      requests: this.#outcomes.reduce((sum, count) => sum + count),
      arrivedInWindow: this.#arrivedEnded,
      finished: this.#outcomes[FINISHED] + this.#outcomes[LENGTH],
      rejected: this.#outcomes[REJECTED],
      refused: this.#outcomes[REFUSED],
      expired: this.#outcomes[EXPIRED],
      timedOut: this.#outcomes[TIMED_OUT],
      cutByLength: this.#outcomes[LENGTH],
      preemptions: this.#preemptions,
      swaps: total(replicas, replica => replica.swaps),
      endedInWindow: this.#endedInWindow,
      attained: this.#attained,
      attainedTokens: this.#attainedTokens,
      outputTokens: total(replicas, replica => replica.outputTokens),
      promptTokens: total(replicas, replica => replica.promptTokens),
      prompts: this.#prompts.all(),
      saturationTokensPerS: saturationTokensPerS(course),
      ...this.#latencies.spreads(),
      ttftFromAdmission: this.#ttftFromAdmission.spread(),
      itl: spreadOf(this.#itl, itlSumS),
      groups: this.#groups?.results() ?? [],
      replicas,
      ...(this.#links && { links: this.#links.results(), transfers: this.#transfers.result() }),
      ...(this.#gateway && { gateway: this.#gateway.account }),
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
      servingS: meter.busyS - before.busyS,
      servingJ: (meter.busyJ - before.busyJ) * pue,
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
