import { expect, test } from 'vitest'
import { WaitingRoom } from '../../src/gateway/waiting-room.ts'

const room = (timeToLiveS = {}) =>
  new WaitingRoom(
    ['standard', 'critical', 'standard'],
    timeToLiveS,
    request => request,
    request => request,
  )

function taken(from: WaitingRoom, classOf: (request: number) => number): number[] {
  const order: number[] = []
  for (let request = from.first(); request >= 0; request = from.first()) {
    order.push(request)
    from.take(classOf(request))
  }
  return order
}

test('the higher tier first, then who came first, whatever the class', () => {
  const waiting = room()
  for (const request of [1, 2, 3, 4, 5, 6]) waiting.push(request, request % 3)
  expect(waiting.length).toBe(6)
  expect(taken(waiting, request => request % 3)).toEqual([1, 4, 2, 3, 5, 6])
  expect(waiting.length).toBe(0)
})

test('a class whose first is to wait stands aside until something changes', () => {
  const waiting = room()
  for (const request of [1, 2, 3, 4]) waiting.push(request, request % 3)
  waiting.take(1)
  waiting.putBack(1, 1)
  waiting.block(1)
  expect(waiting.first()).toBe(2)
  waiting.block(2)
  waiting.block(0)
  expect(waiting.first()).toBe(-1)
  waiting.unblock()
  expect(waiting.first()).toBe(1)
})

test('whoever has waited too long is taken away, and those behind are asked about', () => {
  const waiting = room({ standard: 10 })
  waiting.push(3, 0)
  waiting.push(4, 1)
  waiting.push(5, 2)
  waiting.block(0)
  expect(waiting.expiryS).toBe(13)
  expect(waiting.takeExpired(12.9)).toBe(-1)
  expect([waiting.takeExpired(15), waiting.takeExpired(15), waiting.takeExpired(1e9)]).toEqual([3, 5, -1])
  expect([waiting.length, waiting.first()]).toEqual([1, 4])
})
