import { describe, expect, it } from 'vitest'
import type { Nodes } from '../../../src/planning/fleets/contract.ts'
import type { Choice, Programme } from '../../../src/planning/fleets/programme.ts'
import { SCOUTED } from '../../../src/planning/fleets/replications.ts'
import { isAllowed, scouted } from '../../../src/planning/fleets/terrain.ts'
import type { FleetRun, Truth } from '../../../src/planning/fleets/truth.ts'
import { settled, verifier } from '../../../src/planning/fleets/verification.ts'

const CHOICE: Choice = {
  ...{ name: 'a', isGpu: true, node: 'a' },
  ...{ usdPerHour: 10, usdPerKwh: 0, idleWatts: 100, maxWatts: 500 },
  ...{ embodiedGramsPerHour: 1, gramsPerKwh: 100, capexUsd: 1000 },
  ratings: [{ ratePerS: 10, busyWatts: 300 }],
}

const PROGRAMME: Programme = {
  choices: [CHOICE],
  demands: [{ name: 'all', ratePerS: 100 }],
  aim: 'usd',
  limits: {},
  headroom: 1,
}

const TERMS = { objective: 0.95 }
const VERIFY = {
  ...{ replications: 4, confidence: 0.95, hasItself: false },
  sampling: 'independent' as const,
}

/** Fleets of which a law says what they attain in each replication. */
function truth(attainment: (nodes: number, replication: number) => number) {
  const asked: string[] = []
  const made: Truth = {
    counts: () => ({ fleets: 0, runs: asked.length }),
    async run([nodes], replication): Promise<FleetRun> {
      asked.push(`${nodes}/${replication}`)
      return {
        attainment: Math.min(1, attainment(nodes, replication)),
        ...{ requests: 1e6, load: 0.7, isSaturated: false, ttftP99S: 1, tpotP99S: 1, e2eP99S: 1 },
        ...{ outputTokensPerS: 1, watts: 1, usdPerHour: 10 * nodes, gramsPerHour: 1, gpuShare: 1 },
      }
    },
  }
  return { made, asked }
}

function settle(from: Nodes, made: Truth, mostFleets = 100) {
  const terrain = scouted({ truth: made, programme: PROGRAMME, terms: TERMS, mostFleets })
  return settled(terrain, verifier(made, TERMS, VERIFY), from, TERMS.objective)
}

describe('a fleet that is searched for and verified', () => {
  it('has the fewest nodes whose whole interval holds, though short looks favour fewer', async () => {
    // A node is worth a hundredth; the replications that are looked at have three hundredths too much.
    const law = (nodes: number, replication: number) =>
      0.85 + nodes / 100 + (SCOUTED.includes(replication) ? 0.03 : 0.0001 * (10 + replication))
    const { measured, verdict } = await settle([3], truth(law).made)
    expect(verdict).toBe('feasible')
    expect(measured.nodes).toEqual([10])
  })

  it('grows on from a fleet that failed, though the first search looked at all that it may', async () => {
    const law = (nodes: number, replication: number) =>
      0.85 + nodes / 100 + (SCOUTED.includes(replication) ? 0.005 : 0)
    const { measured, verdict } = await settle([10], truth(law).made, 1)
    expect(verdict).toBe('feasible')
    expect(measured.nodes).toEqual([11])
  })

  it('is verified in replications that nobody has looked at', async () => {
    const { made, asked } = truth(nodes => nodes / 10)
    await verifier(made, TERMS, VERIFY).verify([10])
    expect(asked).toEqual(['10/0', '10/3', '10/4', '10/5'])
  })

  it('is unclear, and not feasible, where no more nodes make it sure', async () => {
    const { verdict } = await settle([3], truth((_, replication) => (replication % 2 === 0 ? 1 : 0.93)).made)
    expect(verdict).toBe('unclear')
  })

  it('is infeasible where nothing helps', async () => {
    const { verdict } = await settle([3], truth(() => 0.5).made)
    expect(verdict).toBe('infeasible')
  })
})

describe('what a fleet may be', () => {
  const other: Choice = {
    ...CHOICE,
    name: 'b',
    node: 'b',
    ratings: [undefined, { ratePerS: 1, busyWatts: 1 }],
  }
  const first: Choice = { ...CHOICE, ratings: [...CHOICE.ratings, undefined] }
  const programme = (changes: Partial<Programme> = {}): Programme => ({
    ...PROGRAMME,
    choices: [first, other],
    demands: [
      { name: 'x', ratePerS: 1 },
      { name: 'y', ratePerS: 1 },
    ],
    ...changes,
  })

  it('has somebody for every class', () => {
    expect(isAllowed(programme(), [1, 1])).toBe(true)
    expect(isAllowed(programme(), [5, 0])).toBe(false)
    expect(isAllowed(programme(), [0, 5])).toBe(false)
  })

  it.each([
    [{ usdPerHour: 30 }, [2, 1], [3, 1]],
    [{ capexUsd: 3000 }, [2, 1], [3, 1]],
    [{ rackKw: 1.5 }, [2, 1], [3, 1]],
    [{ nodes: 3 }, [2, 1], [3, 1]],
  ])('keeps to %o', (limits, within, beyond) => {
    expect(isAllowed(programme({ limits }), within)).toBe(true)
    expect(isAllowed(programme({ limits }), beyond)).toBe(false)
  })

  it('has no more of a stock than there is, in whatever ways it is used', () => {
    const scarce = programme({ choices: [first, { ...other, node: 'a' }].map(of => ({ ...of, most: 3 })) })
    expect(isAllowed(scarce, [2, 1])).toBe(true)
    expect(isAllowed(scarce, [2, 2])).toBe(false)
  })

  it('has no node whose price is unknown where dollars are to be least', () => {
    const unknown = { ...other, usdPerHour: Number.NaN }
    expect(isAllowed(programme({ choices: [first, unknown] }), [1, 1])).toBe(false)
    expect(isAllowed(programme({ choices: [first, unknown], aim: 'watts' }), [1, 1])).toBe(true)
  })
})
