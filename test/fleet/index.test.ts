import { expect, test } from 'vitest'
import { Linear } from '../../src/latency/linear.ts'
import type { LeastLoaded, ReplicaId } from '../../src/routing/contract.ts'
import type { PolicyEntry } from '../../src/routing/registry.ts'
import { runFast } from '../laws/fast.ts'
import { roomyCourse, roomyKind } from '../laws/roomy.ts'

test('an index asked for in the middle of a run knows the loads at once', async () => {
  const kind = roomyKind(new Linear({ stepS: 1, tokenS: 1e-3, contextTokenS: 0 }))
  const rows = Array.from({ length: 5 }, (_, i) => ({ arrivalS: i / 10, inputTokens: 10, outputTokens: 50 }))
  const answers: ReplicaId[] = []
  let late: LeastLoaded | undefined
  const entry: PolicyEntry = {
    about: 'three to replica 0, then by an index',
    make: setup => () => {
      if (answers.length < 3) return answers.push(0) && 0
      late ??= setup.leastLoaded('outstandingRequests')
      const replica = late.pick(setup.random)
      answers.push(replica)
      return replica
    },
  }
  await runFast(roomyCourse(2, rows, kind), { name: 'late', entry })
  expect(answers).toEqual([0, 0, 0, 1, 1])
})
