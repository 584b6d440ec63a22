import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Tier, type TierAccess, TierChain } from '../../src/replicas/cache-tier.ts'
import { Channel } from '../../src/replicas/channel.ts'

describe('a tier', () => {
  test.each([0, 1, 7, 40])('of %i blocks keeps the ones used last', most => {
    const random = stream(most, 'tier')
    const tier = new Tier(most)
    /** The ids it should hold, the one used longest ago first. */
    let held: number[] = []
    for (let turn = 0; turn < 8000; turn++) {
      const id = below(random, 60)
      const isHeld = held.includes(id)
      const isPut = random() < 0.7
      const lost = isHeld || held.length < most ? -1 : (held[0] ?? id)
      expect(tier.has(id)).toBe(isHeld)
      expect(isPut ? tier.put(id) : tier.touch(id)).toBe(isPut ? lost : isHeld)
      if (isPut && most > 0) held = [...held.filter(other => other !== id && other !== lost), id]
      else if (isHeld) held = [...held.filter(other => other !== id), id]
      expect(tier.size).toBe(held.length)
    }
  })

  test('without bound loses nothing', () => {
    const tier = new Tier(Number.POSITIVE_INFINITY)
    for (let id = 0; id < 5000; id++) expect(tier.put(id)).toBe(-1)
    expect(tier.size).toBe(5000)
    expect(tier.has(0)).toBe(true)
  })

  test.each([-1, Number.NaN])('of %d blocks is refused', most => {
    expect(() => new Tier(most)).toThrow(RangeError)
  })
})

const access = (tier: Tier, bytesPerS: number): TierAccess => ({
  tier,
  channel: new Channel(bytesPerS),
  entryBytes: 100,
})

describe('a chain of tiers', () => {
  test('hands on what a tier has no room for, until nothing is lower', () => {
    const [host, remote] = [new Tier(2), new Tier(3)]
    const chain = new TierChain([access(host, 1), access(remote, 1)])
    for (let id = 0; id < 6; id++) chain.write(id)
    const heldBy = (tier: Tier) => [0, 1, 2, 3, 4, 5, 6].filter(id => tier.has(id))
    expect([heldBy(host), heldBy(remote)]).toEqual([
      [4, 5],
      [1, 2, 3],
    ])
    expect([0, 1, 2, 3, 4, 5].filter(id => chain.has(id))).toEqual([1, 2, 3, 4, 5])
    // A new one makes the host give up 4, and the remote store the one used longest ago, 2 by then.
    chain.want(1)
    chain.write(6)
    expect([heldBy(host), heldBy(remote)]).toEqual([
      [5, 6],
      [1, 3, 4],
    ])
  })

  test('finds a block used that it is given again, where it is', () => {
    const [host, remote] = [new Tier(2), new Tier(3)]
    const chain = new TierChain([access(host, 1), access(remote, 1)])
    for (let id = 0; id < 5; id++) chain.write(id)
    for (const id of [3, 0]) chain.write(id)
    const heldBy = (tier: Tier) => [0, 1, 2, 3, 4, 5].filter(id => tier.has(id))
    expect([heldBy(host), heldBy(remote)]).toEqual([
      [3, 4],
      [0, 1, 2],
    ])
    // Not 3 and 0, which were the oldest.
    chain.write(5)
    expect([heldBy(host), heldBy(remote)]).toEqual([
      [3, 5],
      [0, 2, 4],
    ])
  })

  test('fetches each block from the nearest tier that has it, one load on the channel of each', () => {
    const [host, remote] = [new Tier(10), new Tier(10)]
    const chain = new TierChain([access(host, 100), access(remote, 20)])
    for (const id of [1, 2]) host.put(id)
    for (const id of [2, 3]) remote.put(id)
    for (const id of [1, 2]) chain.want(id)
    expect(chain.fetch(10)).toBe(12)
    // The host's channel is taken until 12, the remote one is not; both loads start as soon as they can.
    for (const id of [1, 3]) chain.want(id)
    expect(chain.fetch(11)).toBe(16)
    chain.want(1)
    expect(chain.fetch(11)).toBe(14)
    expect([chain.fetchedFrom(0), chain.fetchedFrom(1)]).toEqual([4, 1])
    expect(chain.fetch(50)).toBe(50)
    chain.want(99)
    expect(chain.fetch(51)).toBe(51)
  })

  test('shares a tier with the chains of other replicas, each by a channel of its own', () => {
    const remote = new Tier(2)
    const [one, other] = [new TierChain([access(remote, 100)]), new TierChain([access(remote, 50)])]
    one.write(1)
    expect(other.has(1)).toBe(true)
    one.want(1)
    other.want(1)
    expect([one.fetch(0), other.fetch(0)]).toEqual([1, 2])
    other.write(2)
    one.want(1)
    other.write(3)
    expect([1, 2, 3].map(id => one.has(id))).toEqual([true, false, true])
  })

  test('without tiers has nothing and loses everything', () => {
    const chain = new TierChain([])
    chain.write(1)
    expect(chain.has(1)).toBe(false)
    expect(chain.fetch(3)).toBe(3)
  })
})
