import type { Influence } from '../../statistics/influences.ts'
import type { Kind } from './load-transition.ts'
import type { Overtaking } from './overtaking.ts'
import type { Quarter } from './quarters.ts'
import type { WayRatings } from './ratings.ts'
import type { StrategyName } from './strategies.ts'
import type { QuarterOutcome } from './unfold.ts'

/** Quantiles over draws; NaN without any. */
export interface Band {
  readonly p5: number
  readonly p50: number
  readonly p95: number
}

/** What a strategy comes to in a quarter. */
export interface QuarterReport {
  /** With all as given. */
  readonly outcome: QuarterOutcome
  readonly usd: Band
  readonly kwh: Band
  /** Of operation. */
  readonly grams: Band
  /** By service, with all as given and then in the draws simulated; NaN of one without requests. */
  readonly attainments: readonly (readonly number[])[]
}

export interface StrategyReport {
  readonly strategy: StrategyName
  readonly quarters: readonly QuarterReport[]
  /** Absent of the one that the others are compared with. */
  readonly overtakings?: readonly Overtaking[]
  /** On what it saves over all quarters, $. */
  readonly influences?: readonly Influence[]
}

/** A way to use a node, as it is rated with all as given. */
export interface RatedWay {
  readonly service: string
  readonly kind: Kind
  readonly way: WayRatings
}

export interface TransitionResult {
  readonly quarters: readonly Quarter[]
  readonly kinds: readonly Kind[]
  readonly services: readonly { readonly name: string; readonly objective: number }[]
  readonly strategies: readonly StrategyReport[]
  readonly ratings: readonly RatedWay[]
  readonly draws: number
  readonly ratingDraws: number
  readonly attainmentDraws: number
}

/** Told as the work goes on. */
export interface TransitionHooks {
  /** After each node rated, quarter planned and quarter simulated: so many of so many. */
  readonly onProgress?: (done: number, total: number, what: string) => Promise<void> | void
}
