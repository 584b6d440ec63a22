import type { Highs } from 'highs'
import { UserError } from '../../core/errors.ts'
import { type Row, type Solution, solve, solver } from '../../core/linear-program.ts'
import { AIMS, CAPEX, CARBON, ENERGY, type Measure, USD, upperLimits } from './limits.ts'
import type { PlannedFleet, Programme } from './programme.ts'
import { ratingOf, stockOf, workOf } from './programme-choices.ts'
import {
  amountOf,
  gapOf,
  type Model,
  modelOf,
  nodesVariable,
  programOf,
  shareVariable,
} from './programme-model.ts'
import { shortfallError, unservedError } from './shortfall.ts'

/** Share of the objective by which a plan may miss the optimum. */
export const GAP = 1e-6

/**
 * The fleet that serves all demands, keeps to all limits and has the least of the aim: a mixed-integer linear program
 * over whole nodes and the rates at which they serve each class. A node is busy for the sum of its shares of its
 * ratings. Of choices that are alike the first is taken; of ways to share requests out among the nodes, where the aim does not tell
 * them apart, that of least energy. Throws a UserError that says which limits must move, and how far, where there is
 * no such fleet.
 */
export async function planned(programme: Programme): Promise<PlannedFleet> {
  check(programme)
  const highs = await solver()
  const model = modelOf(programme)
  const unserved = unservedError(model)
  if (unserved !== undefined) throw unserved
  const program = programOf(model, 'Minimize', amountOf(model, AIMS[programme.aim]), model.restrictions)
  const solution = solve(highs, program, { gap: gapOf(model) })
  if (solution === 'infeasible') throw shortfallError(highs, model)
  if (solution === 'undecided') throw new Error('the solver cannot tell whether there is such a fleet')
  const nodes = nodesOf(model, solution)
  return fleetOf(model, nodes, flowOf(model, shared(highs, model, nodes) ?? solution))
}

/** Throws a UserError where a number of the programme is out of bounds. */
function check({ headroom, limits, demands }: Programme): void {
  if (!(headroom > 0 && headroom <= 1))
    throw new UserError(`plan: headroom is ${headroom}; it must be above 0 and at most 1`)
  const { gpuShare = 0 } = limits
  if (!(gpuShare >= 0 && gpuShare <= 1))
    throw new UserError(`plan: limits.gpuShare is ${gpuShare}; it must be from 0 to 1`)
  for (const name of upperLimits(limits))
    if (!(limits[name]! >= 0))
      throw new UserError(`plan: limits.${name} is ${limits[name]}; it must be at least 0`)
  for (const { name, ratePerS } of demands)
    if (!(ratePerS >= 0 && ratePerS < Number.POSITIVE_INFINITY))
      throw new UserError(
        `plan: class "${name}" comes at ${ratePerS} requests/s; it must be at least 0 and finite`,
      )
}

function nodesOf({ programme, used }: Model, solution: Solution): number[] {
  const nodes = programme.choices.map(() => 0)
  for (const k of used) nodes[k] = Math.max(0, Math.round(solution.valueOf(nodesVariable(k))))
  return nodes
}

/** How these nodes best share the requests; undefined where rounding leaves too few of them by a hair. */
function shared(highs: Highs, model: Model, nodes: readonly number[]): Solution | undefined {
  const aim = AIMS[model.programme.aim]
  const measure = aim.ofWork === undefined || isFree(model, aim) ? ENERGY : aim
  const {
    rows,
    integers: _,
    ...rest
  } = programOf(model, 'Minimize', amountOf(model, measure), model.restrictions)
  const fixed = model.used.map(
    (k): Row => ({ terms: [[nodesVariable(k), 1]], relation: '=', bound: nodes[k] }),
  )
  const solution = solve(highs, { ...rest, rows: [...rows, ...fixed] })
  return typeof solution === 'string' ? undefined : solution
}

/** Whether work takes none of it anywhere. */
function isFree({ programme: { choices }, used, classes }: Model, measure: Measure): boolean {
  return used.every(k => classes.every(id => workOf(measure, choices[k], id) === 0))
}

/** Requests a second; the solver's shares are right to a millionth, those here sum to the demand. */
function flowOf(model: Model, solution: Solution): number[][] {
  const { choices, demands } = model.programme
  const share = (k: number, id: number) => Math.max(0, solution.valueOf(shareVariable(model, k, id)))
  return choices.map((_, k) =>
    demands.map(({ ratePerS }, id) => {
      const all = choices.reduce((sum, _, other) => sum + share(other, id), 0)
      return ratePerS === 0 ? 0 : (ratePerS * share(k, id)) / all
    }),
  )
}

function fleetOf(model: Model, nodes: readonly number[], flow: readonly (readonly number[])[]): PlannedFleet {
  const { programme, leftOut } = model
  const total = (measure: Measure) => totalOf(programme, measure, nodes, flow)
  return {
    nodes,
    flow,
    usdPerHour: total(USD),
    watts: total(ENERGY) / 3600,
    gramsPerHour: total(CARBON),
    capexUsd: capexOf(programme, nodes),
    objective: total(AIMS[programme.aim]),
    gap: gapOf(model),
    leftOut,
  }
}

function totalOf(
  { choices }: Programme,
  measure: Measure,
  nodes: readonly number[],
  flow: readonly (readonly number[])[],
): number {
  return choices.reduce((sum, choice, k) => {
    if (nodes[k] === 0) return sum
    const busy = flow[k].map((ratePerS, id) =>
      ratePerS === 0 ? 0 : (ratePerS / ratingOf(choice, id)!.ratePerS) * workOf(measure, choice, id),
    )
    return busy.reduce((all, of) => all + of, sum + nodes[k] * measure.ofNode(choice))
  }, 0)
}

/** The stock is used up where nodes are dearest, first where nobody knows what they cost. */
function capexOf(programme: Programme, nodes: readonly number[]): number {
  const { choices } = programme
  const usd = choices.map(choice => CAPEX.ofNode(choice))
  const dearest = [...choices.keys()].sort((a, b) => rank(usd[b]) - rank(usd[a]))
  const left = new Map(choices.map(({ node }) => [node, stockOf(programme, node)]))
  return dearest.reduce((sum, k) => {
    const stock = left.get(choices[k].node)!
    left.set(choices[k].node, Math.max(0, stock - nodes[k]))
    return nodes[k] <= stock ? sum : sum + (nodes[k] - stock) * usd[k]
  }, 0)
}

function rank(usd: number): number {
  return Number.isNaN(usd) ? Number.MAX_VALUE : usd
}
