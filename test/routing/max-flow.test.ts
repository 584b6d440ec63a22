import { describe, expect, it } from 'vitest'
import type { FlowGraph } from '../../src/routing/contract.ts'
import { ASIC, deciding, FakeCluster, fleet, GPU, request } from './fake-cluster.ts'

function counts(cluster: FakeCluster, decisions: number, name = 'max-flow'): number[] {
  const decide = deciding(name, cluster)
  const counts = new Array<number>(cluster.replicas).fill(0)
  for (let i = 0; i < decisions; i++) counts[decide(request())]++
  return counts
}

/** Two replicas that compute prompts, 5 and 2 a second; links of 1 and 4 behind them; one place where all end. */
const NARROW: FlowGraph = {
  places: 5,
  edges: [
    { from: 0, to: 2, requestsPerS: 5 },
    { from: 0, to: 3, requestsPerS: 2 },
    { from: 2, to: 4, requestsPerS: 1 },
    { from: 3, to: 4, requestsPerS: 4 },
    { from: 4, to: 1, requestsPerS: 100 },
  ],
  into: [[0], [1]],
}

describe('max-flow', () => {
  it('is weighted-round-robin by rates where nobody hands over', () => {
    const [mine, theirs] = ['max-flow', 'weighted-round-robin'].map(name => {
      const decide = deciding(name, fleet(2, 3))
      return Array.from({ length: 200 }, () => decide(request()))
    })
    expect(mine).toEqual(theirs)
  })

  it('gives a replica behind a narrow link what the link carries, and interleaves', () => {
    const cluster = new FakeCluster([
      { ...GPU, role: 'prefill' },
      { ...ASIC, role: 'prefill' },
    ])
    cluster.graph = NARROW
    expect(counts(cluster, 300)).toEqual([100, 200])
    const decide = deciding('max-flow', cluster)
    const chosen = Array.from({ length: 30 }, () => decide(request()))
    expect(chosen.join('')).not.toMatch(/00|111/)
  })

  it('counts all ways into a replica that takes over', () => {
    const cluster = fleet(2)
    cluster.graph = { ...NARROW, into: [[2, 3], [2]] }
    expect(counts(cluster, 400)).toEqual([300, 100])
  })

  it('says so where nothing can flow', () => {
    const cluster = fleet(1)
    cluster.graph = { places: 3, edges: [{ from: 0, to: 2, requestsPerS: 1 }], into: [[0]] }
    expect(() => deciding('max-flow', cluster)).toThrow(/^max-flow: no request gets through the fleet/)
  })
})
