import type { LinearProgram, Row, Terms } from '../../core/linear-program.ts'
import { LIMITED, type Measure, type UpperLimit, upperLimits } from './limits.ts'
import type { Programme } from './programme.ts'
import { type Considered, considered, mostOf, ratingOf, stockOf, workOf } from './programme-choices.ts'

/** A limit of one sum over the fleet. */
export interface Restriction {
  /** The limit's key, or the hardware of which only so many nodes can be had. */
  readonly of: UpperLimit | 'gpuShare' | { readonly node: string }
  readonly terms: Terms
  readonly relation: '<=' | '>='
  readonly bound: number
}

/** A programme and all that may restrict its fleet. */
export interface Model extends Considered {
  readonly programme: Programme
  readonly restrictions: readonly Restriction[]
}

type Base = Omit<Model, 'restrictions'>

const MANY_NODES = 100

export function modelOf(programme: Programme): Model {
  const base = { programme, ...considered(programme) }
  return { ...base, restrictions: [...upperOf(base), ...gpuShareOf(base), ...supplyOf(base)] }
}

/** The variable that counts nodes of a choice. */
export function nodesVariable(choice: number): number {
  return choice
}

/** The variable of the share of a class's requests that a choice serves. */
export function shareVariable({ programme: { choices, demands } }: Base, choice: number, id: number): number {
  return choices.length * 2 + choice * demands.length + id
}

/**
 * Share of the objective by which a plan may miss its optimum. Where plans need nodes by the hundred, one more or less
 * is below a hundredth, and to be sure of the last one takes long.
 */
export function gapOf(model: Model): number {
  const fewest = model.classes.map(id => {
    const able = model.used.filter(k => classesOf(model, k).includes(id))
    return Math.min(...able.map(k => busyNodes(model, k, id)))
  })
  return fewest.reduce((sum, nodes) => sum + nodes, 0) < MANY_NODES ? 1e-6 : 1e-4
}

/** The program of fleets that serve all requests and keep to the restrictions given. */
export function programOf(
  model: Model,
  goal: LinearProgram['goal'],
  objective: Terms,
  restrictions: readonly Restriction[],
): LinearProgram {
  const rows = [
    ...served(model),
    ...capacities(model),
    ...stocks(model),
    ...restrictions.map(of => rowOf(model, of)),
  ]
  return {
    goal,
    objective: scaled(objective, scaleOf(model, objective)),
    rows,
    integers: model.used.map(nodesVariable),
  }
}

/** The sum of the measure over the fleet. */
export function amountOf(model: Base, measure: Measure): Terms {
  const { choices } = model.programme
  const terms = model.used.flatMap(k => [
    [measure.isOfBought ? boughtVariable(model, k) : nodesVariable(k), measure.ofNode(choices[k])] as const,
    ...classesOf(model, k).map(
      id => [shareVariable(model, k, id), workOf(measure, choices[k], id) * busyNodes(model, k, id)] as const,
    ),
  ])
  return terms.filter(([, coefficient]) => coefficient !== 0 && !Number.isNaN(coefficient))
}

/** The variable that counts those that are not in stock. */
function boughtVariable({ programme }: Base, choice: number): number {
  const { choices } = programme
  return stockOf(programme, choices[choice].node) > 0 ? choices.length + choice : nodesVariable(choice)
}

/** Nodes of the choice that all requests of the class keep busy. */
function busyNodes({ programme: { choices, demands } }: Base, choice: number, id: number): number {
  return demands[id].ratePerS / ratingOf(choices[choice], id)!.ratePerS
}

/** The classes of which the choice can do some. */
function classesOf({ programme: { choices }, classes }: Base, choice: number): number[] {
  return classes.filter(id => ratingOf(choices[choice], id) !== undefined)
}

function served(model: Base): Row[] {
  return model.classes.map(id => {
    const able = model.used.filter(k => classesOf(model, k).includes(id))
    return { terms: able.map(k => [shareVariable(model, k, id), 1]), relation: '=', bound: 1 }
  })
}

/** Nodes are busy for no more of their time than may be planned for. */
function capacities(model: Base): Row[] {
  const { headroom } = model.programme
  return model.used.map(k => {
    const busy = classesOf(model, k).map(
      id => [shareVariable(model, k, id), busyNodes(model, k, id)] as const,
    )
    return { terms: [...busy, [nodesVariable(k), -headroom]], relation: '<=', bound: 0 }
  })
}

/** Where there is a stock, nodes that are not bought are of it. */
function stocks(model: Base): Row[] {
  const stocked = hardware(model).filter(({ stock }) => stock > 0)
  return stocked.flatMap(({ of, stock }): Row[] => [
    {
      terms: of.flatMap(k => [[nodesVariable(k), 1] as const, [boughtVariable(model, k), -1] as const]),
      relation: '<=',
      bound: stock,
    },
    ...of.map((k): Row => {
      const terms = [[boughtVariable(model, k), 1] as const, [nodesVariable(k), -1] as const]
      return { terms, relation: '<=', bound: 0 }
    }),
  ])
}

/** How many can be bought: none where nobody knows at what price and there is a limit on it. */
function purchasable({ programme }: Base, node: string, of: readonly number[]): number {
  const { choices, limits } = programme
  const isUnpriced = limits.capexUsd !== undefined && of.some(k => Number.isNaN(choices[k].capexUsd))
  return isUnpriced ? 0 : mostOf(programme, node)
}

/** Each kind of it among the choices in use. */
function hardware({ programme, used }: Base) {
  const nodes = [...new Set(used.map(k => programme.choices[k].node))]
  return nodes.map(node => ({
    node,
    of: used.filter(k => programme.choices[k].node === node),
    stock: stockOf(programme, node),
  }))
}

function upperOf(model: Base): Restriction[] {
  const { limits } = model.programme
  return upperLimits(limits).map(name => ({
    of: name,
    terms: amountOf(model, LIMITED[name]),
    relation: '<=',
    bound: limits[name]!,
  }))
}

function gpuShareOf(model: Base): Restriction[] {
  const { choices, demands, limits } = model.programme
  if (limits.gpuShare === undefined) return []
  const all = demands.reduce((sum, { ratePerS }) => sum + ratePerS, 0)
  const terms = model.used
    .filter(k => choices[k].isGpu)
    .flatMap(k =>
      classesOf(model, k).map(id => [shareVariable(model, k, id), demands[id].ratePerS / all] as const),
    )
  return [{ of: 'gpuShare', terms, relation: '>=', bound: limits.gpuShare }]
}

function supplyOf(model: Base): Restriction[] {
  return hardware(model)
    .map(({ node, of }) => ({ node, of, bound: purchasable(model, node, of) }))
    .filter(({ bound }) => bound < Number.POSITIVE_INFINITY)
    .map(({ node, of, bound }) => ({
      of: { node },
      terms: of.map(k => [boughtVariable(model, k), 1] as const),
      relation: '<=',
      bound,
    }))
}

function rowOf(model: Base, { terms, relation, bound }: Restriction): Row {
  const scale = scaleOf(model, terms)
  return { terms: scaled(terms, scale), relation, bound: bound / scale }
}

function scaled(terms: Terms, scale: number): Terms {
  return terms.map(([variable, coefficient]) => [variable, coefficient / scale])
}

/** By which no coefficient of a node is above 1, since what a node more or less comes to must be told apart. */
function scaleOf({ programme: { choices } }: Base, terms: Terms): number {
  const ofNodes = terms.filter(([variable]) => variable < 2 * choices.length)
  const sizes = (ofNodes.length > 0 ? ofNodes : terms).map(([, coefficient]) => Math.abs(coefficient))
  return Math.max(...sizes, 0) || 1
}
