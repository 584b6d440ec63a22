import { expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import type { GatewaySpec } from '../../src/gateway/contract.ts'
import { EXPIRED, TIMED_OUT } from '../../src/requests/table.ts'
import { type Policy, type PolicySetup, WAIT } from '../../src/routing/contract.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { idleServers } from '../fleet/servers.ts'
import { arraySource, courseOf } from '../laws/courses.ts'
import { type DetailedRow, detailedSource } from '../laws/detailed.ts'
import { runFast } from '../laws/fast.ts'

const OPEN: GatewaySpec = { admission: [] }
const leastRequests = { name: 'least-requests' }

function servers(count: number, arrivalsS: readonly number[], gateway: GatewaySpec): Course {
  const rows = arrivalsS.map(arrivalS => ({ arrivalS, inputTokens: 4, outputTokens: 1 }))
  return idleServers(1, {
    replicas: new Array<number>(count).fill(0),
    arrivals: () => arraySource(rows),
    gateway,
  })
}

function policy(make: (setup: PolicySetup) => Policy, more: object = {}): PolicyChoice {
  return { name: 'mine', entry: { about: 'decides as told', make, ...more } }
}

/** Samples end by themselves. */
const NEVER_S = 1e308
const never = policy(() => () => WAIT, { waits: true })

/** Fails where the run goes round in circles. */
function impatient() {
  let asked = 0
  return {
    onProgress: () => {
      if (++asked > 1000) throw new Error('the run never ends')
    },
  }
}

test('a policy that never stops to say WAIT is named where clients or turns wait for the answer, too', async () => {
  const closedLoop = {
    clients: 2,
    requests: 10,
    thinkS: 0,
    lengths: () => ({ inputTokens: 4, outputTokens: 1 }),
  }
  const looped = { ...servers(1, [], OPEN), closedLoop, sampleS: NEVER_S }
  await expect(runFast(looped, never, impatient())).rejects.toThrow(
    'waiting, and nothing is left that could free them',
  )
  const rows = [1, 2].map(turn => ({
    arrivalS: 0,
    inputTokens: 4,
    outputTokens: 1,
    session: { id: 0, turn, turns: 2, thinkS: 0 },
  }))
  const inTurns = {
    ...servers(1, [], OPEN),
    sampleS: NEVER_S,
    arrivals: () => detailedSource(rows, { classes: ['any'] }),
  }
  await expect(runFast(inTurns, never, impatient())).rejects.toThrow(
    'waiting, and nothing is left that could free them',
  )
})

test('requests of a class go in order of coming, however many decisions are under way', async () => {
  const router = { decisionS: 0.125, perReplicaS: 0, servers: 3 }
  const run = await runFast(servers(1, [0, 0, 0, 0, 0], { ...OPEN, room: [1], router }), leastRequests)
  const ends = run.rows.map(({ endS }) => endS)
  expect(ends).toEqual([...ends].sort((a, b) => a - b))
})

test('a time to live ends at its time, whoever stands before in the line', async () => {
  const router = { decisionS: 0.125, perReplicaS: 0, servers: 3 }
  const gateway = { ...OPEN, room: [1], router, timeToLiveS: { standard: 0.5 } }
  const run = await runFast(servers(1, [0, 1 / 32, 1 / 16], gateway), leastRequests)
  expect(run.rows.slice(1).map(({ endS }) => endS)).toEqual([1 / 32 + 0.5, 1 / 16 + 0.5])
})

test('a time to live holds for those whom the policy has put off, too', async () => {
  const patient = policy(
    setup => (_, cluster) => {
      setup.askAgainAt(cluster.nowS + 10)
      return cluster.nowS >= 100 ? 0 : WAIT
    },
    { waits: true },
  )
  const run = await runFast(servers(1, [0], { ...OPEN, timeToLiveS: { standard: 2 } }), patient)
  expect(run.rows.map(({ outcome, endS }) => [outcome, endS])).toEqual([[EXPIRED, 2]])
})

test('a request whose model has a replica with room does not wait behind those of another model', async () => {
  const [kind] = idleServers(1).kinds
  const kinds = [0, 1].map(modelId => ({ ...kind, modelId }))
  const rows = [0, 0, 1].map(modelId => ({ arrivalS: 0, inputTokens: 4, outputTokens: 1, modelId }))
  const course = courseOf(kinds, [], {
    models: ['a', 'b'],
    gateway: { ...OPEN, room: [1, 1] },
    arrivals: () => detailedSource(rows, { classes: ['any'], models: ['a', 'b'] }),
  })
  const run = await runFast(course, leastRequests)
  expect(run.rows.map(({ endS }) => endS)).toEqual([1, 2, 1])
})

test('what one replica had in its prefix cache is no hit at another that has none', async () => {
  const [kind] = idleServers(1).kinds
  const kinds = [{ ...kind, prefixCache: { bytesPerToken: 1 } }, kind]
  const prompt: Omit<DetailedRow, 'arrivalS'> = {
    inputTokens: 65,
    outputTokens: 1,
    blockTokens: 16,
    blockIds: [1, 2, 3, 4],
  }
  const rows = [0, 2].map(arrivalS => ({ ...prompt, arrivalS }))
  const course = courseOf(kinds, [], {
    prefixEntryTokens: 16,
    gateway: { ...OPEN, timeoutS: 1.25, hedgeAfterS: 0.5 },
    arrivals: () => detailedSource(rows, { classes: ['any'] }),
  })
  const hits: number[] = []
  const asks = policy(() => (request, cluster) => {
    hits.push(cluster.prefixHitTokens(1, request))
    return cluster.isAvailable(0) ? 0 : 1
  })
  await runFast(course, asks)
  expect(new Set(hits)).toEqual(new Set([0]))
})

test('a client that has given up has had no first token, and teaches nobody an output', async () => {
  const rows = [
    { arrivalS: 0, inputTokens: 4, outputTokens: 1 },
    { arrivalS: 5, inputTokens: 4, outputTokens: 9 },
  ]
  const course = { ...servers(1, [], { ...OPEN, timeoutS: 0.75 }), arrivals: () => arraySource(rows) }
  const predicted: number[] = []
  const asks = policy(() => request => {
    predicted.push(request.predictedTokens)
    return 0
  })
  const run = await runFast(course, asks)
  expect(run.rows[0].outcome).toBe(TIMED_OUT)
  expect(predicted[1]).toBe(predicted[0])
  expect(run.rows[0].firstTokenS).toBeNaN()
})

test('what failed attempts took stays with the request that a copy answers', async () => {
  const [fast] = idleServers(1).kinds
  const [slow] = idleServers(4).kinds
  const retries = { most: 1, backoffS: 4, growth: 1 }
  const base = servers(1, [0], { ...OPEN, timeoutS: 2, hedgeAfterS: 0.5, retries })
  const pick = policy(() => (_, cluster) => (cluster.nowS < 3 || cluster.isAvailable(0) ? 0 : 1))
  const run = await runFast({ ...base, kinds: [slow, fast], replicas: [0, 1] }, pick)
  expect(run.result.gateway!.hedgesWon).toBe(1)
  // Four seconds of the attempt that timed out, one of the copy; four of the attempt that the copy has beaten are lost.
  expect([run.rows[0].shareS, run.result.gateway!.lostS]).toEqual([5, 4])
})
