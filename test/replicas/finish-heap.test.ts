import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { FinishHeap } from '../../src/replicas/finish-heap.ts'
import { RequestTable } from '../../src/requests/table.ts'

test('gives up requests by finish step and then by admission, some taken out before their turn', () => {
  const random = stream('heap', 'test')
  const requests = new RequestTable()
  const heap = new FinishHeap(requests)
  let members: number[] = []
  const next = () =>
    members.toSorted((a, b) => {
      const { finishStep, admission } = requests
      return finishStep[a] - finishStep[b] || admission[a] - admission[b]
    })[0]
  for (let turn = 0; turn < 20_000; turn++) {
    const isFilling = Math.floor(turn / 400) % 2 === 0
    const choice = random()
    if (choice < (isFilling ? 0.6 : 0.3)) {
      const request = requests.take()
      requests.finishStep[request] = turn / 8 + below(random, 40)
      requests.finishStep[request] -= requests.finishStep[request] % 1
      requests.admission[request] = turn
      heap.push(request)
      members.push(request)
    } else if (choice < 0.8 && members.length > 0) {
      const expected = next()
      expect(heap.top()).toBe(expected)
      expect(heap.topStep()).toBe(requests.finishStep[expected])
      expect(heap.pop()).toBe(expected)
      members = members.filter(member => member !== expected)
      requests.release(expected)
    } else if (members.length > 0) {
      const [request] = members.splice(below(random, members.length), 1)
      heap.remove(request)
      requests.release(request)
    }
    expect(heap.length).toBe(members.length)
    if (members.length === 0) expect(heap.topStep()).toBe(Number.POSITIVE_INFINITY)
    else expect(heap.top()).toBe(next())
    if (turn % 100 === 0) {
      const visited: number[] = []
      heap.visitAll(request => {
        visited.push(request)
      })
      expect(visited.toSorted()).toEqual(members.toSorted())
    }
  }
})
