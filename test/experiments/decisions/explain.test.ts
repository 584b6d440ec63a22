import { beforeAll, describe, expect, test } from 'vitest'
import { explain, spread } from '../../../src/experiments/decisions/explain.ts'
import { Linear } from '../../../src/latency/linear.ts'
import { FINISHED, REFUSED } from '../../../src/requests/table.ts'
import type { Decision } from '../../../src/results/decision.ts'
import { regretFigures, regretOf } from '../../../src/results/regret.ts'
import { REJECT } from '../../../src/routing/contract.ts'
import { idleServers } from '../../fleet/servers.ts'
import { arraySource } from '../../laws/courses.ts'
import { mixedScenario, preparedOf } from '../scenarios.ts'
import { deciding, unequalServers } from './servers.ts'

describe('two servers that take 1 and 1.25 s, all requests sent to the first', () => {
  const course = unequalServers([1, 1.25], [0, 0.5, 0.75])
  const always = deciding(() => 0)
  let found: Decision[]
  beforeAll(async () => {
    found = await explain(course, always, { decisions: 9 })
  })

  test('each decision is told with what would have become of the request at each server', () => {
    expect(found.map(({ number, timeS, choices }) => [number, timeS, choices])).toEqual([
      [0, 0, 2],
      [1, 0.5, 2],
      [2, 0.75, 2],
    ])
    expect(found.map(({ candidates }) => candidates.map(({ fate }) => fate.e2eS))).toEqual([
      [1, 1.25],
      [1.5, 1.25],
      [2.25, 1.25],
    ])
    expect(found.map(({ candidates }) => candidates.map(({ fate }) => fate.metSlo))).toEqual([
      [true, true],
      [false, true],
      [false, true],
    ])
    for (const { candidates } of found) {
      expect(candidates.map(({ isChosen }) => isChosen)).toEqual([true, false])
      expect(candidates.map(({ kind }) => kind)).toEqual(['1 s', '1.25 s'])
    }
  })

  test('with what the router was told before it decided', () => {
    const [, , last] = found
    const told = last.candidates.map(candidate => [
      candidate.outstandingRequests,
      candidate.runningRequests,
      candidate.kvFreeTokens,
    ])
    expect(told).toEqual([
      [2, 1, 1008],
      [0, 0, 1024],
    ])
  })

  test('regret is what the best server would have saved', () => {
    const regrets = found.map(({ fate, candidates }) =>
      regretOf(
        fate,
        candidates.map(each => each.fate),
      ),
    )
    expect(regrets.map(({ e2eS }) => e2eS)).toEqual([0, 0.25, 1])
    expect(regrets.map(({ ttftS }) => ttftS)).toEqual([0, 0.25, 1])
    expect(regretFigures(found)).toEqual({
      decisions: 3,
      meanCandidates: 2,
      refused: 0,
      meanTtftS: 4.75 / 3,
      meanE2eS: 4.75 / 3,
      ttft: { meanS: 1.25 / 3, p50S: 0.25, p95S: expect.closeTo(0.925, 12) },
      e2e: { meanS: 1.25 / 3, p50S: 0.25, p95S: expect.closeTo(0.925, 12) },
      bestShare: 1 / 3,
      missedShare: 2 / 3,
      avoidableShare: 2 / 3,
    })
  })
})

test('all that comes after a decision is decided as it was, though the policy would decide otherwise', async () => {
  // To the first where that is idle: so the second request went to the second, and would have gone to the first.
  const idle = deciding((_, cluster) => (cluster.outstandingRequests(0) === 0 ? 0 : 1))
  const [kind] = idleServers(1).kinds
  const latency = new Linear({ stepS: 0, tokenS: 0.125, contextTokenS: 0 })
  const course = idleServers(1, {
    kinds: [{ ...kind, latency, maxSequences: 2 }],
    replicas: [0, 0],
    arrivals: () => arraySource([0, 0.5].map(arrivalS => ({ arrivalS, inputTokens: 8, outputTokens: 3 }))),
  })
  const [first] = await explain(course, idle, { decisions: 2 })
  // A prompt takes 1 s and a token 0.125 s; at the second replica, its second token waits for the other prompt.
  expect(first.candidates.map(({ fate }) => [fate.ttftS, fate.e2eS])).toEqual([
    [1, 1.25],
    [1, 1 + 1.125 + 0.25],
  ])
})

test('a refusal has no regret, and is told with what would have become of the request', async () => {
  const course = unequalServers([1, 2], [0, 0.5])
  const refusing = deciding(({ number }) => (number === 1 ? REJECT : 0))
  const found = await explain(course, refusing, { decisions: 2 })
  const [, refused] = found
  expect(refused.fate).toMatchObject({ outcome: REFUSED, e2eS: Number.NaN, metSlo: false })
  expect(refused.candidates.map(({ isChosen }) => isChosen)).toEqual([false, false])
  expect(refused.candidates.map(({ fate }) => [fate.outcome, fate.e2eS])).toEqual([
    [FINISHED, 1.5],
    [FINISHED, 2],
  ])
  expect(regretFigures(found)).toMatchObject({
    refused: 1,
    bestShare: 1,
    missedShare: 0.5,
    avoidableShare: 0,
  })
})

test('only decisions about requests of the window are explained', async () => {
  const course = { ...unequalServers([1, 2], [0, 1, 2, 3]), warmupS: 1.5 }
  const found = await explain(
    course,
    deciding(() => 0),
    { decisions: 9 },
  )
  expect(found.map(({ number }) => number)).toEqual([2, 3])
})

test('of many replicas those are tried that promise most, and the one that was chosen', async () => {
  const course = idleServers(1, {
    replicas: new Array<number>(20).fill(0),
    arrivals: () => arraySource([0, 9].map(arrivalS => ({ arrivalS, inputTokens: 8, outputTokens: 1 }))),
  })
  const chosen = [3, 18]
  const found = await explain(
    course,
    deciding(({ number }) => chosen[number]),
    { decisions: 2 },
  )
  expect(found.map(({ choices }) => choices)).toEqual([20, 20])
  expect(found.map(({ candidates }) => candidates.length)).toEqual([16, 17])
  for (const [i, { candidates }] of found.entries())
    expect(candidates.filter(({ isChosen }) => isChosen).map(({ replica }) => replica)).toEqual([chosen[i]])
})

test('a policy that decides otherwise when it is run again is not explained, but told of', async () => {
  let decisions = 0
  const forgetful = deciding(() => decisions++ % 2)
  const course = unequalServers([1, 2], [0, 1, 2])
  await expect(explain(course, forgetful, { decisions: 1 })).rejects.toThrow(
    /^policy mine answered 0 for request 0 at 0 s, and 1 when the same run was made again; /,
  )
})

test('tells how many runs it has made of how many', async () => {
  const told: [number, number][] = []
  const onRun = (runs: number, of: number) => told.push([runs, of])
  await explain(
    unequalServers([1, 2, 3], [0, 1]),
    deciding(() => 0),
    { decisions: 2, onRun },
  )
  expect(told).toEqual([1, 2, 3, 4].map(runs => [runs, 4]))
})

test('who goes by expectations regrets less than who draws', async () => {
  const { course } = await preparedOf(mixedScenario({ requests: 300 }))
  const meanRegretS = async (name: string) => {
    const { e2e } = regretFigures(await explain(course, { name }, { decisions: 12 }))
    return e2e.meanS
  }
  const drawnS = await meanRegretS('random')
  expect(await meanRegretS('least-expected-latency')).toBeLessThan(drawnS / 2)
  expect(await meanRegretS('oracle-least-expected-latency')).toBeLessThan(drawnS / 2)
})

test('what is explained is spread evenly', () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5)).toEqual([1, 3, 5, 7, 9])
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([1, 5, 8])
  expect(spread([4, 2], 3)).toEqual([4, 2])
  expect(spread([], 3)).toEqual([])
})
