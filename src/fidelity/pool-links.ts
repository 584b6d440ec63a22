import type { NetworkSpec, Site } from '../links/contract.ts'
import { Unusable } from '../measurements/unusable.ts'
import { FactReader } from '../scenario/evidence.ts'
import type { Catalogue, Device, NodeKind } from '../scenario/facts.ts'
import { networkOf } from '../scenario/network.ts'

/** Where replicas stand, and what joins them. */
export interface Joined {
  readonly places: readonly Site[]
  readonly network: NetworkSpec
}

/**
 * Replicas in order on nodes of the catalogue's largest kind for the device, each on the devices that are free on the
 * last node or else on nodes of its own. Throws Unusable where no such node is known, or not how fast its links are.
 *
 * @param sizes devices of each replica
 */
export function joined(device: Device, sizes: readonly number[], catalogue: Catalogue): Joined {
  const kind = nodeOf(device, catalogue)
  const spots = spotsOf(sizes, kind.devices)
  const places = spots.map(({ firstDevice }, replica) => ({
    ...islandOf(firstDevice, kind),
    devices: sizes[replica],
  }))
  const nodes = Math.ceil(Math.max(...spots.map(({ endDevice }) => endDevice)) / kind.devices)
  const network = networkOf(Array(nodes).fill(kind), catalogue, new FactReader('given'))
  checkLinks(network, places, device)
  return { places, network }
}

function nodeOf(device: Device, { nodes }: Catalogue): NodeKind {
  const kinds = [...nodes.values()].filter(node => node.device === device.id)
  if (kinds.length === 0) throw new Unusable(`no node with ${device.id} is known`)
  return kinds.reduce((best, node) => (rankOf(node) > rankOf(best) ? node : best))
}

/** Those whose adapters are known come first. */
function rankOf({ devices, nicGbPerS }: NodeKind): number {
  return devices + (nicGbPerS === undefined ? 0 : 1e6)
}

interface Spot {
  readonly firstDevice: number
  readonly endDevice: number
}

function spotsOf(sizes: readonly number[], nodeDevices: number): Spot[] {
  let next = 0
  return sizes.map(size => {
    const left = (nodeDevices - (next % nodeDevices)) % nodeDevices
    const firstDevice = size <= left ? next : next + left
    next = firstDevice + size
    return { firstDevice, endDevice: next }
  })
}

function islandOf(device: number, { devices, islandDevices }: NodeKind): Omit<Site, 'devices'> {
  const node = Math.floor(device / devices)
  const perNode = Math.floor(devices / islandDevices)
  return { node, island: node * perNode + Math.floor((device % devices) / islandDevices) }
}

function checkLinks({ nodes }: NetworkSpec, places: readonly Site[], { id }: Device): void {
  const isSpread = places.some(({ node }) => node !== places[0].node)
  const isSplit = places.some(({ island }) => island !== places[0].island)
  const [{ nic, host, fabric }] = nodes
  const needed = isSpread ? nic : isSplit ? host : (fabric ?? host)
  if (needed === undefined) throw new Unusable(`how fast ${id} sends KV is not known`)
}
