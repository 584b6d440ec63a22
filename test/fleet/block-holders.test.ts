import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { BlockHolders, NONE, REPLICAS_PER_RUN } from '../../src/fleet/block-holders.ts'

function holdersOf(holders: BlockHolders, id: number): number[] {
  const found: number[] = []
  for (let run = holders.firstOf(id); run !== NONE; run = holders.nextOf(run)) {
    for (let bit = 0; bit < REPLICAS_PER_RUN; bit++)
      if ((holders.bitsOf(run) >>> bit) & 1) found.push(REPLICAS_PER_RUN * holders.placeOf(run) + bit)
  }
  return found.sort((a, b) => a - b)
}

describe('who holds a block', () => {
  test('is nobody, those who came, and those of them who have not gone', () => {
    const holders = new BlockHolders()
    expect(holdersOf(holders, 7)).toEqual([])
    for (const replica of [31, 0, 32, 4095]) holders.add(7, replica)
    expect(holdersOf(holders, 7)).toEqual([0, 31, 32, 4095])
    holders.remove(7, 32)
    holders.remove(7, 0)
    expect(holdersOf(holders, 7)).toEqual([31, 4095])
    expect(holdersOf(holders, 8)).toEqual([])
  })

  test('blocks that nobody holds any more are forgotten', () => {
    const holders = new BlockHolders()
    holders.add(7, 40)
    holders.add(8, 40)
    holders.remove(7, 40)
    expect(holders.size).toBe(1)
    expect(holders.firstOf(7)).toBe(NONE)
  })

  test.each([
    [7, 3],
    [7, 33],
    [9, 1],
  ])('of block %i, replica %i who does not hold it cannot go', (id, replica) => {
    const holders = new BlockHolders()
    holders.add(7, 1)
    expect(() => holders.remove(id, replica)).toThrow(`replica ${replica} does not hold prefix block ${id}`)
  })

  test.each([1, 2, 3])('is what sets say, whatever comes and goes (%i)', seed => {
    const random = stream(seed, 'holders')
    const holders = new BlockHolders()
    const sets = Array.from({ length: 300 }, () => new Set<number>())
    for (let i = 0; i < 20_000; i++) {
      const [id, replica] = [below(random, sets.length), below(random, 200)]
      if (sets[id].delete(replica)) holders.remove(id, replica)
      else {
        sets[id].add(replica)
        holders.add(id, replica)
      }
    }
    sets.forEach((set, id) => {
      expect(holdersOf(holders, id)).toEqual([...set].sort((a, b) => a - b))
    })
    expect(holders.size).toBe(sets.filter(({ size }) => size > 0).length)
  })
})
