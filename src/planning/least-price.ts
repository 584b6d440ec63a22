import type { Highs } from 'highs'
import { type Row, solve } from './linear-program.ts'
import type { StepRows } from './step-rows.ts'
import { NO_WORK, UNITS, type Work } from './work.ts'

/** What each unit of work costs at least, in seconds or joules. */
export type UnitPrices = Readonly<Work>

/** How far rows may be broken before they are put into the program, by their price. */
const TOLERANCE = 1e-6
const MOST_ROUNDS = 60

/**
 * The prices of work under which no step does more than it costs, that make the given work dearest: the least that it
 * can cost in steps put together as may be. Rows are brought into the program as they are broken; what is left of that is
 * taken off in the end, so that prices hold whatever the solver's tolerance.
 */
export function leastPrices(highs: Highs, steps: StepRows, need: Readonly<Work>): UnitPrices {
  const units = UNITS.filter(unit => need[unit] > 0)
  if (units.length === 0) return NO_WORK
  const alone = units.map(unit => aloneAt(steps, unit))
  const scale = units.map((unit, i) => steps.prices[alone[i]] / steps.work[alone[i]][unit])
  const objective = units.map((unit, i) => need[unit] * scale[i])
  const most = Math.max(...objective)
  if (most === 0) return NO_WORK
  const chosen = new Set(alone)
  let prices: UnitPrices = NO_WORK
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const rows = [...chosen].map(row => rowOf(steps, row, units, scale))
    const solution = solve(highs, {
      goal: 'Maximize',
      objective: objective.map((value, i) => [i, value / most] as const),
      rows,
    })!
    prices = pricesOf(
      units,
      units.map((_, i) => Math.max(0, solution.valueOf(i)) * scale[i]),
    )
    const broken = mostBroken(steps, prices)
    if (broken.excess <= TOLERANCE || chosen.has(broken.row)) break
    chosen.add(broken.row)
  }
  const { excess } = mostBroken(steps, prices)
  return scaled(prices, 1 / (1 + Math.max(0, excess)))
}

/** What work costs at these prices. */
export function costOf(prices: UnitPrices, work: Readonly<Work>): number {
  return (
    prices.decodes * work.decodes +
    prices.context * work.context +
    prices.tokens * work.tokens +
    prices.pairs * work.pairs
  )
}

/** The row that sells the unit cheapest. */
function aloneAt({ work, prices }: StepRows, unit: keyof Work): number {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (let row = 0; row < prices.length; row++) {
    const price = prices[row] / work[row][unit]
    if (!(price < least)) continue
    least = price
    best = row
  }
  return best
}

function rowOf(
  { work, prices }: StepRows,
  row: number,
  units: readonly (keyof Work)[],
  scale: readonly number[],
): Row {
  const terms = units.map((unit, i) => [i, (work[row][unit] * scale[i]) / prices[row]] as const)
  return { terms, relation: '<=', bound: 1 }
}

function pricesOf(units: readonly (keyof Work)[], values: readonly number[]): UnitPrices {
  return { ...NO_WORK, ...Object.fromEntries(units.map((unit, i) => [unit, values[i]])) }
}

function scaled({ decodes, context, tokens, pairs }: UnitPrices, factor: number): UnitPrices {
  return {
    decodes: decodes * factor,
    context: context * factor,
    tokens: tokens * factor,
    pairs: pairs * factor,
  }
}

/** The step that does most beyond what it costs, and by what share. */
function mostBroken({ work, prices }: StepRows, unit: UnitPrices): { row: number; excess: number } {
  let row = -1
  let excess = Number.NEGATIVE_INFINITY
  for (let i = 0; i < prices.length; i++) {
    const over = costOf(unit, work[i]) / prices[i] - 1
    if (!(over > excess)) continue
    excess = over
    row = i
  }
  return { row, excess }
}
