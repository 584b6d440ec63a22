import { type Distribution, mean, quantiles } from '../statistics/distribution.ts'
import type { QuantilePoint } from '../table.ts'

const TAIL = [1e-6, 1e-5, 1e-4, 2e-4, 5e-4]
/** Where a table is held to its distribution: every thousandth, and finer in the tails. */
const GRID = [
  0,
  ...TAIL,
  ...Array.from({ length: 999 }, (_, i) => (i + 1) / 1000),
  ...TAIL.map(share => 1 - share).reverse(),
  1,
]

/** A value may be off by this share of itself, or of a tenth of the mean where it is less than that. */
const CLOSE = 0.005
const SMALL = 0.1

/**
 * Few quantiles that stand for a distribution, linear between them: more are added where they are off by most, until
 * none is off by half a percent or there are so many.
 *
 * @param toValue what values are rounded to, such as whole tokens
 */
export function quantileTable(
  distribution: Distribution,
  most: number,
  toValue: (value: number) => number,
): QuantilePoint[] {
  const values = quantiles(distribution, GRID).map(toValue)
  const small = SMALL * mean(distribution)
  const chosen = [0, GRID.length - 1]
  while (chosen.length < most) {
    const worst = worstOf(values, chosen, toValue, small)
    if (worst === undefined) break
    chosen.push(worst)
    chosen.sort((a, b) => a - b)
  }
  return chosen.map(i => [GRID[i], values[i]])
}

/** The place where lines between the chosen ones are off by most. */
function worstOf(
  values: readonly number[],
  chosen: readonly number[],
  toValue: (value: number) => number,
  small: number,
): number | undefined {
  let worst: number | undefined
  let most = CLOSE
  for (let c = 1; c < chosen.length; c++) {
    const [from, to] = [chosen[c - 1], chosen[c]]
    const slope = (values[to] - values[from]) / (GRID[to] - GRID[from])
    for (let i = from + 1; i < to; i++) {
      const off = toValue(values[from] + slope * (GRID[i] - GRID[from])) - values[i]
      const share = (Math.abs(off) / Math.max(values[i], small)) * weightAt(i)
      // Of equals, the one next to the step that the line cuts across.
      if (share > most || (share === most && off > 0)) [worst, most] = [i, share]
    }
  }
  return worst
}

/** What is off far out in a tail matters less. */
function weightAt(i: number): number {
  return Math.min(1, Math.sqrt(1000 * Math.min(GRID[i], 1 - GRID[i])))
}
