import type { BuiltPool } from '../scenario/built-pool.ts'
import type { Catalogue } from '../scenario/facts.ts'
import { facts } from './print.ts'

/** Like nodes of one pool that carry the same, next to one another. */
interface Run {
  readonly node: string
  /** Numbers among the fleet's nodes of that kind. */
  readonly from: number
  readonly to: number
  readonly carries: string
}

/** Which nodes carry what, and what is left of them. */
export function placementText(pools: readonly BuiltPool[], { nodes }: Pick<Catalogue, 'nodes'>): string {
  const counts = new Map<string, number>()
  let first = 0
  const lines = pools.flatMap((pool, i) => {
    // Models that take turns are one pool's.
    if (pool.leftover === undefined || pool.places === pools[i - 1]?.places) return []
    const from = counts.get(pool.node) ?? 0
    const { devices } = nodes.get(pool.node)!
    const carried = Array.from({ length: pool.nodes }, (_, i) => carriedBy(pools, first + i, devices))
    counts.set(pool.node, from + pool.nodes)
    first += pool.nodes
    return [...runsOf(pool.node, from, carried).map(lineOf), ...leftoverLines(pool)]
  })
  return facts(lines)
}

/** What the node of this number in the fleet carries. */
function carriedBy(pools: readonly BuiltPool[], node: number, devices: number): string {
  const here = pools.flatMap(({ kind, places, turns }) => {
    const own = places.filter(stages => stages.some(stage => stage.node === node))
    if (own.length === 0) return []
    const stages = own.flat().filter(stage => stage.node === node)
    const taken = stages.reduce((sum, stage) => sum + stage.devices.length, 0)
    const isPart = stages.length < own.flat().length
    return { text: `${own.length} x ${kind.name}${isPart ? ' in part' : ''}`, taken: taken / turns, turns }
  })
  const free = devices - Math.round(here.reduce((sum, { taken }) => sum + taken, 0))
  const texts = here.map(({ text, turns }) => (turns > 1 ? `${text} by turns` : text))
  return [...texts, ...(free > 0 ? [`${free} of ${devices} devices free`] : [])].join(', ')
}

function runsOf(node: string, first: number, carried: readonly string[]): Run[] {
  const runs: Run[] = []
  for (const [i, carries] of carried.entries()) {
    const last = runs.at(-1)
    if (last?.carries === carries) runs[runs.length - 1] = { ...last, to: first + i }
    else runs.push({ node, from: first + i, to: first + i, carries })
  }
  return runs
}

function lineOf({ node, from, to, carries }: Run): [string, string] {
  if (from === to) return [`${node}-${from}`, carries]
  return [`${node}-${from} to ${to}`, `${carries} each`]
}

function leftoverLines({ leftover }: BuiltPool): [string, string][] {
  if (leftover === undefined || leftover.devices === 0) return []
  const { devices, largest } = leftover
  return [['', `${devices} devices left: a further replica fits with up to ${largest} to a stage`]]
}
