import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { DueHeap } from '../../src/links/due-heap.ts'

test('gives slots up by time and then by order of being added, through any moves and growth', () => {
  const random = stream('due', 'test')
  const heap = new DueHeap()
  const free = Array.from({ length: 200 }, (_, slot) => slot)
  let members: number[] = []
  const isOrdered = () => {
    if (members.length === 0) return expect(heap.firstS()).toBe(Number.POSITIVE_INFINITY)
    const first = members.reduce((a, b) => (heap.timeS[b] < heap.timeS[a] ? b : a))
    expect(heap.first()).toBe(first)
    expect(heap.firstS()).toBe(heap.timeS[first])
  }
  for (let turn = 0; turn < 20_000; turn++) {
    const choice = random()
    if (choice < 0.4 && members.length < Math.min(200, 1 + turn / 10)) {
      const slot = free.splice(below(random, free.length), 1)[0]
      heap.reserve(Math.max(heap.timeS.length, 1 << Math.ceil(Math.log2(slot + 1))))
      heap.timeS[slot] = below(random, 50)
      heap.add(slot)
      members.push(slot)
    } else if (choice < 0.7 && members.length > 0) {
      const slot = members[below(random, members.length)]
      heap.timeS[slot] = below(random, 50)
      heap.moved(slot)
    } else if (members.length > 0) {
      const first = heap.first()
      expect(heap.pop()).toBe(first)
      members = members.filter(member => member !== first)
      free.push(first)
    }
    expect(heap.length).toBe(members.length)
    isOrdered()
  }
})

test('of two heaps with the same slots, the one due first comes first; at one instant who was added first', () => {
  const [a, b] = [new DueHeap(), new DueHeap()]
  expect(a.precedes(b)).toBe(false)
  for (const slot of [0, 1]) {
    for (const heap of [a, b]) {
      heap.reserve(2)
      heap.timeS[slot] = 5
      heap.add(slot)
    }
  }
  expect([a.precedes(b), b.precedes(a)]).toEqual([true, true])
  b.pop()
  expect([a.precedes(b), b.precedes(a)]).toEqual([true, false])
  b.timeS[1] = 4
  b.moved(1)
  expect([a.precedes(b), b.precedes(a)]).toEqual([false, true])
})
