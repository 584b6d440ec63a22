import { type Influence, influencesOn } from '../../src/statistics/influences.ts'

/** Draws below which every unknown goes with the ratio now and then. */
const FEWEST_DRAWS = 10
/** Chance of as strong a correlation with nothing behind it, over all unknowns looked at, that is let pass. */
const SIGNIFICANCE = 0.05

/** The unknown that moves a ratio most; undefined where none stands out from chance (Bonferroni). */
export function strongestOf(
  unknowns: readonly string[],
  placeOf: (unknown: string, draw: number) => number,
  ratios: readonly number[],
): Influence | undefined {
  const draws = [...ratios.keys()].filter(draw => !Number.isNaN(ratios[draw]))
  if (draws.length < FEWEST_DRAWS) return undefined
  const drawn = unknowns.map(name => ({ name, values: draws.map(draw => placeOf(name, draw)) }))
  const output = draws.map(draw => ratios[draw])
  return influencesOn(output, drawn).find(({ adjustedP }) => adjustedP <= SIGNIFICANCE)
}
