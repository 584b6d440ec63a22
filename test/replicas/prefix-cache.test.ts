import { describe, expect, test } from 'vitest'
import { below, type Random, stream } from '../../src/core/random.ts'
import { Tier } from '../../src/replicas/cache-tier.ts'
import { Channel } from '../../src/replicas/channel.ts'
import { PrefixCache } from '../../src/replicas/prefix-cache.ts'

const ids = (...list: number[]) => Int32Array.from(list)

/** A prompt of chained blocks: an id tells all before it. */
function randomPrompt(random: Random): number[] {
  let id = 0
  return Array.from({ length: 1 + below(random, 6) }, () => {
    id = 4 * id + 1 + below(random, 3)
    return id
  })
}

/** Memory in which every block lies somewhere, and which evicts at the moment when one has no room. */
class Memory {
  /** Entries that nobody holds, the one let go the longest time ago first. */
  unheld: number[] = []
  readonly holders = new Map<number, number>()
  evictions = 0
  /** The last five blocks that came in, or came in again, the one of the longest time ago first. */
  below: number[] = []
  privateBlocks = 0
  readonly capacity: number
  readonly entryBlocks: number

  constructor(capacity: number, entryBlocks: number) {
    this.capacity = capacity
    this.entryBlocks = entryBlocks
  }

  get freeBlocks(): number {
    return this.capacity - this.privateBlocks - this.holders.size * this.entryBlocks
  }

  has(id: number): boolean {
    return this.holders.has(id) || this.unheld.includes(id)
  }

  run(prompt: readonly number[]): number {
    const end = prompt.findIndex(id => !this.has(id))
    return end < 0 ? prompt.length : end
  }

  take(blocks: number): void {
    this.privateBlocks += blocks
    const held = () => this.privateBlocks + (this.holders.size + this.unheld.length) * this.entryBlocks
    while (held() > this.capacity) {
      this.unheld.shift()
      this.evictions++
    }
  }

  hold(id: number): void {
    this.unheld = this.unheld.filter(other => other !== id)
    this.holders.set(id, (this.holders.get(id) ?? 0) + 1)
  }

  /** A copy that its request has made becomes an entry, or is thrown away for the one there is. */
  addCopy(id: number): void {
    this.privateBlocks -= this.entryBlocks
    if (!this.has(id)) this.below = [...this.below.filter(other => other !== id), id].slice(-5)
    this.hold(id)
  }

  letGo(id: number): void {
    const left = this.holders.get(id)! - 1
    if (left > 0) this.holders.set(id, left)
    else {
      this.holders.delete(id)
      this.unheld.push(id)
    }
  }
}

interface Running {
  readonly prompt: readonly number[]
  readonly ids: Int32Array
  /** Blocks of the prompt that are entries it holds, and KV blocks of its own beside. */
  entries: number
  ownBlocks: number
}

/** A replica's bookkeeping beside a cache: a count of free blocks, and evictions paid when they are due at last. */
class Counted {
  freeBlocks: number
  readonly cache: PrefixCache
  readonly memory: Memory
  /** Has room for five blocks. */
  readonly lower: Tier
  readonly running: Running[] = []

  constructor(cache: PrefixCache, memory: Memory, lower: Tier) {
    this.cache = cache
    this.memory = memory
    this.lower = lower
    this.freeBlocks = memory.capacity
  }

  /** @returns the blocks that the prompt found; -1 where it does not fit */
  admit(prompt: readonly number[]): number {
    const { cache, memory } = this
    const all = Int32Array.from(prompt)
    cache.fit(this.freeBlocks)
    const run = cache.matched(all, all.length)
    expect(run).toBe(memory.run(prompt))
    const heldByOthers = prompt.filter(id => memory.holders.has(id)).length
    expect(cache.heldAmong(all, all.length)).toBe(heldByOthers)
    const revived = prompt.slice(0, run).filter(id => !memory.holders.has(id)).length
    const ownBlocks = (prompt.length - run) * cache.entryBlocks
    if (((revived * cache.entryBlocks + ownBlocks) as number) > this.freeBlocks) return -1
    expect(cache.pin(all, run)).toBe(revived)
    this.freeBlocks -= revived * cache.entryBlocks + ownBlocks
    for (const id of prompt.slice(0, run)) memory.hold(id)
    memory.take(ownBlocks)
    this.running.push({ prompt, ids: all, entries: run, ownBlocks })
    return run
  }

  /** The next block of a prompt is computed. */
  compute(request: Running): void {
    if (request.entries === request.prompt.length) return
    const id = request.prompt[request.entries++]
    const { cache, memory } = this
    cache.fit(this.freeBlocks)
    expect(cache.add(id)).toBe(memory.holders.has(id) ? cache.entryBlocks : 0)
    memory.addCopy(id)
    request.ownBlocks -= cache.entryBlocks
    this.freeBlocks = memory.freeBlocks
  }

  grow(request: Running, blocks: number): void {
    if (blocks > this.freeBlocks) return
    request.ownBlocks += blocks
    this.freeBlocks -= blocks
    this.memory.take(blocks)
  }

  end(request: Running): void {
    const { cache, memory } = this
    cache.fit(this.freeBlocks)
    const held = request.prompt.slice(0, request.entries)
    const alone = held.filter(id => memory.holders.get(id) === 1).length
    expect(cache.unpin(request.ids, request.entries)).toBe(alone)
    for (const id of held.reverse()) memory.letGo(id)
    memory.privateBlocks -= request.ownBlocks
    this.freeBlocks += alone * cache.entryBlocks + request.ownBlocks
    this.running.splice(this.running.indexOf(request), 1)
  }

  /** What is below is right before evictions are paid and after; then all is as in the memory that paid at once. */
  check(): void {
    const { cache, memory } = this
    this.checkBelow()
    cache.fit(this.freeBlocks)
    this.checkBelow()
    expect(this.freeBlocks).toBe(memory.freeBlocks)
    expect(cache.evictable).toBe(memory.unheld.length)
    expect(cache.size).toBe(memory.unheld.length + memory.holders.size)
    expect(cache.evictions).toBe(memory.evictions)
  }

  checkBelow(): void {
    const { below } = this.memory
    expect(below.filter(id => this.lower.has(id))).toEqual(below)
    expect(this.lower.size).toBe(below.length)
  }
}

describe.each([
  [12, 1],
  [40, 4],
  [200, 4],
  [150, 1],
])('in a memory of %i blocks, %i to an entry', (capacity, entryBlocks) => {
  test('evictions paid late are those of a memory that makes room at once', () => {
    const random = stream(`${capacity}/${entryBlocks}`, 'prefix-cache')
    const lower = new Tier(5)
    const access = { tier: lower, channel: new Channel(1), entryBytes: 1 }
    const cache = new PrefixCache(entryBlocks, [access])
    const counted = new Counted(cache, new Memory(capacity, entryBlocks), lower)
    let found = 0
    for (let turn = 0; turn < 6000; turn++) {
      const { running } = counted
      const choice = random()
      const request = running[below(random, running.length)]
      if (choice < 0.3 || running.length === 0) found += Math.max(0, counted.admit(randomPrompt(random)))
      else if (choice < 0.65) counted.compute(request)
      else if (choice < 0.8) counted.grow(request, 1 + below(random, 3))
      else counted.end(request)
      if (random() < 0.2) counted.check()
    }
    for (const request of [...counted.running]) counted.end(request)
    counted.check()
    expect(counted.memory.holders.size).toBe(0)
    expect(found).toBeGreaterThan(1000)
    expect(counted.memory.evictions).toBeGreaterThan(300)
  })
})

describe('a prefix cache', () => {
  /** Ids in the order in which they are evicted. */
  function evictionOrder(cache: PrefixCache, candidates: readonly number[]): number[] {
    const order: number[] = []
    while (cache.evictable > 0) {
      const before = candidates.filter(id => cache.matched(ids(id), 1) === 1)
      cache.fit((cache.evictable - 1) * cache.entryBlocks)
      order.push(...before.filter(id => cache.matched(ids(id), 1) === 0))
    }
    return order
  }

  /** Computes a prompt and ends. */
  function use(cache: PrefixCache, prompt: Int32Array): void {
    const run = cache.matched(prompt, prompt.length)
    cache.pin(prompt, run)
    for (const id of prompt.subarray(run)) cache.add(id)
    cache.unpin(prompt, prompt.length)
  }

  test('evicts what was let go first, of one prompt its end before its beginning', () => {
    const cache = new PrefixCache(2)
    use(cache, ids(1, 2, 3))
    use(cache, ids(7, 8))
    use(cache, ids(1, 2, 4))
    expect(evictionOrder(cache, [1, 2, 3, 4, 7, 8])).toEqual([3, 8, 7, 4, 2, 1])
  })

  test('finds a prompt up to the first block that has gone, whatever is behind it', () => {
    const cache = new PrefixCache(1)
    for (const id of [1, 2, 3, 4]) cache.add(id)
    const prompt = ids(1, 2, 3, 4)
    cache.unpin(ids(3), 1)
    cache.fit(0)
    expect(cache.matched(prompt, 4)).toBe(2)
    expect(cache.matched(prompt, 1)).toBe(1)
    cache.unpin(ids(4), 1)
    // Computed anew, the gap is closed; the block behind it is no copy to give back until somebody else holds it.
    expect([cache.add(3), cache.add(4), cache.add(4)]).toEqual([0, 0, 1])
    expect([cache.matched(prompt, 4), cache.evictable]).toEqual([4, 0])
  })

  test('never evicts what is held', () => {
    const cache = new PrefixCache(4)
    for (const id of [1, 2, 3]) cache.add(id)
    cache.pin(ids(1), 1)
    expect(cache.unpin(ids(1, 2, 3), 3)).toBe(2)
    cache.fit(0)
    expect([cache.size, cache.matched(ids(1, 2), 2)]).toEqual([1, 1])
  })

  test('refuses to hold what it lacks, to let go what nobody holds, and memory below nothing', () => {
    const cache = new PrefixCache(4)
    cache.add(1)
    expect(() => cache.pin(ids(1, 2), 2)).toThrow(/block 2 is not in the cache/)
    cache.unpin(ids(1), 1)
    cache.unpin(ids(1), 1)
    expect(() => cache.unpin(ids(1), 1)).toThrow(/block 1 is not held/)
    expect(() => cache.fit(-1)).toThrow(RangeError)
  })
})
