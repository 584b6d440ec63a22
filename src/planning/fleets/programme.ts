/** A kind of node with one way to use it. A coefficient that is not known is NaN. */
export interface Choice {
  readonly name: string
  readonly isGpu: boolean
  /** Id of the hardware: choices that share it draw on the same stock and on the same `most`. */
  readonly node: string
  /** Of a node, whatever it does. */
  readonly usdPerHour: number
  /** Beside that, of the energy at the facility. */
  readonly usdPerKwh: number
  /** Of a node without work, at the facility. */
  readonly idleWatts: number
  readonly embodiedGramsPerHour: number
  readonly gramsPerKwh: number
  /** Of a node at most, at the facility: what its rack must supply. */
  readonly maxWatts: number
  readonly capexUsd: number
  readonly rackUnits?: number
  /** Nodes that can be had beside those in stock, any number by default; the least one of those that share a node counts. */
  readonly most?: number
  /** By class: what a node does of it alone at the highest rate at which the SLO holds; undefined where it cannot. */
  readonly ratings: readonly (Rating | undefined)[]
}

export interface Rating {
  readonly ratePerS: number
  /** Of a node at that rate, at the facility. */
  readonly busyWatts: number
}

/** The requests of a class. */
export interface Demand {
  readonly name: string
  readonly ratePerS: number
}

/** What is to be least: dollars, energy or carbon of an hour, or the power that racks must supply. */
export type Aim = 'usd' | 'joules' | 'grams' | 'watts'

/** What a fleet must keep to; what is absent is no limit. */
export interface Limits {
  /** At most, energy included where it is paid for by itself. */
  readonly usdPerHour?: number
  /** At most, for nodes that are not in stock. */
  readonly capexUsd?: number
  /** At most, of the power that nodes can draw at once. */
  readonly rackKw?: number
  readonly rackUnits?: number
  readonly nodes?: number
  /** At least, of all requests, whatever their class: those that GPUs serve. */
  readonly gpuShare?: number
}

/** Which fleet serves a demand best. */
export interface Programme {
  readonly choices: readonly Choice[]
  readonly demands: readonly Demand[]
  readonly aim: Aim
  readonly limits: Limits
  /** Share of a node's rating that may be planned for, above 0 and at most 1. */
  readonly headroom: number
  /** By choice, nodes that are there already: of no capital cost, to be used in any way their hardware has, or left. */
  readonly stock?: readonly number[]
}

/** A choice that was not considered. */
export interface LeftOut {
  readonly name: string
  readonly why: string
}

/** Sums over the fleet are NaN where a node in use has no known value. */
export interface PlannedFleet {
  /** By choice. */
  readonly nodes: readonly number[]
  /** By choice and class, requests a second. */
  readonly flow: readonly (readonly number[])[]
  readonly usdPerHour: number
  /** At the facility, on average over the time that nodes are idle and busy. */
  readonly watts: number
  readonly gramsPerHour: number
  /** Of the nodes beyond the stock. */
  readonly capexUsd: number
  /** What was to be least: $/h, J/h, g/h or W. */
  readonly objective: number
  /** Share of the objective by which a better fleet could still lie below it. */
  readonly gap: number
  readonly leftOut: readonly LeftOut[]
}
