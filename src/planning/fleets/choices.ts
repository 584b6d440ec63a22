import type { FactReader } from '../../scenario/evidence.ts'
import type { Device, NodeKind } from '../../scenario/facts.ts'
import { mean } from '../../statistics/moments.ts'
import type { Aim } from './contract.ts'
import { AIMS } from './limits.ts'
import type { Plan } from './load.ts'
import type { PlanSpec } from './plan-schema.ts'
import type { Choice, Limits } from './programme.ts'
import { isRefusal, type Rated } from './rating.ts'
import { pricedOf } from './tariffs.ts'

/** What the programme may choose, with why a price of it is unknown. */
export interface PricedChoice {
  readonly choice: Choice
  readonly why?: string
}

/** What the integer programme is told of an option. */
export function choiceOf(plan: Plan, { option, appraisals }: Rated, facts: FactReader): PricedChoice {
  const { spec, catalogue } = plan
  const { node, device, candidate } = option
  const { most, rack_units } = spec.candidates[candidate]
  const { tariff, why, isOwned } = pricedOf(plan, option, facts)
  const ratings = appraisals.map(found =>
    isRefusal(found) ? undefined : { ratePerS: found.ratePerS, busyWatts: found.busyWatts },
  )
  const served = appraisals.find(found => !isRefusal(found))
  const region = catalogue.regions.get(spec.region)!
  const choice = {
    name: option.name,
    isGpu: device.kind === 'gpu',
    node: stockOf(spec, candidate),
    ...tariff,
    idleWatts: served === undefined || isRefusal(served) ? Number.NaN : served.idleWatts,
    gramsPerKwh:
      facts.take(`${region.id} gramsPerKwh`, region.gramsPerKwh, 'low') * mean(region.hourlyShape ?? [1]),
    maxWatts: spec.pue * maxWattsOf(node, device, facts),
    capexUsd: isOwned ? capexOf(node, facts) : 0,
    ratings,
    ...(most !== undefined && { most }),
    ...(rack_units !== undefined && { rackUnits: rack_units }),
  }
  return { choice, ...(why !== undefined && { why }) }
}

export function limitsOf({ limits }: PlanSpec): Limits {
  const { usd_per_hour, capex_usd, rack_kw, rack_units, nodes, gpu_share } = limits
  return {
    ...(usd_per_hour !== undefined && { usdPerHour: usd_per_hour }),
    ...(capex_usd !== undefined && { capexUsd: capex_usd }),
    ...(rack_kw !== undefined && { rackKw: rack_kw }),
    ...(rack_units !== undefined && { rackUnits: rack_units }),
    ...(nodes !== undefined && { nodes }),
    ...(gpu_share !== undefined && { gpuShare: gpu_share }),
  }
}

/** Of the aim, what a node takes that is busy all the time, whatever of its classes it serves. */
export function fullCost(choice: Choice, aim: Aim): number {
  const { ofNode, ofWork } = AIMS[aim]
  const ratings = choice.ratings.filter(rating => rating !== undefined)
  return ofNode(choice) + mean(ratings.map(rating => ofWork?.(choice, rating) ?? 0))
}

/** Requests a second of a node that takes its classes in the proportion in which they come. */
export function capacityOf({ ratings }: Choice, ratesPerS: readonly number[]): number {
  const served = [...ratings.keys()].filter(i => ratings[i] !== undefined)
  const requests = served.reduce((sum, i) => sum + ratesPerS[i], 0)
  const nodes = served.reduce((sum, i) => sum + ratesPerS[i] / ratings[i]!.ratePerS, 0)
  return requests / nodes
}

/** Nodes of a candidate are one stock; it has the node's name where no other candidate has that node. */
function stockOf({ candidates }: PlanSpec, index: number): string {
  const { node } = candidates[index]
  return candidates.filter(other => other.node === node).length > 1 ? `${node} (candidates[${index}])` : node
}

/** At the node's wall; what its parts draw at most, where nobody has said it of the whole. */
function maxWattsOf(node: NodeKind, device: Device, facts: FactReader): number {
  if (node.maxW !== undefined) return facts.take(`${node.id} maxW`, node.maxW, 'low')
  const tdpWatts = facts.take(`${device.id} tdpW`, device.tdpW, 'low')
  return node.devices * tdpWatts + facts.take(`${node.id} hostLoadW`, node.hostLoadW, 'low')
}

function capexOf(node: NodeKind, facts: FactReader): number {
  return node.capexUsd === undefined ? Number.NaN : facts.take(`${node.id} capexUsd`, node.capexUsd, 'low')
}
