import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { PrefixIndex } from '../../src/fleet/prefix-index.ts'

const REPLICAS = 100

function blocksOf(index: PrefixIndex, ids: readonly number[], replicas = REPLICAS): number[] {
  index.match(Int32Array.from(ids), ids.length)
  return Array.from({ length: replicas }, (_, replica) => index.blocksOf(replica))
}

function leading(held: ReadonlySet<number>, ids: readonly number[]): number {
  const missing = ids.findIndex(id => !held.has(id))
  return missing < 0 ? ids.length : missing
}

/** Prompts are paths through a tree from its root, in which every id has two behind it. */
function pathTo(id: number): number[] {
  return id === 0 ? [0] : [...pathTo((id - 1) >> 1), id]
}

describe('leading blocks of a prompt', () => {
  test('are counted for every replica up to the first that it lacks', () => {
    const index = new PrefixIndex(4)
    for (const id of [1, 2, 3]) index.add(id, 0)
    for (const id of [1, 5]) index.add(id, 1)
    for (const id of [7, 8]) index.add(id, 2)
    expect(blocksOf(index, [1, 2, 3, 4], 4)).toEqual([3, 1, 0, 0])
    expect(blocksOf(index, [1, 5, 6], 4)).toEqual([1, 2, 0, 0])
    expect(blocksOf(index, [7, 8], 4)).toEqual([0, 0, 2, 0])
    expect(blocksOf(index, [], 4)).toEqual([0, 0, 0, 0])
  })

  test('are those of the part of the ids that is asked for', () => {
    const index = new PrefixIndex(1)
    for (const id of [1, 2, 3]) index.add(id, 0)
    index.match(Int32Array.from([9, 1, 2, 3, 9]), 2, 1)
    expect(index.blocksOf(0)).toBe(2)
  })

  test('are counted when all who may hold any have settled', () => {
    const told: number[] = []
    const index = new PrefixIndex(70, replica => {
      told.push(replica)
      if (replica === 69) index.remove(2, 69)
      if (replica === 3) for (const id of [2, 1]) index.remove(id, 3)
    })
    for (const replica of [3, 5, 69]) for (const id of [1, 2]) index.add(id, replica)
    index.add(7, 4)
    const found = blocksOf(index, [1, 2], 70)
    expect(told.sort((a, b) => a - b)).toEqual([3, 5, 69])
    expect([3, 4, 5, 69].map(replica => found[replica])).toEqual([0, 0, 2, 1])
  })

  test.each([1, 2, 3])('are what a set for every replica says, match after match (%i)', seed => {
    const random = stream(seed, 'index')
    const index = new PrefixIndex(REPLICAS)
    const held = Array.from({ length: REPLICAS }, () => new Set<number>())
    for (let i = 0; i < 30_000; i++) {
      const [replica, path] = [below(random, REPLICAS), pathTo(below(random, 300))]
      const set = held[replica]
      const missing = path.find(id => !set.has(id))
      const last = path.findLast(id => set.has(id) && !set.has(2 * id + 1) && !set.has(2 * id + 2))
      if (random() < 0.3 && last !== undefined && set.delete(last)) index.remove(last, replica)
      else if (missing !== undefined) {
        set.add(missing)
        index.add(missing, replica)
      }
      if (i % 50 > 0) continue
      const ids = pathTo(below(random, 300))
      expect(blocksOf(index, ids)).toEqual(held.map(held => leading(held, ids)))
    }
  })
})
