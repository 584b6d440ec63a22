import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Heap } from '../../src/ordering/heap.ts'

const byNumber = (a: number, b: number) => a - b

test('gives up items by key and then by the tie, as sorting does', () => {
  const random = stream('heap', 'test')
  const heap = new Heap(byNumber)
  let members: { item: number; key: number }[] = []
  for (let turn = 0; turn < 20_000; turn++) {
    if (random() < (Math.floor(turn / 400) % 2 === 0 ? 0.7 : 0.3)) {
      const member = { item: turn, key: below(random, 8) === 0 ? Infinity : below(random, 30) - 15 }
      heap.push(member.item, member.key)
      members.push(member)
    } else if (members.length > 0) {
      members.sort((a, b) => (a.key === b.key ? a.item - b.item : a.key - b.key))
      expect([heap.first(), heap.firstKey()]).toEqual([members[0].item, members[0].key])
      expect(heap.take()).toBe(members[0].item)
      members = members.slice(1)
    }
    expect(heap.length).toBe(members.length)
  }
})

describe('an item whose place has changed', () => {
  test('sinks from the top by its new key', () => {
    const heap = new Heap(byNumber)
    for (const item of [5, 3, 9, 7, 1]) heap.push(item, item)
    heap.sinkFirst(6)
    expect(Array.from({ length: 5 }, () => [heap.firstKey(), heap.take()])).toEqual([
      [3, 3],
      [5, 5],
      [6, 1],
      [7, 7],
      [9, 9],
    ])
  })

  test('rises among its equals, wherever it stands', () => {
    const rank = [0, 1, 2, 3, 4, 5, 6, 7]
    const heap = new Heap((a, b) => rank[a] - rank[b])
    for (const item of rank.keys()) heap.push(item, item === 0 ? 1 : 2)
    rank[7] = 0.5
    heap.rise(7)
    expect(Array.from({ length: 8 }, () => heap.take())).toEqual([0, 7, 1, 2, 3, 4, 5, 6])
  })
})
