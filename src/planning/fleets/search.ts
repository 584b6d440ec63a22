import type { Nodes } from './contract.ts'

/** A fleet as a few runs show it. */
export interface Look {
  readonly nodes: Nodes
  /** What is to be least, in its own unit. */
  readonly aim: number
  readonly attainment: number
  /** By how much it fails otherwise: runs that saturate, limits that simulation alone can tell. */
  readonly excess: number
}

/** What a search is told of fleets. */
export interface Terrain {
  /** Undefined once no more fleets may be simulated. */
  look(nodes: Nodes): Promise<Look | undefined>
  /** Whether limits that can be told without a simulation are kept, and every class has who serves it. */
  isAllowed(nodes: Nodes): boolean
  /** By option, requests a second of a node, and about what it adds to the aim. */
  readonly capacities: readonly number[]
  readonly costs: readonly number[]
}

/** Options that growth tries beside those of the fleet. */
const MOST_HELPERS = 4
/** Sizes of a step up, in nodes, are doubled so often at most. */
const MOST_DOUBLINGS = 12

/** Whether a look has it that a share of the requests meets the SLO and limits are kept. */
export function holdsAt({ attainment, excess }: Look, objective: number): boolean {
  return attainment >= objective && excess === 0
}

/**
 * A fleet that holds and from which no single removal or exchange that was tried leads to one that is better: nodes are
 * added where they relieve most for what they cost until it holds, then taken away, dearest first, and exchanged. Gives
 * the nearest to holding where none does, and what it has where no more may be simulated.
 */
export async function searched(terrain: Terrain, start: Nodes, objective: number): Promise<Look> {
  const first = await terrain.look(start)
  if (first === undefined) throw new RangeError('a search must be let look at where it begins')
  let best = await grown(terrain, first, objective)
  if (!holdsAt(best, objective)) return best
  for (;;) {
    const shrunk = await shrunkFrom(terrain, best, objective)
    const swapped = await swappedFrom(terrain, shrunk, objective)
    if (swapped === shrunk) return shrunk
    best = swapped
  }
}

/** Steps up are doubled each time: from one node to as many again and more. */
async function grown(terrain: Terrain, first: Look, objective: number): Promise<Look> {
  let best = first
  const nodesInAll = sum(first.nodes)
  const unit = sum(first.nodes.map((count, i) => count * terrain.capacities[i])) / nodesInAll
  for (let step = 1, round = 0; round < MOST_DOUBLINGS && !holdsAt(best, objective); round++, step *= 2) {
    const next = await bestOf(terrain, steppedUp(terrain, best, step * unit), best, objective)
    if (next === undefined) return best
    best = next
  }
  return best
}

/** With nodes of one option added, about as many requests a second of each. */
function steppedUp(terrain: Terrain, { nodes }: Look, requestsPerS: number): Nodes[] {
  const { capacities } = terrain
  return helpers(terrain, nodes).flatMap(i =>
    withMore(terrain, nodes, i, Math.max(1, Math.round(requestsPerS / capacities[i]))),
  )
}

/** With so many nodes more of the option, or half as many and so on where that is not allowed; none where one is not. */
function withMore({ isAllowed }: Terrain, nodes: Nodes, option: number, count: number): Nodes[] {
  for (let more = count; more >= 1; more = Math.floor(more / 2)) {
    const grown = withNodes(nodes, option, nodes[option] + more)
    if (isAllowed(grown)) return [grown]
  }
  return []
}

/** Options of the fleet, and those that serve most for what they cost. */
function helpers({ capacities, costs }: Terrain, nodes: Nodes): number[] {
  const all = [...nodes.keys()]
  const others = all.filter(i => nodes[i] === 0)
  others.sort((a, b) => costs[a] / capacities[a] - costs[b] / capacities[b] || a - b)
  return [...all.filter(i => nodes[i] > 0), ...others.slice(0, MOST_HELPERS)]
}

/** Of fleets that hold the one of the least aim; else the one that gains most for what it adds, if any gains. */
async function bestOf(
  terrain: Terrain,
  fleets: readonly Nodes[],
  from: Look,
  objective: number,
): Promise<Look | undefined> {
  let best: Look | undefined
  for (const nodes of fleets) {
    const look = await terrain.look(nodes)
    if (look === undefined) break
    if (best === undefined || isBetterStep(look, best, from, objective)) best = look
  }
  return best
}

function isBetterStep(a: Look, b: Look, from: Look, objective: number): boolean {
  const [holdsA, holdsB] = [holdsAt(a, objective), holdsAt(b, objective)]
  if (holdsA !== holdsB) return holdsA
  if (holdsA) return a.aim < b.aim
  const gain = (look: Look) => (lackOf(from, objective) - lackOf(look, objective)) / extraOf(look, from)
  return gain(a) > gain(b)
}

function lackOf({ attainment, excess }: Look, objective: number): number {
  return Math.max(0, objective - attainment) + excess
}

/** What a step adds to the aim; next to nothing where it makes it less. */
function extraOf(look: Look, from: Look): number {
  return Math.max(look.aim - from.aim, 1e-9 * from.aim)
}

/** Without nodes that are not needed, dearest options first, until none can go. */
async function shrunkFrom(terrain: Terrain, from: Look, objective: number): Promise<Look> {
  let best = from
  for (;;) {
    const before = best
    for (const option of dearestFirst(terrain, best.nodes)) {
      best = await fewest(terrain, best, option, objective)
    }
    if (best === before) return best
  }
}

function dearestFirst({ costs }: Terrain, nodes: Nodes): number[] {
  const used = [...nodes.keys()].filter(i => nodes[i] > 0)
  return used.sort((a, b) => costs[b] - costs[a] || a - b)
}

/** Takes away 1, 2, 4, ... nodes of the option for as long as that holds, then half as many at a time. */
async function fewest(terrain: Terrain, from: Look, option: number, objective: number): Promise<Look> {
  let best = from
  const without = async (count: number): Promise<boolean> => {
    const left = best.nodes[option] - count
    const look =
      left < 0 ? undefined : await improved(terrain, withNodes(best.nodes, option, left), best, objective)
    if (look === undefined) return false
    best = look
    return true
  }
  let step = 1
  while (await without(step)) step *= 2
  for (step = Math.floor(step / 2); step >= 1; step = Math.floor(step / 2)) await without(step)
  return best
}

/** The first exchange of nodes of one option for those of another that makes the aim less. */
async function swappedFrom(terrain: Terrain, from: Look, objective: number): Promise<Look> {
  for (const nodes of exchanges(terrain, from.nodes)) {
    const look = await improved(terrain, nodes, from, objective)
    if (look !== undefined) return look
  }
  return from
}

/** Share of the requests that went that the nodes in exchange must be able to serve to be tried. */
const LEAST_IN_EXCHANGE = 0.7

/**
 * All nodes of an option, half of them or one for the most of another that cost less. Those first that may save most.
 */
function exchanges(terrain: Terrain, nodes: Nodes): Nodes[] {
  const { capacities, costs } = terrain
  const used = [...nodes.keys()].filter(i => nodes[i] > 0)
  const found = used.flatMap(a => {
    const sizes = [...new Set([nodes[a], Math.ceil(nodes[a] / 2), 1])]
    return [...nodes.keys()].flatMap(b => (a === b ? [] : sizes.map(size => ({ a, b, size }))))
  })
  return found
    .map(({ a, b, size }) => {
      const needed = Math.ceil((size * capacities[a]) / capacities[b])
      const affordable = Math.ceil((size * costs[a]) / costs[b]) - 1
      const count = Math.min(needed, affordable)
      const saved = size * costs[a] - count * costs[b]
      const isEnough = count >= 1 && count * capacities[b] >= LEAST_IN_EXCHANGE * size * capacities[a]
      const changed = withNodes(withNodes(nodes, a, nodes[a] - size), b, nodes[b] + count)
      return { nodes: changed, saved, isEnough }
    })
    .filter(exchange => exchange.isEnough && terrain.isAllowed(exchange.nodes))
    .sort((a, b) => b.saved - a.saved)
    .map(exchange => exchange.nodes)
}

/** The look at a fleet that holds and has less of the aim; undefined where it does not. */
async function improved(
  terrain: Terrain,
  nodes: Nodes,
  than: Look,
  objective: number,
): Promise<Look | undefined> {
  if (!terrain.isAllowed(nodes)) return undefined
  const look = await terrain.look(nodes)
  return look !== undefined && holdsAt(look, objective) && look.aim < than.aim ? look : undefined
}

function withNodes(nodes: Nodes, option: number, count: number): Nodes {
  return nodes.with(option, count)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
