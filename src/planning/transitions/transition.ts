import { DrawnPlaces } from '../../experiments/drawn-places.ts'
import type { PlaceInRange } from '../../scenario/evidence.ts'
import { planned } from '../fleets/programme-optimum.ts'
import { Attainments } from './attainment.ts'
import type { TransitionHooks, TransitionResult } from './contract.ts'
import { AS_GIVEN, Draws } from './draws.ts'
import type { Transition } from './load-transition.ts'
import { DrawnMarket } from './market.ts'
import { type RatingTable, ratingTable } from './rater.ts'
import { type Run, reported } from './report.ts'
import { speedsToRate } from './speeds.ts'
import { type Story, storyOf } from './story.ts'
import { type QuarterOutcome, unfolded } from './unfold.ts'

/** Ratings with the estimates of the hardware somewhere in their ranges. */
interface DrawnRatings {
  readonly table: RatingTable
  /** Absent where they are as given. */
  readonly placeOf?: PlaceInRange
}

/**
 * Carries fleets from the first quarter to the last under every strategy: with all as given, and in draws of what is not
 * known. Nodes are rated by simulation with the hardware as given and in a few draws of it, which the draws of the rest
 * share in turn; SLO attainment is simulated as given and in the first draws. Throws a UserError where a price is not
 * known, or nothing serves a service.
 */
export async function carriedOut(
  transition: Transition,
  hooks: TransitionHooks = {},
): Promise<TransitionResult> {
  const steps = new Steps(transition, hooks)
  const ratings = await allRatings(transition, steps)
  const draws = new Draws(transition.spec.seed)
  const given = await runOf(transition, storyOf(transition, AS_GIVEN), 0, ratings, steps)
  const drawn: Run[] = []
  for (let draw = 0; draw < transition.spec.draws; draw++) {
    const story = storyOf(transition, draws.placesOf(draw), hardware => draws.pricesOf(draw, hardware))
    drawn.push(
      await runOf(
        transition,
        story,
        ratings.length > 1 ? 1 + (draw % (ratings.length - 1)) : 0,
        ratings,
        steps,
      ),
    )
  }
  const attainments = await attainmentsOf(transition, [given, ...drawn], ratings, steps)
  const hardware = await hardwareRuns(transition, given, ratings, drawn.length, steps)
  return reported(transition, {
    ...{ given, drawn, hardware, attainments },
    ratings: ratings.map(({ table }) => table),
  })
}

async function allRatings(transition: Transition, steps: Steps): Promise<DrawnRatings[]> {
  const { seed, draws, rating_draws } = transition.spec
  const speedsOf = speedsToRate(transition)
  const rated = () => steps.done('rating nodes')
  const all: DrawnRatings[] = [{ table: await ratingTable(transition, speedsOf, undefined, rated) }]
  const places = new DrawnPlaces(rating_draws, `${seed}/transition/ratings`)
  for (let draw = 0; draw < (draws > 0 ? rating_draws : 0); draw++) {
    const placeOf = places.of(draw)
    all.push({ table: await ratingTable(transition, speedsOf, placeOf, rated), placeOf })
  }
  return all
}

async function runOf(
  transition: Transition,
  story: Story,
  ratings: number,
  all: readonly DrawnRatings[],
  steps: Steps,
): Promise<Run> {
  const market = new DrawnMarket(transition, story, all[ratings].table)
  const outcomes: QuarterOutcome[][] = []
  for (const strategy of transition.spec.strategies) {
    outcomes.push(await unfolded(market, strategy, planned))
    await steps.done('planning quarters')
  }
  return { story, ratings, market, outcomes }
}

/** By run, strategy, quarter and service. */
async function attainmentsOf(
  transition: Transition,
  runs: readonly Run[],
  ratings: readonly DrawnRatings[],
  steps: Steps,
): Promise<number[][][][]> {
  const simulated = runs.slice(0, 1 + transition.spec.attainment.draws)
  const all: number[][][][] = []
  for (const { market, outcomes, ratings: drawn } of simulated) {
    const attainments = new Attainments(transition, ratings[drawn].placeOf)
    const found: number[][][] = []
    for (const quarters of outcomes) {
      const byQuarter: number[][] = []
      for (const outcome of quarters) {
        byQuarter.push(await attainments.of(market, outcome))
        await steps.done('simulating fleets')
      }
      found.push(byQuarter)
    }
    all.push(found)
  }
  return all
}

/** All as given but the ratings: what the draws of the hardware do by themselves. */
async function hardwareRuns(
  transition: Transition,
  given: Run,
  ratings: readonly DrawnRatings[],
  draws: number,
  steps: Steps,
): Promise<Run[]> {
  const runs = [given]
  for (let drawn = 1; drawn < ratings.length && draws > 0; drawn++) {
    runs.push(await runOf(transition, given.story, drawn, ratings, steps))
  }
  return runs
}

/** Counts what is done. */
class Steps {
  readonly #total: number
  readonly #hooks: TransitionHooks
  #done = 0

  constructor(transition: Transition, hooks: TransitionHooks) {
    const { spec, services, quarters } = transition
    const speedsOf = speedsToRate(transition)
    const tables = 1 + (spec.draws > 0 ? spec.rating_draws : 0)
    const rated = services.flatMap(({ options }) => options.map(option => speedsOf(option).length))
    const simulated = 1 + Math.min(spec.attainment.draws, spec.draws)
    this.#total =
      tables * rated.reduce((sum, count) => sum + count, 0) +
      spec.strategies.length * (tables + spec.draws + simulated * quarters.length)
    this.#hooks = hooks
  }

  async done(what: string): Promise<void> {
    this.#done++
    await this.#hooks.onProgress?.(this.#done, this.#total, what)
  }
}
