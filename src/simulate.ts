import { Calendar } from './core/calendar.ts'
import { UserError } from './core/errors.ts'
import { type Actor, run } from './core/loop.ts'
import { stream } from './core/random.ts'
import { Grid } from './energy/grid.ts'
import type { Course } from './fleet/course.ts'
import { crewActors, crewOf } from './fleet/crew.ts'
import { type EndObserver, Fleet, type RoutingOf } from './fleet/fleet.ts'
import { Handover } from './fleet/handover.ts'
import { Inlet } from './fleet/inlet.ts'
import { LoopClients } from './fleet/loop-clients.ts'
import { NoteTaker, notedIn } from './fleet/note-taker.ts'
import { Observer } from './fleet/observer.ts'
import { Recorder } from './fleet/recorder.ts'
import { Turns } from './fleet/turns.ts'
import { Network } from './links/network.ts'
import { uniformKind } from './replicas/uniform-kind.ts'
import { RequestTable } from './requests/table.ts'
import { LogBins } from './results/log-bins.ts'
import type { RunResult } from './results/run-result.ts'
import { makePolicy, type PolicyEntry, policyNamed } from './routing/registry.ts'

/** Who routes. */
export interface PolicyChoice {
  readonly name: string
  readonly options?: Readonly<Record<string, number>>
  /** A policy from outside the registry; `name` is then only its name. */
  readonly entry?: PolicyEntry
}

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
  const source = course.arrivals()
  try {
    // The parts. Actors 0 to 3 bring work and look on; replica r is actor r + 4; links come last.
    const networkActor = 4 + crewActors(course)
    const calendar = new Calendar(networkActor + 1)
    const requests = new RequestTable()
    const grid = new Grid(course.carbon, course.pue)
    const itl = new LogBins()
    const classes = course.closedLoop ? [...source.classes, 'closed-loop'] : source.classes
    const fleet = new Fleet(calendar, requests, course.replicas.length, classes, course.pue)
    const setup = { calendar, requests, grid, itl, listener: fleet, stepByStep: options.stepByStep ?? false }
    const crew = crewOf(course, 4, setup, classes)
    fleet.replicas.push(...crew.replicas)
    const recorder = new Recorder(calendar, requests, fleet.replicas, course, grid, itl)
    const turns = new Turns(3, calendar, requests, fleet)
    const askers = { policies: policiesReadNotes(course, choice), rows: options.onEnd !== undefined }
    const noted = notedIn(course, askers)
    const notes = noted && new NoteTaker(requests, source, noted)
    const inlet = new Inlet(1, calendar, requests, fleet, turns, source, notes)

    // The wiring.
    fleet.observe(request => recorder.ended(request))
    if (options.onEnd) fleet.observe(endObserver(options.onEnd, requests))
    const clients =
      course.closedLoop &&
      new LoopClients(2, calendar, requests, fleet, course.closedLoop, classes.length - 1, course.seed)
    const hasMoreToCome = () =>
      !inlet.isOver || turns.waiting > 0 || (clients !== undefined && !clients.isOver)
    const isWorkLeft = () => hasMoreToCome() || requests.inFlight > 0
    const observer = new Observer(0, calendar, recorder, course.warmupS, course.sampleS, isWorkLeft)
    const network = wire(course, choice, fleet, { actor: networkActor, calendar, requests })
    const actors: Actor[] = [observer, inlet, clients ?? inlet, turns, ...crew.replicas, ...crew.shares]
    if (network !== undefined) {
      actors.push(network)
      recorder.watch(network)
    }

    // The run.
    while (hasMoreToCome()) {
      if (inlet.isDry) await inlet.refill()
      if (!hasMoreToCome()) break
      calendar.resume()
      run(calendar, actors)
      options.onProgress?.(fleet.routed)
    }
    if (fleet.routed === 0) throw new UserError('the workload has no requests')
    closeWindow(recorder, observer, course.warmupS, calendar.nowS)
    calendar.resume()
    run(calendar, actors)
    const counted = [...crew.replicas, ...crew.shares, ...(network ? [network] : [])]
    return recorder.result(counted.reduce((sum, { events }) => sum + events, fleet.routed))
  } finally {
    source.close()
  }
}

interface Wiring {
  readonly actor: number
  readonly calendar: Calendar
  readonly requests: RequestTable
}

/** Gives every group of replicas its policy. @returns the links, where requests go from replica to replica */
function wire(course: Course, choice: PolicyChoice, fleet: Fleet, { actor, calendar, requests }: Wiring) {
  const { handoff, network: spec, places, models = [''] } = course
  const entry = routingOf(course, choice, 'policy')
  if (handoff === undefined || spec === undefined || places === undefined) {
    fleet.use(entry, models.length)
    return undefined
  }
  const { journeys } = requests
  const network = new Network(actor, calendar, spec, journeys, request => handover.landed(request))
  const { replicas, loads } = fleet
  const handover = new Handover(replicas, loads, requests, network, handoff, places, course.replicas)
  const routing = routingOf(course, handoff.policy ?? choice, 'decode policy')
  fleet.use(entry, models.length, { routing, handover })
  return network
}

/** Every group has a policy of its own, with chance of its own. */
function routingOf(course: Course, choice: PolicyChoice, streamName: string): RoutingOf {
  const kinds = course.kinds.map(({ name }) => name)
  let groups = 0
  return group => {
    const name = groups++ === 0 ? streamName : `${streamName} ${groups}`
    return makePolicy(
      choice.name,
      {
        cluster: group.cluster,
        random: stream(course.seed, `${name}/${choice.name}`),
        slo: course.slo,
        options: choice.options ?? {},
        leastLoaded: (measure, replicas) => group.leastLoaded(measure, replicas),
        indexPrefixes: () => group.cluster.indexPrefixes(),
      },
      entryOf(choice),
      kinds,
    )
  }
}

function policiesReadNotes({ handoff }: Course, choice: PolicyChoice): boolean {
  return [choice, handoff?.policy ?? choice].some(policy => entryOf(policy).readsNotes ?? false)
}

function entryOf({ name, entry }: PolicyChoice): PolicyEntry {
  return entry ?? policyNamed(name)
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
