import { choiceOf } from '../planning/fleets/choices.ts'
import type { Nodes, PlanResult } from '../planning/fleets/contract.ts'
import type { Plan } from '../planning/fleets/load.ts'
import type { Option } from '../planning/fleets/options.ts'
import type { PlanSpec } from '../planning/fleets/plan-schema.ts'
import { FactReader } from '../scenario/evidence.ts'

/** A plan carried out: what text and files tell of. */
export interface PlanReport {
  readonly spec: PlanSpec
  readonly result: PlanResult
  /** By option. */
  readonly terms: readonly NodeTerms[]
}

/** What a node of an option takes, whatever it does. NaN where unknown. */
export interface NodeTerms {
  /** The kWh apart. */
  readonly usdPerHour: number
  /** 0 where the rent includes power. */
  readonly usdPerKwh: number
  /** At most, at the facility. */
  readonly maxWatts: number
  /** Of CO2e, of making it. */
  readonly embodiedGramsPerHour: number
}

export function termsOf(plan: Plan, option: Option): NodeTerms {
  const { choice } = choiceOf(plan, { option, appraisals: [] }, new FactReader('given'))
  const { usdPerHour, usdPerKwh, maxWatts, embodiedGramsPerHour } = choice
  return { usdPerHour, usdPerKwh, maxWatts, embodiedGramsPerHour }
}

/** Such as `5 x trn2 tp4 + 2 x h100 tp8`; `no nodes` of none. */
export function fleetName(options: readonly Option[], nodes: Nodes): string {
  const used = options.flatMap(({ name }, i) => (nodes[i] > 0 ? [`${nodes[i]} x ${name}`] : []))
  return used.length === 0 ? 'no nodes' : used.join(' + ')
}

export function nodesIn(nodes: Nodes): number {
  return nodes.reduce((sum, count) => sum + count, 0)
}

export function isSameFleet(a: Nodes, b: Nodes): boolean {
  return a.every((count, i) => count === b[i])
}

/** By option and class, the share of the class's requests that the programme sends there. */
export function promisedShares({ promise, classes }: PlanResult): number[][] {
  return promise.flow.map(flow => flow.map((ratePerS, i) => ratePerS / classes[i].ratePerS))
}

/** `a` to `z`, then `a2` and so on: what tables call classes whose names are long. */
export function letterOf(index: number): string {
  const lap = Math.floor(index / 26)
  return `${String.fromCharCode(97 + (index % 26))}${lap === 0 ? '' : lap + 1}`
}
