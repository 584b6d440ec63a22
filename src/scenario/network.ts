import type { Place } from '../fleet/placement.ts'
import type { LinkSpec, NetworkSpec, NodeLinks, Site } from '../links/contract.ts'
import type { FactReader } from './evidence.ts'
import type { Catalogue, Device, NodeKind } from './facts.ts'
import { GIGA, MICRO } from './units.ts'

/** The links of the fleet's nodes, by their number. What the catalogue does not know is left out. */
export function networkOf(
  nodes: readonly NodeKind[],
  { devices }: Catalogue,
  facts: FactReader,
): NetworkSpec {
  const counts = new Map<string, number>()
  return {
    nodes: nodes.map(node => {
      const number = counts.get(node.id) ?? 0
      counts.set(node.id, number + 1)
      return { ...linksOf(node, devices.get(node.device)!, facts), name: `${node.id}-${number}` }
    }),
  }
}

/** Where the KV of a replica is. */
export function siteOf(stages: readonly Place[]): Site {
  const [{ node, island }] = stages
  return { node, island, devices: stages.reduce((sum, { devices }) => sum + devices.length, 0) }
}

function linksOf(node: NodeKind, device: Device, facts: FactReader): Omit<NodeLinks, 'name'> {
  const islands = Math.floor(node.devices / node.islandDevices)
  const fabric = node.islandDevices > 1 ? fabricOf(node, device, facts) : undefined
  const host = hostOf(node, device, facts)
  const nic = nicOf(node, device, facts)
  return { islands, ...(fabric && { fabric }), ...(host && { host }), ...(nic && { nic }) }
}

function fabricOf(node: NodeKind, device: Device, facts: FactReader): LinkSpec | undefined {
  if (device.linkGbPerS === undefined) return undefined
  const deviceBytesPerS = facts.take(`${device.id} linkGbPerS`, device.linkGbPerS, 'high') * GIGA
  return {
    bytesPerS: node.islandDevices * deviceBytesPerS,
    deviceBytesPerS,
    latencyS: sendSeconds(device, facts),
  }
}

function hostOf(node: NodeKind, device: Device, facts: FactReader): LinkSpec | undefined {
  if (device.hostLinkGbPerS === undefined) return undefined
  const deviceBytesPerS = facts.take(`${device.id} hostLinkGbPerS`, device.hostLinkGbPerS, 'high') * GIGA
  return { bytesPerS: node.devices * deviceBytesPerS, deviceBytesPerS, latencyS: sendSeconds(device, facts) }
}

/** From one device to another, launched and begun; 0 where nobody has measured it. */
function sendSeconds({ id, operators: { sendReceive } }: Device, facts: FactReader): number {
  if (sendReceive === undefined) return 0
  return facts.take(`${id} operators.sendReceive.fixedUs`, sendReceive.fixedUs, 'low') * MICRO
}

/** The way from node to node is halved between the adapters at its ends. */
function nicOf(node: NodeKind, device: Device, facts: FactReader): LinkSpec | undefined {
  const { nicGbPerS, nicUs } = node
  if (nicGbPerS === undefined) return undefined
  const bytesPerS = facts.take(`${node.id} nicGbPerS`, nicGbPerS, 'high') * GIGA
  const ofDevice = device.nicGbPerS && facts.take(`${device.id} nicGbPerS`, device.nicGbPerS, 'high') * GIGA
  return {
    bytesPerS,
    ...(ofDevice && { deviceBytesPerS: ofDevice }),
    latencyS: nicUs === undefined ? 0 : (facts.take(`${node.id} nicUs`, nicUs, 'low') * MICRO) / 2,
  }
}
