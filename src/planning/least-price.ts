import type { Highs } from 'highs'
import { type Row, solved } from '../core/linear-program.ts'
import type { StepRows } from './step-rows.ts'
import { StepTable } from './step-table.ts'
import { NO_WORK, type Work } from './work.ts'

/** What each unit of work costs at least, in seconds or joules. */
export type UnitPrices = Readonly<Work>

/** How far rows may be broken before they are put into the program, by their price. */
const TOLERANCE = 1e-6
const MOST_ROUNDS = 100

/**
 * The prices of work under which no step does more than it costs, that make the given work dearest: the least that it
 * can cost in steps put together as may be. Rows are brought into the program as they are broken; what is left of that is
 * taken off in the end, so that prices hold whatever the solver's tolerance.
 */
export function leastPrices(highs: Highs, steps: StepRows, need: Readonly<Work>): UnitPrices {
  const needed = valuesOf(need)
  const sought = [...needed.keys()].filter(unit => needed[unit] > 0)
  const table = new StepTable(steps, sought, amountOf)
  if (table.units.length === 0) return NO_WORK
  const found = dearest(
    highs,
    table,
    table.units.map(unit => needed[unit]),
  )
  const prices = needed.map(() => 0)
  table.units.forEach((unit, i) => {
    prices[unit] = found[i]
  })
  return workFrom(prices)
}

/** @param need of each of the table's units */
function dearest(highs: Highs, table: StepTable, need: readonly number[]): number[] {
  const alone = need.map((_, unit) => table.cheapest(unit))
  const scale = alone.map((row, unit) => 1 / table.perPrice(row, unit))
  const worth = need.map((of, unit) => of * scale[unit])
  const objective = worth.map((of, unit) => [unit, of / Math.max(...worth)] as const)
  const chosen = new Set(alone)
  let prices: number[] = []
  let broken = { row: 0, excess: 0 }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const rows = [...chosen].map(row => rowOf(table, row, scale))
    const solution = solved(highs, { goal: 'Maximize', objective, rows })
    prices = scale.map((of, unit) => Math.max(0, solution.valueOf(unit)) * of)
    broken = table.mostBroken(prices)
    if (broken.excess <= TOLERANCE || chosen.has(broken.row)) break
    chosen.add(broken.row)
  }
  return prices.map(price => price / (1 + Math.max(0, broken.excess)))
}

/** What work costs at these prices. */
export function costOf(prices: UnitPrices, work: Readonly<Work>): number {
  let cost =
    prices.decodes * work.decodes +
    prices.context * work.context +
    prices.tokens * work.tokens +
    prices.pairs * work.pairs
  for (let lump = 0; lump < prices.beyond.length; lump++) cost += prices.beyond[lump] * work.beyond[lump]
  return cost
}

/** Of a unit by its place among all; steps without prompts tell none beyond lengths. */
function amountOf(work: Readonly<Work>, unit: number): number {
  switch (unit) {
    case 0:
      return work.decodes
    case 1:
      return work.context
    case 2:
      return work.tokens
    case 3:
      return work.pairs
    default:
      return work.beyond[unit - 4] ?? 0
  }
}

/** Amounts of all units in that order, and back. */
function valuesOf({ decodes, context, tokens, pairs, beyond }: Readonly<Work>): number[] {
  return [decodes, context, tokens, pairs, ...beyond]
}

function workFrom([decodes, context, tokens, pairs, ...beyond]: readonly number[]): Work {
  return { decodes, context, tokens, pairs, beyond }
}

function rowOf(table: StepTable, row: number, scale: readonly number[]): Row {
  const terms = scale.map((of, unit) => [unit, table.perPrice(row, unit) * of] as const)
  return { terms, relation: '<=', bound: 1 }
}
