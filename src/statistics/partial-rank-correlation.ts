import type { Values } from './moments.ts'
import { correlation, ranks } from './rank-correlation.ts'

/** A variance of ranks so small, beside 1 to begin with, is what rounding leaves of none. */
const NOTHING = 1e-10

/**
 * Of every input, the rank correlation with the output that is left once what the other inputs explain has been taken
 * out of both (PRCC; Marino et al. 2008): which unknown matters most, whatever the others do. 0 where the others
 * explain the whole output; NaN for an input that does not vary or follows from others, and for all where there are
 * too few points.
 */
export function partialRankCorrelations(inputs: readonly Values[], output: Values): number[] {
  const ranked = [...inputs, output].map(ranks)
  const matrix = ranked.map(row => ranked.map(column => correlation(row, column)))
  return inputs.map((_, input) => partialCorrelation(matrix, input, inputs.length))
}

/** Of two rows of a matrix of correlations, by taking out the others one after another. */
function partialCorrelation(matrix: number[][], input: number, output: number): number {
  const others = [...matrix.keys()].filter(row => row !== input && row !== output)
  const left = others.reduce(without, matrix)
  if (!(left[input][input] > NOTHING)) return Number.NaN
  if (left[output][output] <= NOTHING) return 0
  return left[input][output] / Math.sqrt(left[input][input] * left[output][output])
}

/** What the rows have in common beside what row `taken` explains; NaN where it explains nothing of itself. */
function without(matrix: number[][], taken: number): number[][] {
  const own = matrix[taken][taken] > NOTHING ? matrix[taken][taken] : Number.NaN
  return matrix.map(row => row.map((value, j) => value - (row[taken] * matrix[taken][j]) / own))
}
