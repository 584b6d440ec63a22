import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { PrefixIndex } from '../../src/fleet/prefix-index.ts'

function blocksOf(index: PrefixIndex, ids: readonly number[], replicas: number): number[] {
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

  test('are those of a prompt that each replica holds to another length', () => {
    const ids = Array.from({ length: 200 }, (_, i) => 3 * i + 1)
    const index = new PrefixIndex(201)
    for (let replica = 0; replica <= ids.length; replica++)
      for (const id of ids.slice(0, replica)) index.add(id, replica)
    expect(blocksOf(index, ids, 201)).toEqual(Array.from({ length: 201 }, (_, replica) => replica))
  })

  test('stand until a block comes or goes', () => {
    const index = new PrefixIndex(2)
    index.add(1, 0)
    index.match(Int32Array.of(1, 2), 2)
    expect(index.isCurrent).toBe(true)
    index.add(2, 1)
    expect(index.isCurrent).toBe(false)
    index.match(Int32Array.of(1, 2), 2)
    index.remove(2, 1)
    expect(index.isCurrent).toBe(false)
  })

  test.each([
    [1, 100],
    [2, 100],
    [3, 600],
  ])('are what a set for every replica says, match after match (%i: %i replicas)', (seed, replicas) => {
    const random = stream(seed, 'index')
    const index = new PrefixIndex(replicas)
    const held = Array.from({ length: replicas }, () => new Set<number>())
    for (let i = 0; i < 30_000; i++) {
      const [replica, path] = [below(random, replicas), pathTo(below(random, 300))]
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
      expect(blocksOf(index, ids, replicas)).toEqual(held.map(held => leading(held, ids)))
    }
  })
})
