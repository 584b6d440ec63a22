import { capacityOf, fullCost } from './choices.ts'
import type { Aim, Nodes } from './contract.ts'
import { AIMS, LIMITED, upperLimits } from './limits.ts'
import type { Choice, Programme } from './programme.ts'
import { SCOUTED } from './replications.ts'
import type { Look, Terrain } from './search.ts'
import type { FleetRun, Truth } from './truth.ts'
import { overLimits, overload, type Terms } from './verdict.ts'

/** One replication does where it shows a fleet that is this far below the objective, or saturates. */
const FAR_BELOW = 0.05

/** Fleets as a few replications show them. */
export interface Scouting {
  readonly truth: Truth
  readonly programme: Programme
  readonly terms: Terms
  /** Fleets that may be looked at, until that is extended. */
  readonly mostFleets: number
}

/** A terrain that remembers what has been looked at. */
export interface Scouted extends Terrain {
  /** Lets a quarter as many fleets more be looked at as at first. */
  extend(): void
}

export function scouted({ truth, programme, terms, mostFleets }: Scouting): Scouted {
  const { choices, aim, demands } = programme
  const ratesPerS = demands.map(({ ratePerS }) => ratePerS)
  const known = new Map<string, Look>()
  let allowed = mostFleets
  return {
    capacities: choices.map(choice => capacityOf(choice, ratesPerS)),
    costs: choices.map(choice => fullCost(choice, aim)),
    isAllowed: nodes => isAllowed(programme, nodes),
    extend() {
      allowed = known.size + Math.ceil(mostFleets / 4)
    },
    async look(nodes) {
      const key = nodes.join()
      const before = known.get(key)
      if (before !== undefined || known.size >= allowed) return before
      const look = lookOf(nodes, await shortRuns(truth, nodes, terms), { choices, aim, terms })
      known.set(key, look)
      return look
    },
  }
}

/** Runs of a fleet under those replications. */
export async function runsOf(
  truth: Truth,
  nodes: Nodes,
  replications: readonly number[],
): Promise<FleetRun[]> {
  const runs: FleetRun[] = []
  for (const replication of replications) runs.push(await truth.run(nodes, replication))
  return runs
}

async function shortRuns(truth: Truth, nodes: Nodes, { objective }: Terms): Promise<FleetRun[]> {
  const [replication, ...others] = SCOUTED
  const first = await truth.run(nodes, replication)
  const isHopeless = first.isSaturated || first.attainment < objective - FAR_BELOW
  return isHopeless ? [first] : [first, ...(await runsOf(truth, nodes, others))]
}

interface Counting extends Pick<Programme, 'choices' | 'aim'> {
  readonly terms: Terms
}

function lookOf(nodes: Nodes, runs: readonly FleetRun[], { choices, aim, terms }: Counting): Look {
  const saturated = runs.filter(run => run.isSaturated).length / runs.length
  const meanOf = (of: (run: FleetRun) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  const usdPerHour = meanOf(run => run.usdPerHour)
  const gpuShare = meanOf(run => run.gpuShare)
  return {
    nodes,
    aim: meanOf(run => aimOf(run, nodes, aim, choices)),
    attainment: meanOf(run => run.attainment),
    excess: saturated + overload(runs[0].load) + overLimits(usdPerHour, gpuShare, terms),
  }
}

/** What a run comes to of the aim: $, J or g an hour, or watts to supply. */
export function aimOf(
  { usdPerHour, watts, gramsPerHour }: Pick<FleetRun, 'usdPerHour' | 'watts' | 'gramsPerHour'>,
  nodes: Nodes,
  aim: Aim,
  choices: readonly Choice[],
): number {
  switch (aim) {
    case 'usd':
      return usdPerHour
    case 'joules':
      return watts * 3600
    case 'grams':
      return gramsPerHour
    case 'watts':
      return choices.reduce((sum, choice, i) => sum + nodes[i] * (nodes[i] && AIMS.watts.ofNode(choice)), 0)
  }
}

/** Whether the fleet keeps to what can be told without a simulation, and every class has somebody who serves it. */
export function isAllowed({ choices, demands, limits, aim }: Programme, nodes: Nodes): boolean {
  const used = choices.flatMap((choice, i) => (nodes[i] > 0 ? [{ choice, count: nodes[i] }] : []))
  const isKept = upperLimits(limits).every(
    name =>
      used.reduce((sum, { choice, count }) => sum + count * LIMITED[name].ofNode(choice), 0) <= limits[name]!,
  )
  const isServed = demands.every((_, i) => used.some(({ choice }) => choice.ratings[i] !== undefined))
  const isKnown = used.every(({ choice }) => !Number.isNaN(AIMS[aim].ofNode(choice)))
  return isKept && isServed && isKnown && used.every(({ choice }) => isInStock(choices, nodes, choice))
}

function isInStock(
  choices: readonly Choice[],
  nodes: Nodes,
  { node, most = Number.POSITIVE_INFINITY }: Choice,
): boolean {
  return choices.reduce((sum, other, i) => sum + (other.node === node ? nodes[i] : 0), 0) <= most
}
