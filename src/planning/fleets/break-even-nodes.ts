import { type Choice, fullUsdPerMtok } from '../../costs/choice.ts'
import { FactReader } from '../../scenario/evidence.ts'
import type { Stance } from '../../scenario/facts.ts'
import { type Mix, mixesOf, mtokPerHourOf } from './break-even-mix.ts'
import { choiceOf } from './choices.ts'
import type { LeftOut, PlanHooks } from './contract.ts'
import type { Plan } from './load.ts'
import type { Option } from './options.ts'
import type { Choice as PlannedChoice } from './programme.ts'
import { type Rated, rated } from './rating.ts'
import { pricedOf } from './tariffs.ts'

/** $ an hour of a node, the kWh apart: as given, and at both ends of the ranges of the estimates that it rests on. */
export interface PriceRange {
  readonly givenUsd: number
  readonly lowUsd: number
  readonly highUsd: number
}

/** A node of an option, rated on all requests for its model together at the plan's SLO and headroom. */
export interface MixNode {
  readonly option: Option
  readonly mix: Mix
  /** Per million output tokens: an answer of a task counts as one. */
  readonly choice: Choice
  readonly price: PriceRange
  /** Requests a second of a full node. */
  readonly ratePerS: number
  /** Of a full node, at the facility, per million output tokens. */
  readonly joulesPerMtok: number
  /** Of operation at the mean of the day's grid, and embodied; NaN where the latter is unknown. */
  readonly gramsPerMtok: number
}

/** Nodes that can be compared, and options that cannot. */
export interface MixNodes {
  readonly nodes: readonly MixNode[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * Rates a node of every option given that has a price. Throws a UserError where no option serves a model within the SLO
 * that requests ask for and options are of.
 *
 * @param options of the plan
 */
export async function mixNodes(
  plan: Plan,
  options: readonly Option[],
  hooks: PlanHooks = {},
): Promise<MixNodes> {
  const unpriced = options.flatMap(option => {
    const { why } = pricedOf(plan, option, new FactReader('given'))
    return why === undefined ? [] : [{ name: option.name, why }]
  })
  const priced = options.filter(({ name }) => !unpriced.some(of => of.name === name))
  if (priced.length === 0) return { nodes: [], leftOut: unpriced }
  const mixes = await mixesOf(plan)
  const isAsked = ({ model }: Option) => mixes.some(mix => mix.model === model)
  const unasked = priced.filter(option => !isAsked(option))
  const ratings = await ratedByMix(plan, priced.filter(isAsked), mixes, hooks)
  return {
    nodes: ratings.nodes,
    leftOut: [
      ...unpriced,
      ...unasked.map(({ name, model }) => ({ name, why: `no request asks for ${model}` })),
      ...ratings.leftOut,
    ],
  }
}

async function ratedByMix(
  plan: Plan,
  options: readonly Option[],
  mixes: readonly Mix[],
  { onRated }: PlanHooks,
): Promise<MixNodes> {
  const nodes: MixNode[] = []
  const leftOut: LeftOut[] = []
  for (const mix of mixes) {
    const own = options.filter(({ model }) => model === mix.model)
    if (own.length === 0) continue
    const before = nodes.length + leftOut.length
    const ratings = await rated({ ...plan, options: own }, [mix], {
      onRated: done => onRated?.(before + done, options.length),
    })
    nodes.push(...ratings.rated.map(of => nodeOf(plan, of, mix)))
    leftOut.push(...ratings.leftOut)
  }
  return { nodes, leftOut }
}

/** The node with the least dollars per million tokens when full. Throws a TypeError of none. */
export function bestOf(nodes: readonly MixNode[]): MixNode {
  return nodes.reduce((best, node) =>
    fullUsdPerMtok(node.choice) < fullUsdPerMtok(best.choice) ? node : best,
  )
}

function nodeOf(plan: Plan, of: Rated, mix: Mix): MixNode {
  const { choice } = choiceOf(plan, of, new FactReader('given'))
  const { ratePerS, busyWatts } = choice.ratings[0]!
  const { headroom } = plan.spec
  const full = {
    ratePerS: headroom * ratePerS,
    busyWatts: choice.idleWatts + headroom * (busyWatts - choice.idleWatts),
  }
  return comparable(choice, full, mix, of.option, priceRangeOf(plan, of.option))
}

/** @param full what a node does that is as full as the plan lets it be */
function comparable(
  planned: PlannedChoice,
  full: { readonly ratePerS: number; readonly busyWatts: number },
  mix: Mix,
  option: Option,
  price: PriceRange,
): MixNode {
  const { name, usdPerHour, usdPerKwh, idleWatts, gramsPerKwh, embodiedGramsPerHour } = planned
  const { ratePerS, busyWatts } = full
  const mtokPerHour = mtokPerHourOf(mix, ratePerS)
  return {
    ...{ option, mix, price, ratePerS },
    choice: { name, usdPerHour, usdPerKwh, idleWatts, busyWatts, mtokPerHour },
    joulesPerMtok: (busyWatts * 3600) / mtokPerHour,
    gramsPerMtok: (embodiedGramsPerHour + (busyWatts / 1000) * gramsPerKwh) / mtokPerHour,
  }
}

function priceRangeOf(plan: Plan, option: Option): PriceRange {
  const usd = (stance: Stance) => pricedOf(plan, option, new FactReader(stance)).tariff.usdPerHour
  return { givenUsd: usd('given'), lowUsd: usd('optimistic'), highUsd: usd('pessimistic') }
}
