import {
  type Ground,
  type Place,
  type Placement,
  packed,
  type Shortfall,
  type Wish,
} from '../fleet/placement.ts'
import type { NodeKind } from './facts.ts'
import type { Fail } from './pool-parts.ts'

/** What a pool asks of placement. */
export interface Asking {
  /** Index of the pool whose nodes it stands on; the nodes are that pool's. */
  readonly groundIndex: number
  readonly node: NodeKind
  readonly nodes: number
  readonly stages: number
  readonly stageDevices: number
  readonly replicas?: number | undefined
  readonly replicasPerNode?: number | undefined
  readonly fail: Fail
}

/** Where a fleet stands. */
export interface Standing {
  /** By pool and replica, a place for each stage. */
  readonly places: readonly (readonly (readonly Place[])[])[]
  /** What is left of the nodes of each pool that has its own; undefined of the others. */
  readonly leftovers: readonly (Placement['leftovers'][number] | undefined)[]
  /** The kind of each node, by its number in the fleet. */
  readonly nodes: readonly NodeKind[]
}

/** Packs pools onto their nodes, one asking for each. Throws a UserError with the arithmetic if they do not fit. */
export function standing(askings: readonly Asking[]): Standing {
  const owners = askings.map((_, index) => index).filter(index => askings[index].groundIndex === index)
  const grounds = owners.map(index => groundOf(askings[index]))
  const wishes = askings.map(asking => wishOf(asking, owners.indexOf(asking.groundIndex)))
  const { places, shortfalls, leftovers } = packed(grounds, wishes)
  for (const shortfall of shortfalls) refuse(askings[shortfall.wish], shortfall)
  const left = askings.map((_, index) => leftovers[owners.indexOf(index)])
  const nodes = owners.flatMap(index => Array<NodeKind>(askings[index].nodes).fill(askings[index].node))
  return { places, leftovers: left, nodes }
}

function groundOf({ node, nodes }: Asking): Ground {
  return { nodes, islands: Math.floor(node.devices / node.islandDevices), islandDevices: node.islandDevices }
}

function wishOf({ nodes, stages, stageDevices, replicas, replicasPerNode }: Asking, ground: number): Wish {
  const count = replicas ?? (replicasPerNode === undefined ? undefined : nodes * replicasPerNode)
  return {
    ground,
    stages,
    stageDevices,
    ...(count === undefined ? {} : { replicas: count }),
    ...(replicasPerNode === undefined ? {} : { perNode: replicasPerNode }),
  }
}

function refuse(
  { node, nodes, stages, stageDevices, replicasPerNode, fail }: Asking,
  short: Shortfall,
): never {
  const each = stages === 1 ? `${stageDevices}` : `${stages} x ${stageDevices}`
  const joined = stages === 1 ? 'each in one island' : 'each stage in one island'
  const needs = `needs ${short.wanted} x ${each} devices, ${joined}, of ${nodes} x ${node.id}`
  const bound = replicasPerNode === undefined ? '' : `, ${replicasPerNode} on a node`
  const left = `devices left per island: ${tallied(short.left)}`
  return fail([], `${needs}${bound}; ${short.placed} of them ${short.placed === 1 ? 'fits' : 'fit'}, ${left}`)
}

/** `2 x 0, 1 x 4`, fewest devices first. */
function tallied(left: readonly number[]): string {
  const islands = new Map<number, number>()
  for (const devices of left) islands.set(devices, (islands.get(devices) ?? 0) + 1)
  const pairs = [...islands].sort(([a], [b]) => a - b)
  return pairs.map(([devices, times]) => `${times} x ${devices}`).join(', ')
}
