import { expect, test } from 'vitest'
import { WaitingRoom } from '../../src/gateway/waiting-room.ts'

const room = () => new WaitingRoom(['standard', 'critical', 'standard'], 1, request => request)

/** Requests are tickets, of the class that their rest by 3 tells. */
function push(waiting: WaitingRoom, ...requests: readonly number[]): void {
  for (const request of requests) waiting.push(request, request % 3, 0)
}

function taken(waiting: WaitingRoom): number[] {
  const order: number[] = []
  for (let request = waiting.first(); request >= 0; request = waiting.first()) {
    order.push(request)
    waiting.take()
  }
  return order
}

test('the higher tier first, then who came first, whatever the class', () => {
  const waiting = room()
  push(waiting, 1, 2, 3, 4, 5, 6)
  expect(waiting.length).toBe(6)
  waiting.see(7)
  expect(taken(waiting)).toEqual([1, 4, 2, 3, 5, 6])
  expect(waiting.length).toBe(0)
})

test('who has come since it last looked is not asked about, whatever the tier', () => {
  const waiting = room()
  push(waiting, 2, 3)
  waiting.see(4)
  push(waiting, 4, 5)
  expect(waiting.hasUnseen).toBe(true)
  expect(taken(waiting)).toEqual([2, 3])
  waiting.see(6)
  expect(taken(waiting)).toEqual([4, 5])
  expect(waiting.hasUnseen).toBe(false)
})

test('a line whose first is to wait stands aside until something changes', () => {
  const waiting = room()
  push(waiting, 1, 2, 3, 4)
  waiting.see(5)
  waiting.take()
  waiting.putBack(1, 1, 0)
  expect(waiting.first()).toBe(2)
  waiting.block()
  waiting.block()
  expect(waiting.first()).toBe(-1)
  waiting.unblock()
  expect(taken(waiting)).toEqual([1, 4, 2, 3])
})

test('whoever is put back stands where it stood', () => {
  const waiting = room()
  push(waiting, 1, 4, 7, 10)
  waiting.see(11)
  for (let i = 0; i < 3; i++) waiting.take()
  waiting.putBack(4, 1, 0)
  waiting.putBack(7, 1, 0)
  waiting.putBack(1, 1, 0)
  waiting.unblock()
  expect(taken(waiting)).toEqual([1, 4, 7, 10])
})

test('classes whose requests go to other replicas have lines of their own', () => {
  const waiting = new WaitingRoom(['standard'], 2, request => request)
  waiting.push(1, 0, 0)
  waiting.push(2, 0, 1)
  waiting.see(3)
  waiting.block()
  expect(waiting.first()).toBe(2)
})

test('whoever is given up leaves its line, first or not', () => {
  const waiting = room()
  push(waiting, 1, 2, 3, 4, 7)
  waiting.see(8)
  waiting.remove(4, 1, 0)
  waiting.remove(1, 1, 0)
  waiting.remove(3, 0, 0)
  expect(waiting.length).toBe(2)
  expect(taken(waiting)).toEqual([7, 2])
  push(waiting, 9)
  waiting.remove(9, 0, 0)
  waiting.see(10)
  expect(waiting.first()).toBe(-1)
})

test('one of many lines is found fast', () => {
  const classes = 5000
  const waiting = new WaitingRoom(Array(classes).fill('standard'), 1, request => request)
  for (let request = 0; request < 4 * classes; request++) waiting.push(request, (request * 7) % classes, 0)
  waiting.see(4 * classes)
  expect(taken(waiting)).toEqual(Array.from({ length: 4 * classes }, (_, request) => request))
})
