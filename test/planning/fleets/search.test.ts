import { describe, expect, it } from 'vitest'
import type { Nodes } from '../../../src/planning/fleets/contract.ts'
import { holdsAt, type Look, searched, type Terrain } from '../../../src/planning/fleets/search.ts'

/** What serves so many requests a second for so much. */
interface Kind {
  readonly perS: number
  readonly usd: number
}

interface World {
  readonly kinds: readonly Kind[]
  readonly ratePerS: number
  readonly isAllowed?: (nodes: Nodes) => boolean
  readonly mostLooks?: number
}

const OBJECTIVE = 0.95

/** Fleets that attain what they can serve of the rate, and how many were looked at. */
function world({ kinds, ratePerS, isAllowed = () => true, mostLooks = 1e6 }: World) {
  const known = new Map<string, Look>()
  const terrain: Terrain = {
    capacities: kinds.map(({ perS }) => perS),
    costs: kinds.map(({ usd }) => usd),
    isAllowed: nodes =>
      nodes.every(count => count >= 0) && nodes.some(count => count > 0) && isAllowed(nodes),
    async look(nodes) {
      const before = known.get(nodes.join())
      if (before !== undefined || known.size >= mostLooks) return before
      const served = total(nodes, i => kinds[i].perS)
      const look = {
        nodes,
        aim: total(nodes, i => kinds[i].usd),
        attainment: Math.min(1, served / ratePerS),
        excess: 0,
      }
      known.set(nodes.join(), look)
      return look
    },
  }
  return { terrain, looks: () => known.size }
}

function total(nodes: Nodes, of: (i: number) => number): number {
  return nodes.reduce((sum, count, i) => sum + count * of(i), 0)
}

/** The least cost of all fleets of up to so many nodes of each kind that hold. */
function naiveLeast({ kinds, ratePerS }: World, most: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let a = 0; a <= most; a++) {
    for (let b = 0; b <= most; b++) {
      const served = a * kinds[0].perS + b * kinds[1].perS
      if (served >= OBJECTIVE * ratePerS) least = Math.min(least, a * kinds[0].usd + b * kinds[1].usd)
    }
  }
  return least
}

describe('a search for a fleet', () => {
  it('adds nodes until the fleet holds, and none that is not needed', async () => {
    const { terrain } = world({ kinds: [{ perS: 10, usd: 5 }], ratePerS: 100 })
    const { nodes } = await searched(terrain, [3], OBJECTIVE)
    expect(nodes).toEqual([10])
  })

  it('takes away what is not needed', async () => {
    const { terrain } = world({ kinds: [{ perS: 10, usd: 5 }], ratePerS: 100 })
    const { nodes } = await searched(terrain, [40], OBJECTIVE)
    expect(nodes).toEqual([10])
  })

  it('comes from far below to two hundred nodes, and down from far above, in few looks', async () => {
    for (const start of [20, 700]) {
      const { terrain, looks } = world({ kinds: [{ perS: 1, usd: 1 }], ratePerS: 210 })
      const { nodes } = await searched(terrain, [start], OBJECTIVE)
      expect(nodes).toEqual([200])
      expect(looks()).toBeLessThan(40)
    }
  })

  it('exchanges nodes for those of a kind that serves as much for less', async () => {
    const kinds = [
      { perS: 10, usd: 10 },
      { perS: 5, usd: 3 },
    ]
    const { terrain } = world({ kinds, ratePerS: 100 })
    const { nodes, aim } = await searched(terrain, [10, 0], OBJECTIVE)
    expect(nodes).toEqual([0, 19])
    expect(aim).toBe(57)
  })

  it.each([
    [7, 5, 3, 2],
    [10, 9, 20, 16],
    [13, 4, 6, 2],
    [2, 3, 11, 15],
  ])(
    'comes within a twentieth of the least of all fleets (kinds %d/s for %d $, %d/s for %d $)',
    async (...of) => {
      const [perA, usdA, perB, usdB] = of
      const asked = {
        kinds: [
          { perS: perA, usd: usdA },
          { perS: perB, usd: usdB },
        ],
        ratePerS: 100,
      }
      const { aim } = await searched(world(asked).terrain, [5, 5], OBJECTIVE)
      const least = naiveLeast(asked, 60)
      expect(aim).toBeGreaterThanOrEqual(least)
      expect(aim).toBeLessThanOrEqual(1.05 * least)
    },
  )

  it('looks at no fleet that is not allowed', async () => {
    const kinds = [
      { perS: 10, usd: 10 },
      { perS: 5, usd: 3 },
    ]
    const { terrain } = world({ kinds, ratePerS: 100, isAllowed: ([, small]) => small <= 2 })
    const seen: Nodes[] = []
    const look = async (nodes: Nodes) => {
      seen.push(nodes)
      return terrain.look(nodes)
    }
    const { nodes } = await searched({ ...terrain, look }, [10, 0], OBJECTIVE)
    expect(nodes).toEqual([9, 1])
    expect(Math.max(...seen.map(([, small]) => small))).toBe(2)
  })

  it('gives the most that is allowed where nothing that is allowed holds', async () => {
    const { terrain } = world({ kinds: [{ perS: 10, usd: 5 }], ratePerS: 100, isAllowed: ([n]) => n <= 6 })
    const look = await searched(terrain, [2], OBJECTIVE)
    expect(holdsAt(look, OBJECTIVE)).toBe(false)
    expect(look.nodes).toEqual([6])
  })

  it('gives what it has once no more may be looked at', async () => {
    const { terrain, looks } = world({ kinds: [{ perS: 10, usd: 5 }], ratePerS: 100, mostLooks: 4 })
    const { nodes } = await searched(terrain, [40], OBJECTIVE)
    expect(nodes[0]).toBeGreaterThanOrEqual(10)
    expect(looks()).toBe(4)
  })
})
