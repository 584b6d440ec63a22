import { quantileOf } from '../../statistics/quantile.ts'
import type { Band, QuarterReport, RatedWay, StrategyReport, TransitionResult } from './contract.ts'
import { influencesOnSavings } from './influences.ts'
import type { Transition } from './load-transition.ts'
import type { DrawnMarket } from './market.ts'
import {
  cumulative,
  MEASURES,
  type Measure,
  type Overtaking,
  overtakes,
  quarterQuantile,
} from './overtaking.ts'
import type { RatingTable } from './rater.ts'
import type { Story } from './story.ts'
import { BASELINE, type StrategyName } from './strategies.ts'
import type { QuarterOutcome } from './unfold.ts'

/** What every strategy comes to where all that is not known is drawn once. */
export interface Run {
  readonly story: Story
  /** Number of the ratings that it has. */
  readonly ratings: number
  readonly market: DrawnMarket
  /** By strategy and quarter. */
  readonly outcomes: readonly (readonly QuarterOutcome[])[]
}

/** All runs of a transition. */
export interface Findings {
  readonly given: Run
  readonly drawn: readonly Run[]
  /** All as given but the ratings, by their number. */
  readonly hardware: readonly Run[]
  /** By run from the one as given, strategy, quarter and service. */
  readonly attainments: readonly (readonly (readonly (readonly number[])[])[])[]
  /** As given first. */
  readonly ratings: readonly RatingTable[]
}

/** What is to be told of them. */
export function reported(transition: Transition, findings: Findings): TransitionResult {
  const { spec, quarters, kinds, services } = transition
  const { drawn, attainments, ratings } = findings
  return {
    quarters,
    kinds,
    services: services.map(({ spec: { name, slo } }) => ({ name, objective: slo.attainment })),
    strategies: spec.strategies.map((strategy, i) => ({
      strategy,
      quarters: quarters.map((_, quarter) => quarterReport(findings, i, quarter)),
      ...comparison(transition, strategy, findings),
    })),
    ratings: ratingsAsGiven(transition, ratings[0]),
    draws: drawn.length,
    ratingDraws: ratings.length - 1,
    attainmentDraws: attainments.length - 1,
  }
}

function quarterReport(
  { given, drawn, attainments }: Findings,
  strategy: number,
  quarter: number,
): QuarterReport {
  const bandOf = (of: (outcome: QuarterOutcome) => number) =>
    bandOver(drawn.map(({ outcomes }) => of(outcomes[strategy][quarter])))
  return {
    outcome: given.outcomes[strategy][quarter],
    usd: bandOf(({ usd }) => usd),
    kwh: bandOf(({ kwh }) => kwh),
    grams: bandOf(({ operationalGrams }) => operationalGrams),
    attainments: attainments.map(run => run[strategy][quarter]),
  }
}

function bandOver(values: readonly number[]): Band {
  const rising = values.toSorted((a, b) => a - b)
  return { p5: quantileOf(rising, 0.05), p50: quantileOf(rising, 0.5), p95: quantileOf(rising, 0.95) }
}

/** Nothing of the strategy that the others are compared with, or where it is not among them. */
function comparison(
  { spec }: Transition,
  strategy: StrategyName,
  { given, drawn, hardware }: Findings,
): Pick<StrategyReport, 'overtakings' | 'influences'> {
  const baseline = spec.strategies.indexOf(BASELINE)
  const own = spec.strategies.indexOf(strategy)
  if (baseline === -1 || own === baseline) return {}
  const savingOf = ({ outcomes }: Run) => total(outcomes[baseline]) - total(outcomes[own])
  return {
    overtakings: MEASURES.map(measure => overtakingOf(strategy, measure, given, drawn, [own, baseline])),
    influences: influencesOnSavings(drawn.map(savingOf), unknownsOf(drawn, hardware.map(savingOf))),
  }
}

function overtakingOf(
  strategy: StrategyName,
  measure: Measure,
  given: Run,
  drawn: readonly Run[],
  [own, baseline]: readonly [number, number],
): Overtaking {
  const whenIn = ({ outcomes }: Run) => {
    const [mine, theirs] = [own, baseline].map(of => usdBy(measure, outcomes[of]))
    const index = overtakes(mine, theirs)
    return index === undefined ? undefined : outcomes[own][index].quarter
  }
  const quarters = drawn.map(whenIn)
  return {
    strategy,
    measure,
    given: whenIn(given),
    p5: quarterQuantile(quarters, 0.05),
    p50: quarterQuantile(quarters, 0.5),
    p95: quarterQuantile(quarters, 0.95),
    never: quarters.filter(quarter => quarter === undefined).length / quarters.length,
  }
}

function usdBy(measure: Measure, outcomes: readonly QuarterOutcome[]): number[] {
  const usd = outcomes.map(outcome => outcome.usd)
  return measure === 'running' ? usd : cumulative(usd)
}

function total(outcomes: readonly QuarterOutcome[]): number {
  return outcomes.reduce((sum, { usd }) => sum + usd, 0)
}

/** Places of all estimates by draw; the hardware's by what they save with all else as given. */
function unknownsOf(drawn: readonly Run[], savings: readonly number[]) {
  const names = drawn[0]?.story.taken.map(({ name }) => name) ?? []
  return [
    ...names.map((name, i) => ({ name, values: drawn.map(({ story }) => story.taken[i].place) })),
    { name: 'ratings of the hardware', values: drawn.map(({ ratings }) => savings[ratings]) },
  ]
}

function ratingsAsGiven({ services, kinds }: Transition, table: RatingTable): RatedWay[] {
  return table.flatMap((ways, service) =>
    ways.map(way => ({
      service: services[service].spec.name,
      kind: kinds.find(({ node }) => node.id === way.option.node.id)!,
      way,
    })),
  )
}
