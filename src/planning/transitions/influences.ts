import { type Influence, influencesOn, type Unknown } from '../../statistics/influences.ts'

/** Fewer draws tell nothing of any unknown. */
const FEWEST_DRAWS = 10

/** How what a strategy saves goes with unknowns: those that matter most first, none of fewer than ten draws. */
export function influencesOnSavings(savings: readonly number[], unknowns: readonly Unknown[]): Influence[] {
  return savings.length < FEWEST_DRAWS ? [] : influencesOn(savings, unknowns)
}
