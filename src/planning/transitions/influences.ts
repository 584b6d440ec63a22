import { partialRankCorrelations } from '../../statistics/partial-rank-correlation.ts'
import { studentTails } from '../../statistics/quantile-functions.ts'
import { rankCorrelation } from '../../statistics/rank-correlation.ts'

/** Draws to an unknown below which taking out the others leaves too little to go by. */
const DRAWS_PER_UNKNOWN = 3

/** How what a strategy saves goes with an unknown. */
export interface Influence {
  readonly unknown: string
  /** From -1 to 1: above 0 where it saves more, the more there is of the unknown. */
  readonly correlation: number
  readonly method: 'partial rank correlation' | 'rank correlation'
  /** Chance of as much if it had none, times the unknowns that were looked at (Bonferroni). */
  readonly adjustedP: number
}

/** Fewer draws tell nothing of any unknown. */
const FEWEST_DRAWS = 10

/** An unknown with what draws took it for. */
export interface Unknown {
  readonly name: string
  readonly values: readonly number[]
}

/**
 * Those that matter most first; none of fewer than ten draws, or where the saving does not vary. What is the same in all
 * draws is no unknown.
 */
export function influencesOn(savings: readonly number[], all: readonly Unknown[]): Influence[] {
  if (savings.length < FEWEST_DRAWS) return []
  const unknowns = all.filter(({ values }) => values.some(value => value !== values[0]))
  const inputs = unknowns.map(({ values }) => values)
  const isPartial = savings.length >= DRAWS_PER_UNKNOWN * inputs.length
  const correlations = isPartial
    ? partialRankCorrelations(inputs, savings)
    : inputs.map(input => rankCorrelation(input, savings))
  const degrees = savings.length - 2 - (isPartial ? inputs.length - 1 : 0)
  return unknowns
    .map(
      ({ name }, i): Influence => ({
        unknown: name,
        correlation: correlations[i],
        method: isPartial ? 'partial rank correlation' : 'rank correlation',
        adjustedP: Math.min(1, inputs.length * pValueOf(correlations[i], degrees)),
      }),
    )
    .filter(({ correlation }) => !Number.isNaN(correlation))
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
}

/** Two-sided, of a correlation of ranks by Student's law (Kendall and Stuart, 31.19). */
function pValueOf(correlation: number, degrees: number): number {
  const left = 1 - correlation * correlation
  return left <= 0 ? 0 : studentTails(correlation * Math.sqrt(degrees / left), degrees)
}
