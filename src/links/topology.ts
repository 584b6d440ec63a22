import { UserError } from '../core/errors.ts'
import type { LinkSpec, NetworkSpec, NodeLinks, Site, Way } from './contract.ts'

export type LinkRole = 'nic-out' | 'nic-in' | 'host' | 'fabric'

/** A link with its place in the fleet. */
export interface Link extends LinkSpec {
  readonly role: LinkRole
  readonly node: number
  /** Such as `h100-0 fabric 1`. */
  readonly name: string
}

/** The roles of a node's first links, in order; a fabric for each of its islands follows. */
const ROLES = ['nic-out', 'nic-in', 'host'] as const
const NIC_OUT = 0
const NIC_IN = 1
const HOST = 2

/** In place of a link that a node lacks: it keeps its number, and carries nothing. */
const ABSENT: LinkSpec = { bytesPerS: 0, latencyS: 0 }

/**
 * The links of a fleet by number, and which of them a transfer takes: inside an island its fabric, or the host path
 * where there is none; between islands of a node the host path, whatever the fabrics do; between nodes the
 * NIC out of the one and the NIC in of the other.
 */
export class Topology {
  readonly links: readonly Link[]
  /** Number of each node's first link. */
  readonly #firsts: Int32Array
  /** By link. */
  readonly #bytesPerS: Float64Array
  readonly #deviceBytesPerS: Float64Array
  readonly #latencyS: Float64Array

  /** Throws a RangeError for a link whose figures are out of bounds. */
  constructor({ nodes }: NetworkSpec) {
    this.#firsts = new Int32Array(nodes.length)
    const links: Link[] = []
    nodes.forEach((node, number) => {
      this.#firsts[number] = links.length
      links.push(...linksOf(node, number))
    })
    this.links = links
    this.#bytesPerS = Float64Array.from(links, link => link.bytesPerS)
    this.#deviceBytesPerS = Float64Array.from(links, link => link.deviceBytesPerS ?? Number.POSITIVE_INFINITY)
    this.#latencyS = Float64Array.from(links, link => link.latencyS)
  }

  /** The way of a transfer. Throws a UserError where a node lacks a link that it needs. */
  way(from: Site, to: Site): Way {
    const isInside = from.node === to.node
    const entry = isInside ? this.#inside(from, to) : this.#known(this.#firsts[from.node] + NIC_OUT)
    const exit = isInside ? entry : this.#known(this.#firsts[to.node] + NIC_IN)
    const latencyS = this.#latencyS
    return {
      entry,
      exit,
      bytesPerS: Math.min(this.#ceiling(entry, from.devices), this.#ceiling(exit, to.devices)),
      latencyS: latencyS[entry] + (isInside ? 0 : latencyS[exit]),
    }
  }

  #inside({ node, island }: Site, to: Site): number {
    const fabric = ROLES.length * (node + 1) + island
    const isJoined = island === to.island && this.#bytesPerS[fabric] > 0
    return isJoined ? fabric : this.#known(this.#firsts[node] + HOST)
  }

  #known(link: number): number {
    if (this.#bytesPerS[link] > 0) return link
    throw new UserError(`${this.links[link].name} has no known bandwidth, and KV must pass through it`)
  }

  #ceiling(link: number, devices: number): number {
    return Math.min(this.#bytesPerS[link], devices * this.#deviceBytesPerS[link])
  }
}

function linksOf({ name, islands, fabric, host, nic }: NodeLinks, node: number): Link[] {
  const specs = { 'nic-out': nic, 'nic-in': nic, host }
  const fabrics = Array.from({ length: islands }, (_, i) => ({
    ...checked(fabric, name),
    role: 'fabric' as const,
    node,
    name: `${name} fabric ${i}`,
  }))
  const others = ROLES.map(role => ({ ...checked(specs[role], name), role, node, name: `${name} ${role}` }))
  return [...others, ...fabrics]
}

function checked(spec: LinkSpec | undefined, node: string): LinkSpec {
  if (spec === undefined) return ABSENT
  const { bytesPerS, deviceBytesPerS = bytesPerS, latencyS } = spec
  const isOfUse = bytesPerS > 0 && bytesPerS < Number.POSITIVE_INFINITY && deviceBytesPerS > 0
  if (isOfUse && latencyS >= 0 && latencyS < Number.POSITIVE_INFINITY) return spec
  throw new RangeError(
    `a link of ${node} is ${JSON.stringify(spec)}; rates must be above 0, latency 0 or more`,
  )
}
