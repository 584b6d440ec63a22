/** Like nodes that one pool of the fleet brings; others may share them. */
export interface Ground {
  readonly nodes: number
  /** Islands of a node. */
  readonly islands: number
  /** Devices of an island. */
  readonly islandDevices: number
}

/** Like replicas that look for devices. A stage of a pipeline stays in one island; stages may lie in several. */
export interface Wish {
  /** Index of the ground they must stand on. */
  readonly ground: number
  readonly stages: number
  /** Devices of a stage. */
  readonly stageDevices: number
  /** How many of them; absent, as many as what is left holds, and at least one. */
  readonly replicas?: number
  /** Most of them on a node. */
  readonly perNode?: number
}

/** Where a stage of a replica stands. */
export interface Place {
  /** Numbers in the fleet: nodes ground by ground, islands node by node. */
  readonly node: number
  readonly island: number
  /** Numbers in the node, neighbours of one another. */
  readonly devices: readonly number[]
}

/** A wish that came true in part, or not at all. */
export interface Shortfall {
  /** Index of the wish. */
  readonly wish: number
  readonly wanted: number
  readonly placed: number
  /** Devices that were left of each island of the ground when no further replica fitted. */
  readonly left: readonly number[]
}

/** What carries no replica of a ground. */
export interface Leftover {
  readonly devices: number
  /** Of the island with most of them: no replica with more devices to a stage would fit. */
  readonly largest: number
}

export interface Placement {
  /** By wish and replica, one place for each stage, in order. */
  readonly places: readonly (readonly (readonly Place[])[])[]
  readonly shortfalls: readonly Shortfall[]
  /** By ground. */
  readonly leftovers: readonly Leftover[]
}

/**
 * Packs replicas onto islands: first-fit decreasing. Wishes for so many replicas come first, those with most devices
 * before the others; then those that take what is left. A pipeline crosses nodes only where a node cannot hold it,
 * its stages then standing in order on the first islands with room.
 */
export function packed(grounds: readonly Ground[], wishes: readonly Wish[]): Placement {
  const sites = islandsOf(grounds)
  const places: (readonly (readonly Place[])[])[] = wishes.map(() => [])
  const shortfalls: Shortfall[] = []
  for (const index of packingOrder(wishes)) {
    const wish = wishes[index]
    const site = sites[wish.ground]
    const found = site.replicasFor(wish)
    places[index] = found
    const wanted = wish.replicas ?? 1
    if (found.length < wanted) {
      shortfalls.push({ wish: index, wanted, placed: found.length, left: site.left() })
    }
  }
  return { places, shortfalls, leftovers: sites.map(site => leftoverOf(site.left())) }
}

/** Replicas of these that an empty node of the ground holds. */
export function replicasPerNode(ground: Ground, { stages, stageDevices }: Wish): number {
  return Math.floor((ground.islands * Math.floor(ground.islandDevices / stageDevices)) / stages)
}

function packingOrder(wishes: readonly Wish[]): number[] {
  const isOpen = ({ replicas }: Wish) => Number(replicas === undefined)
  const devices = ({ stages, stageDevices }: Wish) => stages * stageDevices
  const compare = (a: Wish, b: Wish) =>
    isOpen(a) - isOpen(b) || devices(b) - devices(a) || b.stageDevices - a.stageDevices
  return wishes.map((_, index) => index).sort((a, b) => compare(wishes[a], wishes[b]) || a - b)
}

function leftoverOf(left: readonly number[]): Leftover {
  const largest = left.reduce((most, devices) => Math.max(most, devices), 0)
  return { devices: left.reduce((sum, devices) => sum + devices, 0), largest }
}

function islandsOf(grounds: readonly Ground[]): Islands[] {
  let nodes = 0
  let islands = 0
  return grounds.map(ground => {
    const found = new Islands(ground, nodes, islands)
    nodes += ground.nodes
    islands += ground.nodes * ground.islands
    return found
  })
}

/** The islands of one ground, each filled from its first device on. */
class Islands {
  readonly #ground: Ground
  readonly #firstNode: number
  readonly #firstIsland: number
  /** Devices taken of each island. */
  readonly #taken: Int32Array

  constructor(ground: Ground, firstNode: number, firstIsland: number) {
    this.#ground = ground
    this.#firstNode = firstNode
    this.#firstIsland = firstIsland
    this.#taken = new Int32Array(ground.nodes * ground.islands)
  }

  left(): number[] {
    return Array.from(this.#taken, taken => this.#ground.islandDevices - taken)
  }

  replicasFor(wish: Wish): Place[][] {
    return replicasPerNode(this.#ground, wish) > 0 ? this.#onNodes(wish) : this.#acrossNodes(wish)
  }

  /** Replicas that each stay on one node. A node that has no room for one has none for the next. */
  #onNodes(wish: Wish): Place[][] {
    const { replicas = Number.POSITIVE_INFINITY, perNode = Number.POSITIVE_INFINITY } = wish
    const { nodes, islands } = this.#ground
    const found: Place[][] = []
    for (let node = 0; node < nodes; node++) {
      for (let here = 0; here < perNode && found.length < replicas; here++) {
        const stages = this.#stages(wish, node * islands, (node + 1) * islands)
        if (stages === undefined) break
        found.push(stages)
      }
    }
    return found
  }

  #acrossNodes(wish: Wish): Place[][] {
    const { replicas = Number.POSITIVE_INFINITY } = wish
    const found: Place[][] = []
    while (found.length < replicas) {
      const stages = this.#stages(wish, 0, this.#taken.length)
      if (stages === undefined) break
      found.push(stages)
    }
    return found
  }

  /** Takes devices for the stages of one replica from islands `from` up to `end`; none where not all find some. */
  #stages({ stages, stageDevices }: Wish, from: number, end: number): Place[] | undefined {
    const islands = this.#withRoom(stages, stageDevices, from, end)
    return islands.length < stages ? undefined : islands.map(island => this.#take(island, stageDevices))
  }

  /** The island of each stage, as far as there is room. */
  #withRoom(stages: number, stageDevices: number, from: number, end: number): number[] {
    const found: number[] = []
    for (let island = from; island < end && found.length < stages; island++) {
      const room = Math.floor((this.#ground.islandDevices - this.#taken[island]) / stageDevices)
      for (let stage = 0; stage < room && found.length < stages; stage++) found.push(island)
    }
    return found
  }

  #take(island: number, devices: number): Place {
    const { islands, islandDevices } = this.#ground
    const first = (island % islands) * islandDevices + this.#taken[island]
    this.#taken[island] += devices
    return {
      node: this.#firstNode + Math.floor(island / islands),
      island: this.#firstIsland + island,
      devices: Array.from({ length: devices }, (_, i) => first + i),
    }
  }
}
