import type { LinkFigures } from '../links/contract.ts'
import type { Network } from '../links/network.ts'
import type { LinkResult } from '../results/run-result.ts'

/** Reads the links at the window's two ends. */
export class LinkRecord {
  readonly #network: Network
  #opening: readonly LinkFigures[] = []
  #closing: readonly LinkFigures[] = []

  constructor(network: Network) {
    this.#network = network
  }

  open(): void {
    this.#opening = this.#read()
  }

  close(): void {
    this.#closing = this.#read()
  }

  /** What the links carried in between; of those that are not there, nothing. */
  results(): LinkResult[] {
    return this.#network.topology.links.flatMap(({ name, role, bytesPerS }, link) => {
      const before = this.#opening[link]
      const after = this.#closing[link]
      if (bytesPerS === 0) return []
      return {
        link: name,
        role,
        bytesPerS,
        bytes: after.bytes - before.bytes,
        busyS: after.busyS - before.busyS,
        transferS: after.transferS - before.transferS,
      }
    })
  }

  #read(): LinkFigures[] {
    return this.#network.topology.links.map((_, link) => this.#network.figures(link))
  }
}
