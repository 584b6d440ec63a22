import { expect, test } from 'vitest'
import { Channel } from '../../src/replicas/channel.ts'

test('carries one load after another, in the order they were sent', () => {
  const channel = new Channel(100)
  expect(channel.finishS(5, 200)).toBe(7)
  expect(channel.finishS(6, 100)).toBe(8)
  expect(channel.finishS(6, 50)).toBe(8.5)
  expect(channel.freeS).toBe(8.5)
  expect(channel.finishS(20, 100)).toBe(21)
  expect([channel.bytes, channel.busyS]).toEqual([450, 4.5])
})

test('without bound it takes no time', () => {
  expect(new Channel(Number.POSITIVE_INFINITY).finishS(3, 1e12)).toBe(3)
})

test.each([0, -1, Number.NaN])('refuses a bandwidth of %d', bytesPerS => {
  expect(() => new Channel(bytesPerS)).toThrow(RangeError)
})
