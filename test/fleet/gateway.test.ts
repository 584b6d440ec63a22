import { describe, expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { admissionOf } from '../../src/gateway/admission/registry.ts'
import type { GatewaySpec } from '../../src/gateway/contract.ts'
import { EXPIRED, FINISHED, REFUSED, TIMED_OUT } from '../../src/requests/table.ts'
import { type Policy, type PolicySetup, WAIT } from '../../src/routing/contract.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { arraySource } from '../laws/courses.ts'
import { type FastRun, runFast } from '../laws/fast.ts'
import { scenarioNamed } from '../laws/features.ts'
import { idleServers } from './servers.ts'

const OPEN: GatewaySpec = { admission: [] }

/** Servers that take a second for a request, one at a time; requests come at these times. */
function servers(
  count: number,
  arrivalsS: readonly number[],
  gateway: GatewaySpec,
  more: Partial<Course> = {},
) {
  const rows = arrivalsS.map(arrivalS => ({ arrivalS, inputTokens: 4, outputTokens: 1 }))
  const arrivals = () => arraySource(rows)
  return idleServers(1, { replicas: Array(count).fill(0), arrivals, gateway, ...more })
}

const leastRequests = { name: 'least-requests' }
const ends = ({ rows }: FastRun) => rows.map(({ outcome, endS }) => [outcome, endS])
const served = ({ rows }: FastRun) => rows.map(({ replica, admittedS, endS }) => [replica, admittedS, endS])

function policy(make: (setup: PolicySetup) => Policy, more: object = {}): PolicyChoice {
  return { name: 'mine', entry: { about: 'decides as told', make, ...more } }
}

test('an open gateway changes nothing', async () => {
  const arrivalsS = [0, 0, 0.5, 0.5, 3]
  const { gateway: _, ...bare } = servers(2, arrivalsS, OPEN)
  const plain = await runFast(bare, leastRequests)
  const behind = await runFast(servers(2, arrivalsS, OPEN), leastRequests)
  expect(behind.rows).toStrictEqual(plain.rows)
})

describe('late binding', () => {
  test('requests wait for room, and are decided when a request has ended', async () => {
    const asked: number[] = []
    const first = policy(() => (_, cluster) => {
      asked.push(cluster.nowS)
      return cluster.isAvailable(0) ? 0 : 1
    })
    const run = await runFast(servers(2, [0, 0, 0, 0.25], { ...OPEN, room: [1, 1] }), first)
    expect(asked).toEqual([0, 0, 1, 1])
    expect(served(run)).toEqual([
      [0, 0, 1],
      [1, 0, 1],
      [0, 1, 2],
      [1, 1, 2],
    ])
  })

  test('who is sent to a replica without room is asked again, and those of its class wait behind it', async () => {
    const stubborn = policy(() => () => 0)
    const run = await runFast(servers(2, [0, 0, 0], { ...OPEN, room: [1, 1] }), stubborn)
    expect(served(run)).toEqual([
      [0, 0, 1],
      [0, 1, 2],
      [0, 2, 3],
    ])
  })

  test('the higher tier goes first, then who came first', async () => {
    const rows = [0, 0, 0, 0].map((arrivalS, i) => ({
      arrivalS,
      inputTokens: 4,
      outputTokens: 1,
      classId: i % 2,
    }))
    const arrivals = () => arraySource(rows, ['bulk', 'chat'])
    const slo = { ttftS: 1, tpotS: 1 }
    const classSlos = [
      { slo, tier: 'background' as const },
      { slo, tier: 'critical' as const },
    ]
    const course = servers(1, [], { ...OPEN, room: [1] }, { arrivals, classSlos })
    const run = await runFast(course, leastRequests)
    expect(run.rows.map(({ endS }) => endS)).toEqual([1, 2, 4, 3])
  })

  test('a time to live ends the wait', async () => {
    const gateway = { ...OPEN, room: [1], timeToLiveS: { standard: 1.5 } }
    const run = await runFast(servers(1, [0, 0, 0.75], gateway), leastRequests)
    expect(ends(run)).toEqual([
      [FINISHED, 1],
      [FINISHED, 2],
      [FINISHED, 3],
    ])
    const short = await runFast(
      servers(1, [0, 0, 0.25], { ...gateway, timeToLiveS: { standard: 1.5 } }),
      leastRequests,
    )
    expect(ends(short)).toEqual([
      [FINISHED, 1],
      [FINISHED, 2],
      [EXPIRED, 1.75],
    ])
    expect(short.result.expired).toBe(1)
  })
})

describe('the router', () => {
  test('decides one after the other, in proportion to the replicas', async () => {
    const router = { decisionS: 0.25, perReplicaS: 0.125, servers: 1 }
    const run = await runFast(servers(4, [0, 0, 2], { ...OPEN, router }), leastRequests)
    expect(run.rows.map(({ admittedS }) => admittedS)).toEqual([0.75, 1.5, 2.75])
    const two = await runFast(
      servers(4, [0, 0, 2], { ...OPEN, router: { ...router, servers: 2 } }),
      leastRequests,
    )
    expect(two.rows.map(({ admittedS }) => admittedS)).toEqual([0.75, 0.75, 2.75])
  })

  test('looks at the ticks of its clock at what has come, and decides one after the other', async () => {
    const router = { decisionS: 0.1, perReplicaS: 0, servers: 1 }
    const gateway = { ...OPEN, router, tickS: 0.5 }
    const run = await runFast(servers(4, [0.1, 0.2, 0.55], gateway), leastRequests)
    expect(run.rows.map(({ admittedS }) => admittedS)).toEqual([0.6, 0.7, 1.1])
  })

  test('decides at the ticks of its clock', async () => {
    const run = await runFast(servers(4, [0, 0.1, 0.5, 0.6], { ...OPEN, tickS: 0.25 }), leastRequests)
    expect(run.rows.map(({ admittedS }) => admittedS)).toEqual([0, 0.25, 0.5, 0.75])
  })
})

describe('tries', () => {
  const retries = { most: 2, backoffS: 0.5, growth: 2 }
  /** Refuses the first so many. */
  const strict = (count: number) => () => {
    let asked = 0
    return () => asked++ >= count
  }

  test('a client comes again after a refusal, each time later, and gives up in the end', async () => {
    const once = await runFast(servers(1, [0], { admission: [strict(2)], retries }), leastRequests)
    expect(served(once)).toEqual([[0, 1.5, 2.5]])
    expect(once.result.gateway!.retries).toBe(2)
    const never = await runFast(servers(1, [0], { admission: [strict(3)], retries }), leastRequests)
    expect(ends(never)).toEqual([[REFUSED, 1.5]])
    expect(never.result.refused).toBe(1)
  })

  test('a time-out takes a request out of the queue, or off the batch when the step has ended', async () => {
    const run = await runFast(servers(1, [0, 0], { ...OPEN, timeoutS: 0.75 }), leastRequests)
    expect(ends(run)).toEqual([
      [TIMED_OUT, 1],
      [TIMED_OUT, 0.75],
    ])
    expect(run.result.gateway!.timeouts).toBe(2)
    expect(run.result.timedOut).toBe(2)
    expect(run.rows[0].shareS).toBe(1)
  })

  test('or ends the wait at the gateway: before a decision, in it, or while the policy puts it off', async () => {
    const held = await runFast(servers(1, [0, 0], { ...OPEN, room: [1], timeoutS: 1.5 }), leastRequests)
    expect(ends(held)).toEqual([
      [FINISHED, 1],
      [TIMED_OUT, 2],
    ])
    const short = await runFast(servers(1, [0, 0, 0], { ...OPEN, room: [1], timeoutS: 1.5 }), leastRequests)
    expect(ends(short)[2]).toEqual([TIMED_OUT, 1.5])
    expect(short.rows[2].replica).toBe(-1)
    const router = { decisionS: 1, perReplicaS: 0, servers: 1 }
    const slow = await runFast(servers(1, [0, 0], { ...OPEN, router, timeoutS: 0.5 }), leastRequests)
    expect(ends(slow)).toEqual([
      [TIMED_OUT, 0.5],
      [TIMED_OUT, 0.5],
    ])
    const patient = policy(
      setup => () => {
        setup.askAgainAt(9)
        return WAIT
      },
      { waits: true },
    )
    const put = await runFast(servers(1, [0], { ...OPEN, timeoutS: 0.5 }), patient)
    expect(ends(put)).toEqual([[TIMED_OUT, 0.5]])
  })

  test('what failed attempts took stays with the request that is tried again', async () => {
    const gateway = { ...OPEN, timeoutS: 0.75, retries: { most: 1, backoffS: 1, growth: 1 } }
    const run = await runFast(servers(1, [0], gateway), leastRequests)
    expect(ends(run)).toEqual([[TIMED_OUT, 3]])
    expect(run.rows[0].shareS).toBe(2)
    expect(run.result.replicas[0].lifeBusyS).toBe(2)
  })
})

describe('hedging', () => {
  test('a second replica is tried, and the first to answer is kept', async () => {
    // Both go to replica 0, though two others are idle; the copies go there.
    const blind = policy(
      () =>
        ({ number }, cluster) =>
          cluster.isAvailable(0) ? 0 : 1 + number,
    )
    const run = await runFast(servers(3, [0, 0], { ...OPEN, hedgeAfterS: 0.25 }), blind)
    expect(run.rows.map(({ replica, endS }) => [replica, endS])).toEqual([
      [0, 1],
      [2, 1.25],
    ])
    const { hedges, hedgesWon, lostS, lostUsd } = run.result.gateway!
    expect([hedges, hedgesWon]).toEqual([2, 1])
    // The copy of the first runs to the end of its step, as does the second at replica 0, begun at 1 s.
    expect(lostS).toBe(2)
    expect(lostUsd).toBeCloseTo(2 / 3600, 12)
    expect(run.result.replicas.map(({ lifeBusyS }) => lifeBusyS)).toEqual([2, 1, 1])
    expect(run.result.replicas.map(({ requests }) => requests)).toEqual([2, 1, 1])
  })

  test('nothing is sent twice where there is no other replica', async () => {
    const run = await runFast(servers(1, [0, 0], { ...OPEN, hedgeAfterS: 0.25 }), leastRequests)
    expect(run.result.gateway!.hedges).toBe(0)
  })
})

test('what has been handed over cannot be called back: neither is taken where replicas hand over', async () => {
  const { course, choice } = await scenarioNamed('dyadic/1/roles')
  const run = (gateway: GatewaySpec) => runFast({ ...course, gateway }, choice)
  const message = 'time-outs and hedges need a fleet in which no replica hands requests over'
  await expect(run({ ...OPEN, timeoutS: 1 })).rejects.toThrow(message)
  await expect(run({ ...OPEN, hedgeAfterS: 1 })).rejects.toThrow(message)
})

describe('a policy that says WAIT', () => {
  test('is asked again at the time that it names', async () => {
    const patient = policy(
      setup => (_, cluster) => {
        if (cluster.nowS >= 5) return 0
        setup.askAgainAt(5)
        return WAIT
      },
      { waits: true },
    )
    const { gateway: _, ...bare } = servers(1, [0, 1], OPEN)
    const run = await runFast(bare, patient)
    expect(served(run)).toEqual([
      [0, 5, 6],
      [0, 6, 7],
    ])
  })

  test('or when a request has ended', async () => {
    const polite = policy(() => (_, cluster) => (cluster.outstandingRequests(0) > 0 ? WAIT : 0), {
      waits: true,
    })
    const run = await runFast(servers(1, [0, 0.5], OPEN), polite)
    expect(served(run)).toEqual([
      [0, 0, 1],
      [0, 1, 2],
    ])
  })

  test('and is told so if nothing is left to wait for, or if it names the past', async () => {
    const never = policy(() => () => WAIT, { waits: true })
    await expect(runFast(servers(1, [0], OPEN), never)).rejects.toThrow(
      'policy mine leaves 1 request waiting, and nothing is left that could free them; a policy that answers WAIT must answer a replica in the end',
    )
    const naming = (setup: PolicySetup) => () => {
      setup.askAgainAt(0)
      return WAIT
    }
    const late = policy(naming, { waits: true })
    await expect(runFast(servers(1, [0], OPEN), late)).rejects.toThrow(
      /^policy mine, decision 1 at 0 s, wants to be asked again at 0 s.*; it must be later$/,
    )
  })
})

describe('admission', () => {
  test('by a bucket of tokens', async () => {
    const admission = [admissionOf({ name: 'token-bucket', options: { rate_per_s: 0.5, burst: 2 } })]
    const run = await runFast(servers(8, [0, 0, 0, 1, 2, 2], { admission }), leastRequests)
    expect(run.rows.map(({ outcome }) => outcome)).toEqual([
      FINISHED,
      FINISHED,
      REFUSED,
      REFUSED,
      FINISHED,
      REFUSED,
    ])
  })

  test('by what is expected of the best replica', async () => {
    const admission = [admissionOf({ name: 'slo-breach', options: {} })]
    const outcomes = async (ttftS: number) => {
      const run = await runFast(servers(1, [0], { admission }, { slo: { ttftS, tpotS: 1 } }), leastRequests)
      return run.rows.map(({ outcome }) => outcome)
    }
    expect(await outcomes(0.9)).toEqual([REFUSED])
    expect(await outcomes(1.1)).toEqual([FINISHED])
  })

  test('none of those it refuses are sent anywhere', async () => {
    const admission = [admissionOf({ name: 'reject-all', options: {} })]
    const run = await runFast(servers(1, [0, 1, 2], { admission }), leastRequests)
    expect(run.result.refused).toBe(3)
    expect(run.result.replicas[0].requests).toBe(0)
  })
})
