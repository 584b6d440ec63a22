import type { Values } from './moments.ts'
import { partialRankCorrelations } from './partial-rank-correlation.ts'
import { studentTails } from './quantile-functions.ts'
import { rankCorrelation } from './rank-correlation.ts'

/** Draws to an unknown below which taking out the others leaves too little to go by. */
const DRAWS_PER_UNKNOWN = 3

/** An unknown with what draws took it for, or with its places in its range. */
export interface Unknown {
  readonly name: string
  readonly values: Values
}

/** How an output goes with an unknown. */
export interface Influence {
  readonly unknown: string
  /** Of ranks, from -1 to 1: above 0 where the output rises with the unknown. */
  readonly correlation: number
  readonly method: 'partial rank correlation' | 'rank correlation'
  /** Chance of as much if it had none, times the unknowns that were looked at (Bonferroni). */
  readonly adjustedP: number
}

/**
 * Those that matter most first; none where the output does not vary, or is not defined in a draw. What is the same in
 * all draws is no unknown.
 */
export function influencesOn(output: Values, all: readonly Unknown[]): Influence[] {
  const unknowns = all.filter(({ values }) => Array.from(values).some(value => value !== values[0]))
  const inputs = unknowns.map(({ values }) => values)
  const isPartial = output.length >= DRAWS_PER_UNKNOWN * inputs.length
  const correlations = isPartial
    ? partialRankCorrelations(inputs, output)
    : inputs.map(input => rankCorrelation(input, output))
  const degrees = output.length - 2 - (isPartial ? inputs.length - 1 : 0)
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
