import { describe, expect, it } from 'vitest'
import { ASIC, type Decide, deciding, FakeCluster, fleet, GPU, request } from './fake-cluster.ts'

/** Where requests of the class go, over many. */
function partOf(decide: Decide, requestClass: string): number[] {
  const chosen = Array.from({ length: 200 }, () => decide({ ...request(), requestClass }))
  return [...new Set(chosen)].sort((a, b) => a - b)
}

function divided(cluster: FakeCluster, classes: readonly string[]): number[][] {
  const decide = deciding('class-partition', cluster)
  for (const requestClass of classes) decide({ ...request(), requestClass })
  return classes.map(requestClass => partOf(decide, requestClass))
}

describe('class-partition', () => {
  it('is the whole fleet to one class', () => {
    expect(divided(fleet(2, 2), ['chat'])).toEqual([[0, 1, 2, 3]])
  })

  it('gives every class as many replicas of each kind, and no replica to two', () => {
    const cluster = new FakeCluster([GPU, ASIC, GPU, ASIC, GPU, ASIC, GPU, ASIC])
    const parts = divided(cluster, ['chat', 'batch'])
    expect(parts.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    for (const part of parts) {
      expect(part.map(replica => cluster.deviceKind(replica)).sort()).toEqual(['asic', 'asic', 'gpu', 'gpu'])
    }
  })

  it('gives parts that differ by one replica where they cannot be alike', () => {
    const sizes = divided(fleet(5, 3), ['a', 'b', 'c']).map(part => part.length)
    expect(sizes.sort()).toEqual([2, 3, 3])
  })

  it('divides anew when a class appears, and sends by the load that there is', () => {
    const cluster = fleet(4)
    const decide = deciding('class-partition', cluster)
    expect(partOf(decide, 'chat')).toEqual([0, 1, 2, 3])
    cluster.load(1, 0, 7)
    expect(partOf(decide, 'batch')).toEqual([3])
    cluster.load(3, 1, 7)
    expect(partOf(decide, 'batch')).toEqual([1])
    expect(partOf(decide, 'chat')).toEqual([0, 2])
  })

  it('keeps an index for each part and no more, however many classes come', () => {
    const cluster = fleet(8, 8)
    const decide = deciding('class-partition', cluster)
    for (let i = 0; i < 50_000; i++) decide({ ...request(), requestClass: `class ${i % 2000}` })
    expect(cluster.indexes).toBe(16)
  })

  it('lets classes share replicas where there are more classes', () => {
    expect(divided(fleet(2), ['a', 'b', 'c', 'd', 'e'])).toEqual([[0], [1], [0], [1], [0]])
  })
})
