import { expect, test } from 'vitest'
import { Loads } from '../../src/fleet/loads.ts'
import { RequestTable } from '../../src/requests/table.ts'
import { LoadIndex } from '../../src/routing/least-loaded.ts'

function watchedLoads(closedAlready: readonly number[] = []) {
  const loads = new Loads(3, new RequestTable())
  for (const replica of closedAlready) loads.close(replica, true)
  const index = new LoadIndex([0, 1, 2], 3)
  for (const replica of [0, 1, 2]) loads.watch('outstandingRequests', replica, { index, member: 2 - replica })
  return { loads, index }
}

test('an index is told of loads and of gates, by its own numbers of replicas', () => {
  const { loads, index } = watchedLoads([2])
  loads.count(0, 1)
  expect([index.first(), index.total()]).toEqual([1, 1])
  loads.close(1, true)
  expect(index.first()).toBe(2)
  loads.count(1, 1)
  loads.close(2, false)
  expect([index.first(), index.total()]).toEqual([0, 2])
})

test('an index is told nothing any more once it is let go', () => {
  const { loads, index } = watchedLoads()
  loads.unwatch(2, index)
  loads.count(2, 1)
  loads.close(2, true)
  expect([index.first(), index.total()]).toEqual([0, 0])
  loads.count(1, 1)
  expect(index.total()).toBe(1)
})

test('who watches a gate is told when it moves, and at once where it is closed', () => {
  const loads = new Loads(2, new RequestTable())
  const told: [number, boolean][] = []
  loads.close(1, true)
  for (const replica of [0, 1]) loads.watchGate(replica, isOpen => told.push([replica, isOpen]))
  loads.close(1, true)
  loads.close(0, true)
  loads.close(1, false)
  expect(told).toEqual([
    [1, false],
    [0, false],
    [1, true],
  ])
})
