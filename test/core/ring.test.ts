import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Ring } from '../../src/core/ring.ts'

test.each([1, 2, 3])('a ring holds what an array holds (seed %i)', seed => {
  const random = stream(seed, 'ring')
  const ring = new Ring()
  let items: number[] = []
  for (let turn = 0; turn < 5000; turn++) {
    const item = below(random, 2 ** 31)
    // Longer tides than the capacity, so that it grows full and runs dry.
    const isFilling = Math.floor(turn / 150) % 2 === 0
    const choice = random()
    if (items.length > 0 && choice > (isFilling ? 0.8 : 0.15)) {
      expect(ring.shift()).toBe(items[0])
      items = items.slice(1)
    } else if (choice < 0.07) {
      ring.unshift(item)
      items = [item, ...items]
    } else {
      ring.push(item)
      items = [...items, item]
    }
    expect(ring.length).toBe(items.length)
    if (turn % 10 === 0) expect(items.map((_, i) => ring.at(i))).toEqual(items)
  }
})

test('an empty ring has no head to take', () => {
  const ring = new Ring()
  expect(() => ring.shift()).toThrow(RangeError)
  ring.push(7)
  expect(ring.shift()).toBe(7)
  expect(() => ring.shift()).toThrow(RangeError)
})
