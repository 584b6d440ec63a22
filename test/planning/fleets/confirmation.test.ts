import { describe, expect, it } from 'vitest'
import { confirmed, MOST_LOOKS } from '../../../src/planning/fleets/confirmation.ts'
import type { FleetRun, Truth } from '../../../src/planning/fleets/truth.ts'
import { type Verified, verifier } from '../../../src/planning/fleets/verification.ts'

const REPLICATIONS = 4
const TERMS = { objective: 0.95 }
/** Verification has replications 0 and 3 to 5; looks at fleets once more begin here. */
const FRESH = 6

/** Fleets of so many nodes, of which a law says what they attain in each replication. */
function checkOf(attainment: (nodes: number, replication: number) => number) {
  const asked: string[] = []
  const truth: Truth = {
    counts: () => ({ fleets: 0, runs: asked.length }),
    async run([nodes], replication): Promise<FleetRun> {
      asked.push(`${nodes}/${replication}`)
      return {
        attainment: attainment(nodes, replication),
        ...{ requests: 1e6, load: 0.7, isSaturated: false, ttftP99S: 1, tpotP99S: 1, e2eP99S: 1 },
        ...{ outputTokensPerS: 1, watts: 1, usdPerHour: 10 * nodes, gramsPerHour: 1, gpuShare: 1 },
      }
    },
  }
  const sampling = 'independent' as const
  const verifying = { replications: REPLICATIONS, confidence: 0.95, sampling, hasItself: false }
  return { check: verifier(truth, TERMS, verifying), asked }
}

async function confirmedOf(
  law: (nodes: number, replication: number) => number,
  verified: readonly number[],
  searched: readonly number[] = [],
) {
  const { check, asked } = checkOf(law)
  let last: Verified | undefined
  for (const nodes of verified) last = await check.verify([nodes])
  const left = [...searched]
  const from: number[] = []
  const found = await confirmed(check, {
    aimOf: ({ usdPerHour }) => usdPerHour.estimate,
    last: last!,
    searchedFrom: ([nodes]) => {
      from.push(nodes)
      return check.verify([left.shift() ?? nodes])
    },
  })
  const { chosen, looks } = found
  return { nodes: chosen.measured.nodes[0], verdict: chosen.verdict, looks, from, asked, check, chosen }
}

/** Passes where it is verified, and is found out later. */
const lucky = (_: number, replication: number) => (replication < FRESH ? 0.99 : 0.9)

describe('the least of the fleets that hold', () => {
  it('is the plan once it holds in replications that nobody has seen, by which it is then told', async () => {
    const { nodes, verdict, looks, asked, chosen, check } = await confirmedOf(
      (_, replication) => (replication < FRESH ? 0.99 : 0.97),
      [12, 10, 11],
    )
    expect([nodes, verdict, looks]).toEqual([10, 'feasible', 1])
    expect(asked.slice(-REPLICATIONS)).toEqual(['10/6', '10/7', '10/8', '10/9'])
    expect(chosen.measured.attainment.estimate).toBeCloseTo(0.97, 12)
    expect(check.made()).toContain(chosen)
  })

  it('is not the plan where it held by luck: the next least is, in replications of its own', async () => {
    const law = (nodes: number, replication: number) => (nodes === 10 ? lucky(nodes, replication) : 0.99)
    const { nodes, verdict, looks, asked, check } = await confirmedOf(law, [12, 10, 11])
    expect([nodes, verdict, looks]).toEqual([11, 'feasible', 2])
    expect(asked.slice(-REPLICATIONS)).toEqual(['11/10', '11/11', '11/12', '11/13'])
    const refuted = check.made().find(({ measured }) => measured.nodes[0] === 10)!
    expect(refuted.verdict).toBe('infeasible')
  })

  it('is searched for from the one that failed where no other holds', async () => {
    const law = (nodes: number, replication: number) => (nodes === 10 ? lucky(nodes, replication) : 0.99)
    const { nodes, verdict, looks, from } = await confirmedOf(law, [10], [13])
    expect([nodes, verdict, looks, from]).toEqual([13, 'feasible', 2, [10]])
  })

  it('is not looked for without end: what fails last is not called feasible, though others passed once', async () => {
    const { nodes, verdict, looks } = await confirmedOf(lucky, [10, 11, 12, 13, 14])
    expect([nodes, looks]).toEqual([12, MOST_LOOKS])
    expect(verdict).not.toBe('feasible')
  })

  it('is what the search came to where none holds, which nobody looks at again', async () => {
    const { nodes, verdict, looks, from } = await confirmedOf(() => 0.9, [10, 11])
    expect([nodes, verdict, looks, from]).toEqual([11, 'infeasible', 0, []])
  })
})
