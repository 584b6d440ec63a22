import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { BlockHolders, NONE } from '../../src/fleet/block-holders.ts'

const REPLICAS = 4096

function holdersOf(holders: BlockHolders, id: number, replicas = REPLICAS): number[] {
  const block = holders.blockOf(id)
  if (block === NONE) return []
  return Array.from({ length: replicas }, (_, replica) => replica).filter(replica =>
    holders.holds(block, replica),
  )
}

describe('who holds a block', () => {
  test('is nobody, those who came, and those of them who have not gone', () => {
    const holders = new BlockHolders(REPLICAS)
    expect(holdersOf(holders, 7)).toEqual([])
    for (const replica of [31, 0, 32, 512, 4095]) holders.add(7, replica)
    expect(holdersOf(holders, 7)).toEqual([0, 31, 32, 512, 4095])
    holders.remove(7, 32)
    holders.remove(7, 0)
    expect(holdersOf(holders, 7)).toEqual([31, 512, 4095])
    expect(holders.countOf(holders.blockOf(7))).toBe(3)
    expect(holdersOf(holders, 8)).toEqual([])
  })

  test('blocks that nobody holds any more are forgotten', () => {
    const holders = new BlockHolders(REPLICAS)
    holders.add(7, 40)
    holders.add(8, 40)
    holders.remove(7, 40)
    expect(holders.size).toBe(1)
    expect(holders.blockOf(7)).toBe(NONE)
    expect(holders.countOf(NONE)).toBe(0)
  })

  test.each([
    [7, 3],
    [7, 33],
    [9, 1],
  ])('of block %i, replica %i who does not hold it cannot go', (id, replica) => {
    const holders = new BlockHolders(REPLICAS)
    holders.add(7, 1)
    expect(() => holders.remove(id, replica)).toThrow(`replica ${replica} does not hold prefix block ${id}`)
  })

  test.each([
    ['one row', 200, 200],
    ['several rows', 1300, 1300],
    ['rows that come and go', 1300, 8],
  ])('is what sets say, whatever comes and goes: %s', (name, replicas, comers) => {
    const random = stream('holders', name)
    const holders = new BlockHolders(replicas)
    const sets = Array.from({ length: 300 }, () => new Set<number>())
    for (let i = 0; i < 20_000; i++) {
      const id = below(random, sets.length)
      const replica = Math.floor((below(random, comers) * replicas) / comers)
      if (sets[id].delete(replica)) holders.remove(id, replica)
      else {
        sets[id].add(replica)
        holders.add(id, replica)
      }
    }
    sets.forEach((set, id) => {
      expect(holdersOf(holders, id, replicas)).toEqual([...set].sort((a, b) => a - b))
      expect(holders.countOf(holders.blockOf(id))).toBe(set.size)
    })
    expect(holders.size).toBe(sets.filter(({ size }) => size > 0).length)
  })
})
