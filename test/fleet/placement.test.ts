import { describe, expect, it } from 'vitest'
import { type Ground, type Place, packed, type Wish } from '../../src/fleet/placement.ts'
import { Dice } from '../laws/dice.ts'

const SWITCHED: Ground = { nodes: 2, islands: 1, islandDevices: 8 }
const PAIRS: Ground = { nodes: 2, islands: 4, islandDevices: 2 }

function wish(stageDevices: number, more: Partial<Wish> = {}): Wish {
  return { ground: 0, stages: 1, stageDevices, ...more }
}

/** Node and devices of every stage, such as `0:0-3`. */
function text(places: readonly (readonly Place[])[]): string[] {
  return places.map(stages =>
    stages.map(({ node, devices }) => `${node}:${devices[0]}-${devices.at(-1)}`).join(' '),
  )
}

describe('replicas of one kind', () => {
  it('fill node after node from the first device on', () => {
    const { places, leftovers } = packed([SWITCHED], [wish(4)])
    expect(text(places[0])).toEqual(['0:0-3', '0:4-7', '1:0-3', '1:4-7'])
    expect(leftovers).toEqual([{ devices: 0, largest: 0 }])
  })

  it('leave devices where they do not divide an island', () => {
    const { places, leftovers } = packed([SWITCHED], [wish(3)])
    expect(text(places[0])).toEqual(['0:0-2', '0:3-5', '1:0-2', '1:3-5'])
    expect(leftovers).toEqual([{ devices: 4, largest: 2 }])
  })

  it('are as many on a node as they may be', () => {
    expect(text(packed([SWITCHED], [wish(2, { perNode: 1 })]).places[0])).toEqual(['0:0-1', '1:0-1'])
  })

  it('never straddle islands', () => {
    const { places, shortfalls } = packed([PAIRS], [wish(3, { replicas: 1 })])
    expect(places[0]).toEqual([])
    expect(shortfalls).toEqual([{ wish: 0, wanted: 1, placed: 0, left: [2, 2, 2, 2, 2, 2, 2, 2] }])
  })

  it('stand on nodes and in islands numbered throughout the fleet', () => {
    const { places } = packed([PAIRS, SWITCHED], [wish(2), wish(8, { ground: 1 })])
    const sites = (of: number) => places[of].map(([{ node, island }]) => `${node}/${island}`)
    expect(sites(0)).toEqual(['0/0', '0/1', '0/2', '0/3', '1/4', '1/5', '1/6', '1/7'])
    expect(sites(1)).toEqual(['2/8', '3/9'])
  })
})

describe('a pipeline', () => {
  it('has its stages in several islands of one node', () => {
    const { places } = packed([PAIRS], [wish(2, { stages: 3 })])
    expect(text(places[0])).toEqual(['0:0-1 0:2-3 0:4-5', '1:0-1 1:2-3 1:4-5'])
  })

  it('crosses nodes only where a node cannot hold it', () => {
    const { places } = packed([{ ...SWITCHED, nodes: 4 }], [wish(8, { stages: 2 })])
    expect(text(places[0])).toEqual(['0:0-7 1:0-7', '2:0-7 3:0-7'])
    const { places: whole, leftovers } = packed([SWITCHED], [wish(1, { stages: 5 })])
    expect(text(whole[0])).toEqual(['0:0-0 0:1-1 0:2-2 0:3-3 0:4-4', '1:0-0 1:1-1 1:2-2 1:3-3 1:4-4'])
    expect(leftovers[0].devices).toBe(6)
  })

  it('gives back what it took where its last stage finds nothing', () => {
    const { places, leftovers, shortfalls } = packed([SWITCHED], [wish(4, { stages: 5, replicas: 1 })])
    expect(places[0]).toEqual([])
    expect(leftovers).toEqual([{ devices: 16, largest: 8 }])
    expect(shortfalls[0].left).toEqual([8, 8])
  })
})

describe('replicas of several kinds on the same nodes', () => {
  it('come with most devices first, whatever the order of the file', () => {
    const small = wish(1, { replicas: 8 })
    const large = wish(8, { replicas: 1 })
    expect(text(packed([SWITCHED], [small, large]).places[1])).toEqual(['0:0-7'])
    expect(text(packed([SWITCHED], [small, large]).places[0])[0]).toBe('1:0-0')
    expect(packed([SWITCHED], [large, small]).shortfalls).toEqual([])
  })

  it('leave what they do not want to those without a number', () => {
    const { places } = packed([SWITCHED], [wish(2), wish(4, { replicas: 3 })])
    expect(text(places[0])).toEqual(['1:4-5', '1:6-7'])
  })

  it('say what was left where they do not all fit', () => {
    const { shortfalls } = packed([SWITCHED], [wish(5, { replicas: 2 }), wish(4, { replicas: 1 })])
    expect(shortfalls).toEqual([{ wish: 1, wanted: 1, placed: 0, left: [3, 3] }])
  })
})

describe('any packing', () => {
  it('gives no device twice, keeps stages in islands, and leaves no room for what it refused', () => {
    for (let seed = 0; seed < 300; seed++) {
      const dice = new Dice(seed, 'dyadic')
      const grounds = Array.from({ length: dice.between(1, 3) }, () => ({
        nodes: dice.between(1, 5),
        islands: dice.between(1, 4),
        islandDevices: dice.between(1, 12),
      }))
      const wishes = Array.from({ length: dice.between(1, 5) }, () => ({
        ground: dice.index(grounds),
        stages: dice.between(1, 3),
        stageDevices: dice.between(1, 8),
        ...(dice.chance(0.5) ? { replicas: dice.between(1, 6) } : {}),
      }))
      expectSound(grounds, wishes)
    }
  })
})

function expectSound(grounds: readonly Ground[], wishes: readonly Wish[]): void {
  const { places, shortfalls, leftovers } = packed(grounds, wishes)
  const taken = new Set<string>()
  places.forEach((replicas, index) => {
    const { ground, stages, stageDevices, replicas: wanted } = wishes[index]
    const { islandDevices, islands } = grounds[ground]
    const firstNode = grounds.slice(0, ground).reduce((sum, { nodes }) => sum + nodes, 0)
    if (wanted !== undefined) expect(replicas.length).toBeLessThanOrEqual(wanted)
    for (const replica of replicas) {
      expect(replica).toHaveLength(stages)
      for (const { node, devices } of replica) {
        expect(node - firstNode).toBeGreaterThanOrEqual(0)
        expect(node - firstNode).toBeLessThan(grounds[ground].nodes)
        expect(devices).toHaveLength(stageDevices)
        expect(new Set(devices.map(device => Math.floor(device / islandDevices))).size).toBe(1)
        for (const device of devices) {
          expect(device).toBeLessThan(islands * islandDevices)
          expect(taken.has(`${node}/${device}`)).toBe(false)
          taken.add(`${node}/${device}`)
        }
      }
    }
  })
  const all = grounds.reduce(
    (sum, { nodes, islands, islandDevices }) => sum + nodes * islands * islandDevices,
    0,
  )
  expect(taken.size + leftovers.reduce((sum, { devices }) => sum + devices, 0)).toBe(all)
  for (const { wish: index, left } of shortfalls) {
    const { ground, stages, stageDevices } = wishes[index]
    const perIsland = left.map(devices => Math.floor(devices / stageDevices))
    const { islands, islandDevices } = grounds[ground]
    const holdsOne = Math.floor((islands * Math.floor(islandDevices / stageDevices)) / stages) > 0
    const room = holdsOne ? mostOnANode(perIsland, islands) : perIsland.reduce((sum, each) => sum + each, 0)
    expect(room).toBeLessThan(stages)
  }
}

function mostOnANode(perIsland: readonly number[], islands: number): number {
  const nodes = Array.from({ length: perIsland.length / islands }, (_, node) =>
    perIsland.slice(node * islands, (node + 1) * islands).reduce((sum, each) => sum + each, 0),
  )
  return Math.max(...nodes)
}
