import { ArrivalBlock } from '../../src/arrivals/contract.ts'
import type { Details } from '../../src/arrivals/details.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { Outcome } from '../../src/requests/table.ts'
import type { ReplicaId } from '../../src/routing/contract.ts'
import { deliver, moveKv } from './naive-delivery.ts'
import { endLoad, type NaiveDevices, newDevices, nextLoadS } from './naive-devices.ts'
import { type NaiveLinks, newLinks, nextLinkS } from './naive-links.ts'
import { naiveOrderOf } from './naive-orders.ts'
import { cacheOf, entriesOf, type NaiveTier, remoteTiersOf } from './naive-prefixes.ts'
import { batchDueS, queueLength } from './naive-queue.ts'
import { freeBlocks, heldBlocks, type Replica, type Request, type Step } from './naive-state.ts'
import { beginStep, endStep } from './naive-steps.ts'

/*
 * The oracle of law 4b: the same fleet, simulated as slowly and as plainly as possible. One turn of the loop per
 * instant, one step at a time, KV blocks taken one by one, no closed form and no totals kept: what can be
 * counted again is counted again. It shares with the simulator the facts of a course (models, prices, batchers)
 * and nothing of how they are used.
 */

/** What came with a request. */
export interface RequestFacts {
  /** Place in the workload, from 0. */
  readonly ordinal: number
  readonly arrivalS: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly hitTokens: number
  readonly requestClass: string
  /** -1 where it has none. */
  readonly tenantId: number
  /** After its arrival; NaN where there is none. */
  readonly deadlineS: number
  /** As the router predicted them; known where the caller tells. */
  readonly predictedTokens: number
  /** Entries of a prefix cache that its prompt is made of. */
  readonly entryIds: readonly number[]
}

/** A replica as it stands at a decision: what ends at that instant has ended, what begins has not begun. */
export interface ReplicaSnapshot {
  /** Sent there and not admitted, the preempted included. */
  readonly waiting: number
  readonly running: number
  /** Blocks that neither the step under way nor any request between two steps holds. */
  readonly freeBlocks: number
}

/** Routes a request at its arrival. */
export type Decide = (request: RequestFacts, nowS: number, replicas: readonly ReplicaSnapshot[]) => ReplicaId

export interface NaiveRow {
  readonly replica: ReplicaId
  readonly outcome: Outcome
  /** Begin of the step that first carried it; NaN if none did. */
  readonly admittedS: number
  readonly firstTokenS: number
  readonly endS: number
  readonly emitted: number
  readonly preemptions: number
  /** Longest time between two of its tokens; 0 with fewer than two. */
  readonly worstItlS: number
  readonly shareS: number
  readonly shareJ: number
  readonly shareG: number
  /** When each of its tokens came out. */
  readonly tokenS: readonly number[]
}

/** What became of a request beside its row. */
export interface NaiveJourney {
  /** Prompt tokens that were not computed. */
  readonly hitTokens: number
  /** Who computed its prompt, or -1 where it has stayed at one replica; and what it owed there. */
  readonly prefillReplica: ReplicaId
  readonly prefillS: number
  /** Seconds that its KV took from there, and would have taken alone. */
  readonly transferS: number
  readonly transferAloneS: number
}

/** The meter of a replica while it runs steps; idle time is no part of it. */
export interface NaiveReplicaTotals {
  readonly busyS: number
  readonly busyJ: number
  /** Grams of CO2 of busyJ at the facility's meter. */
  readonly grams: number
  readonly steps: number
  readonly preemptions: number
}

/** A step as it ran. */
export interface NaiveStep {
  readonly replica: ReplicaId
  readonly startS: number
  readonly seconds: number
  /** Ordinals of its decodes in order of admission. */
  readonly decodes: readonly number[]
  readonly chunks: readonly { readonly ordinal: number; readonly tokens: number; readonly cached: number }[]
  /** Ordinals of the requests preempted while it was formed, in order. */
  readonly preempted: readonly number[]
  /** Blocks held while it runs. */
  readonly heldBlocks: number
  /** At the node's wall, and the grams of that at the facility's meter. */
  readonly joules: number
  readonly grams: number
}

export interface NaiveResult {
  /** By ordinal. */
  readonly requests: readonly NaiveRow[]
  readonly journeys: readonly NaiveJourney[]
  /** By replica id. */
  readonly replicas: readonly NaiveReplicaTotals[]
  /** Every time between two consecutive tokens of one request, in order of the later token. */
  readonly gapsS: readonly number[]
  /** Time of the last event. */
  readonly endS: number
  /** In order of begin, then of replica. */
  readonly steps: readonly NaiveStep[]
}

export interface NaiveOptions {
  /** Form the steps of replicas with the chunked-prefill batcher by vLLM's own loop instead of the batcher. */
  readonly ownChunkedPrefill?: boolean
  /** Who decodes a request whose prompt has been computed elsewhere. */
  readonly decoderOf?: (ordinal: number) => ReplicaId
  /** What the router predicted; for orders that go by it. */
  readonly predictedTokensOf?: (ordinal: number) => number
}

export interface World {
  readonly course: Course
  readonly replicas: readonly Replica[]
  readonly devices: readonly NaiveDevices[]
  /** With what each transfer carries: the request, and its source with what it still holds there. */
  readonly links: NaiveLinks<Parcel> | undefined
  readonly gapsS: number[]
  readonly steps: NaiveStep[]
  readonly options: NaiveOptions
}

export interface Parcel {
  readonly request: Request
  readonly source: Replica
  readonly held: Request
}

/** Runs the course to the end of its last request; `decide` is called once per request, in order of arrival. */
export async function runNaive(
  course: Course,
  decide: Decide,
  options: NaiveOptions = {},
): Promise<NaiveResult> {
  if (course.closedLoop) throw new Error('the naive stepper knows no closed loops')
  const requests = await readRequests(course, options)
  const world = newWorld(course, options)
  const { replicas, devices } = world
  let arrived = 0
  let lastS = Number.NEGATIVE_INFINITY
  for (;;) {
    const nowS = Math.min(requests[arrived]?.arrivalS ?? Infinity, nextS(world, lastS))
    if (nowS === Infinity) break
    if (!(nowS > lastS)) throw new Error(`the clock stands still at ${nowS} s`)
    for (const replica of replicas) {
      if (replica.step && stepEndS(replica.step) === nowS) endStep(world, replica, nowS)
    }
    for (const it of devices) {
      if (nextLoadS(it) !== nowS) continue
      endLoad(it)
      replicas[it.loaded].hasNews = true
    }
    moveKv(world, nowS)
    while (requests[arrived]?.arrivalS === nowS) {
      const request = requests[arrived++]
      deliver(replicas[decide(request, nowS, replicas.map(snapshot))], request, nowS)
    }
    for (const replica of replicas)
      if (!replica.step && isDue(replica, lastS, nowS)) beginStep(world, replica, nowS)
    lastS = nowS
  }
  for (const replica of replicas) checkEmpty(replica)
  return {
    requests: requests.map(r => r.row),
    journeys: requests.map(r => r.journey),
    replicas: replicas.map(r => r.totals),
    gapsS: world.gapsS,
    endS: Math.max(0, lastS),
    steps: world.steps,
  }
}

/** The next instant after the last one at which something happens by itself. */
function nextS({ replicas, devices, links }: World, lastS: number): number {
  const ofReplicas = replicas.map(replica => {
    if (replica.step) return stepEndS(replica.step)
    return Math.min(Infinity, ...newsOf(replica, lastS).filter(timeS => timeS > lastS))
  })
  return Math.min(
    Infinity,
    ...ofReplicas,
    ...devices.map(nextLoadS),
    links === undefined ? Infinity : nextLinkS(links),
  )
}

/** Whether a replica without a step under way may begin one: a step has ended, or there is news for it. */
function isDue(replica: Replica, lastS: number, nowS: number): boolean {
  const hasNews = replica.hasNews || newsOf(replica, lastS).some(timeS => timeS > lastS && timeS <= nowS)
  replica.hasNews = false
  return replica.hasEnded || (hasNews && batchDueS(replica, nowS) <= nowS)
}

/** When its head may run, and where others may go before it, when the next of them comes. */
function newsOf({ queue, ...replica }: Replica, lastS: number): number[] {
  if (queueLength(queue) === 0) return []
  const dueS = batchDueS({ queue, ...replica }, lastS)
  return queue.order === undefined ? [dueS] : [dueS, ...queue.line.slice(0, 1).map(it => it.readyS)]
}

function checkEmpty(replica: Replica): void {
  if (queueLength(replica.queue) > 0 || heldBlocks(replica) > 0)
    throw new Error(`replica ${replica.id} is not empty`)
  if (replica.cache !== undefined && replica.cache.unheld.length !== replica.cache.holders.size)
    throw new Error(`prefix blocks of replica ${replica.id} are still held`)
}

async function readRequests(course: Course, options: NaiveOptions): Promise<Request[]> {
  const source = course.arrivals()
  const block = new ArrivalBlock(7)
  const requests: Request[] = []
  for (;;) {
    block.length = 0
    await source.fill(block)
    if (block.length === 0) break
    for (let i = 0; i < block.length; i++) {
      const facts = {
        ordinal: requests.length,
        arrivalS: block.arrivalS[i],
        inputTokens: block.inputTokens[i],
        outputTokens: block.outputTokens[i],
        hitTokens: block.hitTokens[i],
        requestClass: source.classes[block.classId[i]],
        predictedTokens: options.predictedTokensOf?.(requests.length) ?? Number.NaN,
        ...detailsOf(block.details, i, block.inputTokens[i], course.prefixEntryTokens),
      }
      requests.push(newRequest(facts))
    }
  }
  source.close()
  return requests
}

function detailsOf(
  details: Details | undefined,
  row: number,
  inputTokens: number,
  entryTokens: number | undefined,
) {
  if (details === undefined) return { tenantId: -1, deadlineS: Number.NaN, entryIds: [] }
  if (details.thinkS[row] >= 0) throw new Error('the naive stepper knows no turns that wait for others')
  const ids = [...details.blocksOf(row)]
  const entryIds =
    entryTokens === undefined || ids.length === 0
      ? []
      : entriesOf(ids, details.blockTokens[row], inputTokens, entryTokens)
  return { tenantId: details.tenantId[row], deadlineS: details.deadlineS[row], entryIds }
}

function newRequest(facts: RequestFacts): Request {
  return {
    ...facts,
    row: newRow(),
    journey: {
      hitTokens: facts.hitTokens,
      prefillReplica: -1,
      prefillS: 0,
      transferS: 0,
      transferAloneS: 0,
    },
    readyS: Number.NaN,
    prefillTokens: facts.inputTokens,
    computed: 0,
    decoding: false,
    blocks: 0,
    held: 0,
    staged: { from: 0, to: 0 },
    inHost: 0,
    sinceTokenS: 0,
    countedS: 0,
    untold: 0,
  }
}

function newRow(): Request['row'] {
  return {
    replica: -1,
    outcome: 0,
    admittedS: Number.NaN,
    firstTokenS: Number.NaN,
    endS: Number.NaN,
    emitted: 0,
    preemptions: 0,
    worstItlS: 0,
    shareS: 0,
    shareJ: 0,
    shareG: 0,
    tokenS: [],
  }
}

function newWorld(course: Course, options: NaiveOptions): World {
  const { network, sharedDevices = [] } = course
  const devices = sharedDevices.map(it => newDevices(it.replicas, it.loadS, it.patienceS))
  const stores = remoteTiersOf(course)
  const replicas = course.replicas.map((kind, id) => {
    const place = sharedDevices.findIndex(it => it.replicas.includes(id))
    const remote = stores[course.kinds[kind].modelId ?? 0]
    return newReplica(id, course.kinds[kind], course, remote, devices[place])
  })
  const links = network === undefined ? undefined : newLinks<Parcel>(network)
  return { course, replicas, devices, links, gapsS: [], steps: [], options }
}

/** Every replica draws for itself. */
function withOwnPace(kind: ReplicaKind, id: ReplicaId): ReplicaKind {
  const pace = kind.pace?.ofReplica?.(id)
  return pace === undefined ? kind : { ...kind, pace }
}

function newReplica(
  id: ReplicaId,
  kind: ReplicaKind,
  course: Course,
  remote: NaiveTier | undefined,
  devices: NaiveDevices | undefined,
): Replica {
  if (kind.tokenBudget < kind.maxSequences) throw new Error(`${kind.name}: token budget below sequence limit`)
  if (kind.kvBlocks * kind.blockTokens < kind.maxModelLen)
    throw new Error(`${kind.name}: maxModelLen exceeds KV`)
  const queue = { line: [] as Request[], order: undefined as Replica['queue']['order'] }
  const replica: Replica = {
    id,
    kind: withOwnPace(kind, id),
    running: [],
    queue,
    totals: { busyS: 0, busyJ: 0, grams: 0, steps: 0, preemptions: 0 },
    cache: cacheOf(kind, course.prefixEntryTokens, remote),
    devices,
    sending: [],
    step: undefined,
    decodeSteps: 0,
    plan: { done: 0, steps: 0 },
    hasEnded: false,
    hasNews: false,
    tokenizedS: 0,
    swappedS: 0,
  }
  queue.order = naiveOrderOf(kind)?.(replica)
  return replica
}

function stepEndS(step: Step): number {
  return step.startS + step.seconds
}

function snapshot(replica: Replica): ReplicaSnapshot {
  const { queue, running } = replica
  return { waiting: queueLength(queue), running: running.length, freeBlocks: freeBlocks(replica) }
}
