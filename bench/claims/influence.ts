import { partialRankCorrelations } from '../../src/statistics/partial-rank-correlation.ts'
import { studentTails } from '../../src/statistics/quantile-functions.ts'
import { rankCorrelation } from '../../src/statistics/rank-correlation.ts'

/** Draws to an unknown below which taking out the others leaves too little to go by. */
const DRAWS_PER_UNKNOWN = 3
/** Draws below which every unknown goes with the ratio now and then. */
const FEWEST_DRAWS = 10
/** Chance of as strong a correlation with nothing behind it, over all unknowns looked at, that is let pass. */
const SIGNIFICANCE = 0.05

/** An estimate, and how a ratio goes with it over the draws. */
export interface Influence {
  readonly unknown: string
  /** Of ranks, from -1 to 1: above 0 where the ratio rises with the unknown. */
  readonly correlation: number
}

/** The unknown that moves a ratio most; undefined where none stands out from chance (Bonferroni). */
export function strongestOf(
  unknowns: readonly string[],
  placeOf: (unknown: string, draw: number) => number,
  ratios: readonly number[],
): Influence | undefined {
  const draws = [...ratios.keys()].filter(draw => !Number.isNaN(ratios[draw]))
  if (draws.length < FEWEST_DRAWS) return undefined
  const output = draws.map(draw => ratios[draw])
  const places = unknowns.map(unknown => draws.map(draw => placeOf(unknown, draw)))
  const isPartial = draws.length >= DRAWS_PER_UNKNOWN * unknowns.length
  const correlations = isPartial
    ? partialRankCorrelations(places, output)
    : places.map(input => rankCorrelation(input, output))
  const degrees = draws.length - 2 - (isPartial ? unknowns.length - 1 : 0)
  const found = unknowns
    .map((unknown, i) => ({ unknown, correlation: correlations[i] }))
    .filter(({ correlation }) => unknowns.length * chanceOf(correlation, degrees) <= SIGNIFICANCE)
  return found.sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))[0]
}

/** Two-sided, by Student's law; NaN of a correlation that is not known. */
function chanceOf(correlation: number, degrees: number): number {
  const left = 1 - correlation * correlation
  return left <= 0 ? 0 : studentTails(correlation * Math.sqrt(degrees / left), degrees)
}
