import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Shares } from '../../src/replicas/shares.ts'
import { RequestTable } from '../../src/requests/table.ts'

interface Bill {
  shareS: number
  shareJ: number
  shareG: number
}

/**
 * Decodes that come and go for some steps of a replica whose counter has run to `from`, billed step by step too.
 *
 * @param most tokens that a decode emits in a step
 */
function bills(
  from: number,
  most: number,
  seed: number,
): { requests: RequestTable; paid: Map<number, Bill>; total: Bill } {
  const random = stream(seed, 'shares')
  const requests = new RequestTable()
  const shares = new Shares(requests)
  const paid = new Map<number, Bill>()
  const total = { shareS: 0, shareJ: 0, shareG: 0 }
  const inBatch = new Set<number>()
  let step = from
  let tokens = most * from
  shares.restart(step, tokens)
  for (let turn = 0; turn < 400; turn++) {
    if (inBatch.size < 2 || random() < 0.5) {
      const request = requests.take()
      requests.contextBase[request] = 1 + below(random, 4000) - tokens
      shares.join(request)
      inBatch.add(request)
      paid.set(request, { shareS: 0, shareJ: 0, shareG: 0 })
    } else {
      const [request] = inBatch
      shares.leave(request)
      inBatch.delete(request)
    }
    const steps = 1 + below(random, 2000)
    const perToken = { s: random(), j: 100 * random() }
    const perContext = { s: 1e-5 * random(), j: 1e-3 * random() }
    const gramsPerJoule = 1e-4 * (1 + below(random, 5))
    // A step reads the tokens of those before it, and one of its own.
    const added: number[] = []
    let emitted = 0
    for (let k = 0; k < steps; k++) {
      added.push(emitted + 1)
      emitted += 1 + below(random, most)
    }
    const over = added.reduce((sum, count) => sum + count)
    shares.addSeconds(tokens, steps, over, perToken.s, perContext.s)
    shares.addJoules(tokens, steps, over, perToken.j, perContext.j, gramsPerJoule)
    for (const request of inBatch) {
      const bill = paid.get(request)!
      const context = requests.contextBase[request] + tokens
      const contexts = added.reduce((sum, count) => sum + context + count, 0)
      const seconds = perToken.s + perContext.s * contexts
      const joules = perToken.j + perContext.j * contexts
      for (const account of [bill, total]) {
        account.shareS += seconds
        account.shareJ += joules
        account.shareG += joules * gramsPerJoule
      }
    }
    step += steps
    tokens += emitted
    if (!shares.isDue(step)) continue
    for (const request of inBatch) shares.leave(request)
    shares.restart(step, tokens)
    for (const request of inBatch) shares.join(request)
  }
  for (const request of inBatch) shares.leave(request)
  return { requests, paid, total }
}

describe.each([
  [0, 1],
  [1e5, 1],
  [1e8, 1],
  [2 ** 40, 1],
  [1e5, 4],
  [2 ** 40, 4],
])('from decode step %i on, up to %i tokens a step', (from, most) => {
  test.each([1, 2, 3])('each request pays what it would pay step by step, to 1e-9 (seed %i)', seed => {
    const { requests, paid, total } = bills(from, most, seed)
    const sums = { shareS: 0, shareJ: 0, shareG: 0 }
    for (const [request, bill] of paid) {
      for (const account of ['shareS', 'shareJ', 'shareG'] as const) {
        const share = requests[account][request]
        expect(Math.abs(share - bill[account])).toBeLessThanOrEqual(1e-9 * bill[account])
        sums[account] += share
      }
    }
    for (const account of ['shareS', 'shareJ', 'shareG'] as const) {
      expect(Math.abs(sums[account] - total[account])).toBeLessThan(1e-11 * total[account])
    }
  })
})

test('totals are due to be settled once 2^16 steps have gone by', () => {
  const shares = new Shares(new RequestTable())
  expect(shares.isDue(2 ** 16 - 1)).toBe(false)
  expect(shares.isDue(2 ** 16)).toBe(true)
  shares.restart(1e8, 3e8)
  expect(shares.isDue(1e8 + 2 ** 16 - 1)).toBe(false)
  expect(shares.isDue(1e8 + 2 ** 16)).toBe(true)
})
