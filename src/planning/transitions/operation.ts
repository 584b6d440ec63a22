import type { Choice, PlannedFleet } from '../fleets/programme.ts'

/** What a planned fleet draws at the facility, and how many of its nodes are on. */
export interface Operation {
  /** By choice. */
  readonly nodes: readonly number[]
  readonly watts: number
  /** $ an hour of the energy that is paid for by itself. */
  readonly energyUsdPerHour: number
}

/** Less than this share of a node is rounding. */
const NOTHING = 1e-6

/** Nodes beyond those that the work takes are off: a programme to which energy is free leaves them on as well. */
export function operationOf(
  { nodes, flow }: Pick<PlannedFleet, 'nodes' | 'flow'>,
  choices: readonly Choice[],
  headroom: number,
): Operation {
  const busy = choices.map(({ ratings }, k) => busyNodes(flow[k], ratings))
  const on = nodes.map((count, k) => Math.min(count, Math.ceil(busy[k] / headroom - NOTHING)))
  const watts = choices.map((choice, k) => wattsOf(choice, on[k], flow[k]))
  return {
    nodes: on,
    watts: sum(watts),
    energyUsdPerHour: sum(choices.map(({ usdPerKwh }, k) => (watts[k] / 1000) * usdPerKwh)),
  }
}

/** Nodes that would do the work if they were busy all the time. */
function busyNodes(flow: readonly number[], ratings: Choice['ratings']): number {
  return sum(flow.map((ratePerS, id) => (ratePerS === 0 ? 0 : ratePerS / ratings[id]!.ratePerS)))
}

function wattsOf({ idleWatts, ratings }: Choice, nodes: number, flow: readonly number[]): number {
  if (nodes === 0) return 0
  const work = flow.map((ratePerS, id) => {
    if (ratePerS === 0) return 0
    const { ratePerS: most, busyWatts } = ratings[id]!
    return (ratePerS / most) * (busyWatts - idleWatts)
  })
  return nodes * idleWatts + sum(work)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
