import { Calendar } from './core/calendar.ts'
import { UserError } from './core/errors.ts'
import { type Actor, run } from './core/loop.ts'
import { Grid } from './energy/grid.ts'
import type { Course, RoutingChoice } from './fleet/course.ts'
import { crewActors, crewOf } from './fleet/crew.ts'
import { type EndObserver, Fleet } from './fleet/fleet.ts'
import { Gateway } from './fleet/gateway.ts'
import { Handover } from './fleet/handover.ts'
import { Inlet } from './fleet/inlet.ts'
import { LoopClients } from './fleet/loop-clients.ts'
import { NoteTaker, notedIn } from './fleet/note-taker.ts'
import { Observer } from './fleet/observer.ts'
import { PredictionRecord } from './fleet/prediction-record.ts'
import { Recorder } from './fleet/recorder.ts'
import { Routers } from './fleet/routers.ts'
import { Turns } from './fleet/turns.ts'
import { OPEN_GATEWAY } from './gateway/contract.ts'
import { Network } from './links/network.ts'
import { uniformKind } from './replicas/uniform-kind.ts'
import { RequestTable } from './requests/table.ts'
import { LogBins } from './results/log-bins.ts'
import type { RunResult } from './results/run-result.ts'

// Actors. Those before the first replica bring work and look on; links come behind the replicas, then the gateway.
const OBSERVER = 0
const INLET = 1
const CLIENTS = 2
const TURNS = 3
const FIRST_REPLICA = 4

/** Who routes. */
export type PolicyChoice = RoutingChoice

/** How a simulation is run; none of this changes what happens in it. */
export interface RunOptions {
  /** One event per engine step instead of one per stretch. */
  readonly stepByStep?: boolean
  /** Told of every request that ends, with the table its facts are in; the row is void after the call. */
  readonly onEnd?: (request: number, requests: RequestTable) => void
  /** Told now and then how many requests have arrived. */
  readonly onProgress?: (arrived: number) => void
}

/**
 * Runs one course under one policy and returns what was found.
 *
 * Throws a UserError for a mistake of the user: an unknown policy or option, a policy that answers wrongly, a
 * malformed trace, a warm-up that outlasts the arrivals.
 */
export async function simulate(
  asked: Course,
  choice: PolicyChoice,
  options: RunOptions = {},
): Promise<RunResult> {
  const course = { ...asked, kinds: asked.kinds.map(uniformKind) }
  const routers = new Routers(course, choice)
  await routers.ready()
  const source = course.arrivals()
  try {
    // The parts.
    const networkActor = FIRST_REPLICA + crewActors(course)
    const gatewayActor = networkActor + 1
    const calendar = new Calendar(gatewayActor + 1)
    const requests = new RequestTable()
    const grid = new Grid(course.carbon, course.pue)
    const itl = new LogBins()
    const classes = course.closedLoop ? [...source.classes, 'closed-loop'] : source.classes
    const fleet = new Fleet(calendar, requests, classes, course)
    const setup = { calendar, requests, grid, itl, listener: fleet, stepByStep: options.stepByStep ?? false }
    const crew = crewOf(course, FIRST_REPLICA, setup, classes)
    fleet.replicas.push(...crew.replicas)
    const recorder = new Recorder(calendar, requests, fleet.replicas, course, grid, itl)
    recorder.divide({ classes, tenants: source.tenants })
    const predictions = routers.predict ? new PredictionRecord(requests, crew.replicas, course) : undefined
    const wiring = { course, fleet, calendar, requests }
    const network = wire(wiring, networkActor, routers, predictions)
    const gateway = gatewayOf(wiring, gatewayActor, routers, classes)
    const door = gateway ?? fleet
    const turns = new Turns(TURNS, calendar, requests, door)
    const askers = {
      policies: routers.readNotes || (course.gateway?.readsNotes ?? false),
      rows: options.onEnd !== undefined,
      tenants: source.tenants !== undefined,
    }
    const noted = notedIn(course, askers)
    const notes = noted && new NoteTaker(requests, source, noted)
    const inlet = new Inlet(INLET, calendar, requests, door, turns, source, notes)

    // The wiring.
    fleet.observe(request => recorder.ended(request))
    if (predictions) fleet.observe(request => predictions.ended(request))
    if (options.onEnd) fleet.observe(endObserver(options.onEnd, requests))
    const clients =
      course.closedLoop &&
      new LoopClients(CLIENTS, calendar, requests, door, course.closedLoop, classes.length - 1, course.seed)
    const hasMoreToCome = () =>
      !inlet.isOver || turns.waiting > 0 || (clients !== undefined && !clients.isOver)
    // Whether requests are held that neither time nor an end will free.
    const isStuck = () => inlet.isOver && clientsSleep(calendar) && (gateway?.isStuck ?? false)
    const isWorkLeft = () => (hasMoreToCome() || requests.inFlight > 0) && !isStuck()
    const observer = new Observer(OBSERVER, calendar, recorder, course.warmupS, course.sampleS, isWorkLeft)
    const actors: Actor[] = [observer, inlet, clients ?? inlet, turns, ...crew.replicas, ...crew.shares]
    actors.push(network ?? inlet, gateway ?? inlet)
    if (network !== undefined) recorder.watch(network)
    if (gateway !== undefined) recorder.watchGateway(gateway)

    // The run.
    while (hasMoreToCome()) {
      if (inlet.isDry) await inlet.refill()
      if (!hasMoreToCome()) break
      calendar.resume()
      run(calendar, actors)
      options.onProgress?.(fleet.routed)
      if (isStuck()) gateway?.checkEmpty(choice.name)
    }
    if (fleet.routed === 0) throw new UserError('the workload has no requests')
    closeWindow(recorder, observer, course.warmupS, calendar.nowS)
    calendar.resume()
    run(calendar, actors)
    gateway?.checkEmpty(choice.name)
    const counted = [...crew.replicas, ...crew.shares, ...(network ? [network] : [])]
    const result = recorder.result(counted.reduce((sum, { events }) => sum + events, fleet.routed))
    return predictions ? { ...result, predictions: predictions.results() } : result
  } finally {
    source.close()
  }
}

interface Wiring {
  readonly course: Course
  readonly fleet: Fleet
  readonly calendar: Calendar
  readonly requests: RequestTable
}

/** Gives every group of replicas its policy. @returns the links, where requests go from replica to replica */
function wire(
  { course, fleet, calendar, requests }: Wiring,
  actor: number,
  routers: Routers,
  predictions: PredictionRecord | undefined,
): Network | undefined {
  const { handoff, network: spec, places, models = [''], meanInputTokens } = course
  if (handoff === undefined || spec === undefined || places === undefined) {
    fleet.use(routers.ofEntries(predictions), models.length)
    return undefined
  }
  const network = new Network(actor, calendar, spec, requests.journeys, request => handover.landed(request))
  const { replicas, loads } = fleet
  const handover = new Handover(replicas, loads, requests, network, handoff, places, course.replicas)
  const parts = { replicas, places, topology: network.topology, meanInputTokens }
  const routing = routers.ofDecoders(predictions, parts)
  fleet.use(routers.ofEntries(predictions, parts), models.length, { routing, handover })
  return network
}

/** What holds requests back, where the course says so or the policy may. */
function gatewayOf(
  { course, fleet, calendar, requests }: Wiring,
  actor: number,
  routers: Routers,
  classes: readonly string[],
): Gateway | undefined {
  const spec = course.gateway ?? (routers.wait ? OPEN_GATEWAY : undefined)
  const isGivenUp = spec?.timeoutS !== undefined || spec?.hedgeAfterS !== undefined
  if (isGivenUp && course.handoff !== undefined)
    throw new UserError('time-outs and hedges need a fleet in which no replica hands requests over')
  const tiers = classes.map((_, i) => course.classSlos?.[i]?.tier ?? 'standard')
  return spec && new Gateway(actor, calendar, requests, fleet, spec, tiers)
}

/** Whether no client and no turn has a time at which it will come. */
function clientsSleep({ timeS }: Calendar): boolean {
  return timeS[CLIENTS] === Number.POSITIVE_INFINITY && timeS[TURNS] === Number.POSITIVE_INFINITY
}

function endObserver(onEnd: NonNullable<RunOptions['onEnd']>, requests: RequestTable): EndObserver {
  return request => onEnd(request, requests)
}

function closeWindow(recorder: Recorder, observer: Observer, warmupS: number, lastArrivalS: number): void {
  if (!observer.isOpen) {
    throw new UserError(`warmup_s is ${warmupS}; it must end before the last arrival, at ${lastArrivalS} s`)
  }
  recorder.close()
}
