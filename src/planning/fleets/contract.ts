import type { Evidence } from '../../scenario/evidence.ts'
import type { ParsedScenario } from '../../scenario/schema.ts'
import type { Interval } from '../../statistics/interval.ts'
import type { RequestClass } from './classes.ts'
import type { Option } from './options.ts'

/** What a plan makes least: dollars, joules or grams an hour, or the most watts that it can draw. */
export type Aim = 'usd' | 'joules' | 'grams' | 'watts'

/** Nodes by option. */
export type Nodes = readonly number[]

/** What a fleet comes to in simulation, as means over replications with their intervals. */
export interface Measured {
  readonly nodes: Nodes
  readonly replications: number
  /** Runs whose queue was still growing in the end. */
  readonly saturated: number
  /** The rate of the requests over that at which the fleet saturates, by estimate: above 1 a queue grows sooner or later. */
  readonly load: number
  readonly attainment: Interval
  readonly ttftP99S: Interval
  readonly tpotP99S: Interval
  readonly e2eP99S: Interval
  readonly outputTokensPerS: Interval
  /** Rent or ownership and power, an hour. NaN where a price is unknown. */
  readonly usdPerHour: Interval
  readonly usdPerMtok: Interval
  readonly joulesPerMtok: Interval
  /** Of operation and embodied. */
  readonly gramsPerMtok: Interval
  readonly watts: Interval
  readonly gramsPerHour: Interval
  /** Share of the requests that GPUs serve. */
  readonly gpuShare: Interval
}

/** Whether a fleet holds the SLO: `unclear` where its interval has the objective inside. */
export type Verdict = 'feasible' | 'infeasible' | 'unclear'

/** What the integer programme promises. */
export interface Promised {
  readonly nodes: Nodes
  readonly usdPerHour: number
  readonly watts: number
  readonly gramsPerHour: number
  /** By option and class, requests a second. */
  readonly flow: readonly (readonly number[])[]
}

/** What cannot be chosen, and why. */
export interface LeftOut {
  readonly name: string
  readonly why: string
}

/** By which share the fleet that simulation needs exceeds the one that was promised; below 0 it needs less. */
export interface Gap {
  readonly usdPerHour: number
  readonly watts: number
  readonly nodes: number
}

/** What a simulation of the plan is like. */
export interface RunShape {
  readonly requests: number
  readonly spanS: number
  /** Requests of the workload itself: runs may have a part of a longer one, or a shorter one again and again. */
  readonly workloadRequests: number
  /** Whether replications are drawn from the one trace that there is. */
  readonly isRedrawn: boolean
  /** Whether the first of a fleet that is verified is that trace as it is. */
  readonly hasItself: boolean
}

/** Told of what has been done. Each is waited for. */
export interface PlanHooks {
  /** An option has been rated for a class. */
  readonly onRated?: (done: number, total: number) => Promise<void> | void
  /** A fleet has been simulated once. */
  readonly onRun?: (runs: number) => Promise<void> | void
}

export interface PlanResult {
  readonly options: readonly Option[]
  /** Options that cannot be chosen at all, and why. */
  readonly leftOut: readonly LeftOut[]
  readonly classes: readonly { readonly requestClass: RequestClass; readonly ratePerS: number }[]
  /** By option and class, requests a second of a node; NaN where it cannot serve it. */
  readonly ratings: readonly (readonly number[])[]
  readonly promise: Promised
  /** The promised fleet as it is simulated. */
  readonly promised: Measured
  readonly promisedVerdict: Verdict
  /** The least that was verified and then confirmed to hold, as it was confirmed; else what the search came to. */
  readonly chosen: Measured
  readonly verdict: Verdict
  /** Fleets that were put to replications of their own for it, the last of which is the chosen one; 0 where none held before. */
  readonly looks: number
  /** Every fleet that was simulated with all replications, the non-dominated marked. */
  readonly tried: readonly {
    readonly measured: Measured
    readonly verdict: Verdict
    readonly isFront: boolean
  }[]
  /** Fleets simulated, in any number of replications. */
  readonly simulations: number
  /** Runs of them in all. */
  readonly runs: number
  readonly shape: RunShape
  /** Share of the requests that must meet the SLO. */
  readonly objective: number
  readonly aim: Aim
  /** NaN where the promise has no such figure. */
  readonly gap: Gap
  /** The chosen fleet under the plan's workload. */
  readonly scenario: ParsedScenario
  /** What the chosen fleet rests on, prices included. */
  readonly evidence: Evidence
}
