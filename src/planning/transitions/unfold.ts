import { UserError } from '../../core/errors.ts'
import { HOURS_PER_YEAR } from '../../costs/hours.ts'
import type { Choice } from '../fleets/programme.ts'
import { type Cohort, nodesOf, presentIn, sumOver } from './cohorts.ts'
import { dispatched, heldFirst, type Planner } from './dispatch.ts'
import type { Market } from './market.ts'
import type { Operation } from './operation.ts'
import { QUARTERS_PER_YEAR, type Quarter, quarterText } from './quarters.ts'
import { STRATEGIES, type StrategyName } from './strategies.ts'

const HOURS_PER_QUARTER = HOURS_PER_YEAR / QUARTERS_PER_YEAR

/** What a strategy's fleet is and does in a quarter. Nodes are by kind. */
export interface QuarterOutcome {
  readonly quarter: Quarter
  /** Those that are there, in use or not. */
  readonly present: readonly number[]
  readonly added: readonly number[]
  readonly used: readonly number[]
  /** By kind and service, requests a second. */
  readonly flow: readonly (readonly number[])[]
  /** By service. */
  readonly demand: readonly number[]
  /** Rent or levelled cost of all nodes that are there, and energy. */
  readonly usd: number
  /** At the facility. */
  readonly kwh: number
  readonly operationalGrams: number
  /** Of all nodes that are there; NaN where it is not known of one. */
  readonly embodiedGrams: number
}

/**
 * A strategy's fleet through all quarters. In each, nodes that are there serve at no cost but their energy, or are
 * left; of what costs the same, that is used which takes the least energy. Others are added as far as that makes the aim of the quarter least, at the prices of the day. It sees no farther
 * than that: neither growth nor software to come moves it. Throws a UserError where nothing serves a service.
 */
export async function unfolded(
  market: Market,
  strategy: StrategyName,
  planner: Planner,
): Promise<QuarterOutcome[]> {
  let cohorts: readonly Cohort[] = []
  const outcomes: QuarterOutcome[] = []
  for (const quarter of market.quarters) {
    const before = presentIn(cohorts, quarter)
    const { outcome, after } = await plannedQuarter(market, strategy, quarter, before, planner)
    outcomes.push(outcome)
    cohorts = after
  }
  return outcomes
}

/** What a strategy does in one quarter where it has some nodes already, and what it has then. */
export async function plannedQuarter(
  market: Market,
  strategy: StrategyName,
  quarter: Quarter,
  before: readonly Cohort[],
  planner: Planner,
): Promise<{ readonly outcome: QuarterOutcome; readonly after: readonly Cohort[] }> {
  const offers = market.offersIn(quarter)
  const demands = market.demandsIn(quarter)
  const bought = STRATEGIES[strategy](offers, kind => market.kinds[kind].isAsic)
  const held = offers.map((offer, kind) => heldChoice(offer, nodesOf(before, kind)))
  const choices = [...bought, ...held]
  checkServed(market, strategy, quarter, choices)
  const { aim, headroom } = market
  const programme = { choices, demands, aim, limits: {}, headroom }
  const plan = heldFirst(await planner(programme), held)
  const after = [...before, ...cohortsOf(market, quarter, plan.nodes, offers)]
  const { flow, operation } = await dispatched(programme, bought.length, plan, planner)
  const byKind = <T>(values: readonly T[], joined: (bought: T, held: T) => T) =>
    offers.map((_, kind) => joined(values[kind], values[offers.length + kind]))
  return {
    after,
    outcome: {
      quarter,
      added: plan.nodes.slice(0, offers.length),
      present: offers.map((_, kind) => nodesOf(after, kind)),
      used: byKind(operation.nodes, (a, b) => a + b),
      flow: byKind(flow, (a, b) => a.map((ratePerS, service) => ratePerS + b[service])),
      demand: demands.map(({ ratePerS }) => ratePerS),
      ...booked(after, operation, offers[0].gramsPerKwh),
    },
  }
}

function booked(cohorts: readonly Cohort[], { watts, energyUsdPerHour }: Operation, gramsPerKwh: number) {
  const kwh = (watts / 1000) * HOURS_PER_QUARTER
  return {
    usd: HOURS_PER_QUARTER * (sumOver(cohorts, ({ usdPerHour }) => usdPerHour) + energyUsdPerHour),
    kwh,
    operationalGrams: kwh * gramsPerKwh,
    embodiedGrams: HOURS_PER_QUARTER * sumOver(cohorts, ({ embodiedGramsPerHour }) => embodiedGramsPerHour),
  }
}

/** A node that is paid for whether it is used or not. */
function heldChoice(offer: Choice, nodes: number): Choice {
  return {
    ...offer,
    name: `${offer.name}, there already`,
    node: `${offer.node}, there already`,
    usdPerHour: 0,
    embodiedGramsPerHour: 0,
    most: nodes,
  }
}

function cohortsOf(
  { kinds }: Market,
  quarter: Quarter,
  added: readonly number[],
  offers: readonly Choice[],
): Cohort[] {
  return offers.flatMap(({ usdPerHour, embodiedGramsPerHour }, kind) => {
    if (added[kind] === 0) return []
    const until = quarter + kinds[kind].termQuarters
    return [{ kind, nodes: added[kind], since: quarter, until, usdPerHour, embodiedGramsPerHour }]
  })
}

function checkServed(
  market: Market,
  strategy: StrategyName,
  quarter: Quarter,
  choices: readonly Choice[],
): void {
  for (const [service, { name, ratePerS }] of market.demandsIn(quarter).entries()) {
    if (ratePerS === 0) continue
    const isServed = choices.some(({ ratings, most = 1 }) => most > 0 && ratings[service] !== undefined)
    if (!isServed) throw unservedError(market, strategy, quarter, service, name)
  }
}

function unservedError(
  market: Market,
  strategy: StrategyName,
  quarter: Quarter,
  service: number,
  name: string,
): UserError {
  const offers = market.offersIn(quarter)
  const reasons = market.kinds.map((kind, i) => {
    const isBarred = offers[i].ratings[service] !== undefined
    return `${kind.name}: ${isBarred ? `${strategy} does not take it` : market.whyNot(quarter, i, service)}`
  })
  return new UserError(
    `transition: no node serves "${name}" in ${quarterText(quarter)} under ${strategy}: ${reasons.join('; ')}`,
  )
}
