import { describe, expect, test } from 'vitest'
import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import type { Course } from '../../src/fleet/course.ts'
import { orderFactory } from '../../src/ordering/registry.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { courseOf } from './courses.ts'
import { type DetailedRow, detailedSource } from './detailed.ts'
import { type FastRow, replaying, runFast } from './fast.ts'
import { affineEnergy, linearLatency } from './models.ts'

/* What few fleets have, on courses small enough to be worked out on paper: every step takes 1 s. */

function kind(more: Partial<ReplicaKind> = {}): ReplicaKind {
  const latency = linearLatency({ fixedS: 1, tokenS: 0, contextS: 0, pairS: 0 })
  const joules = { idleWatts: 50, busyWatts: 100, tokenJ: 0, contextJ: 0, pairJ: 0, capWatts: Infinity }
  return {
    name: 'hand',
    deviceKind: 'gpu',
    devices: 1,
    latency,
    energy: affineEnergy(joules, latency),
    batcher: chunkedPrefill,
    tokenBudget: 64,
    maxSequences: 8,
    maxModelLen: 64,
    kvBlocks: 1024,
    blockTokens: 4,
    watermarkBlocks: 0,
    frontEndS: 0,
    usdPerHour: 3.6,
    saturationRequestsPerS: 1,
    saturationTokensPerS: 1,
    ...more,
  }
}

function ask(arrivalS: number, inputTokens: number, outputTokens: number, more: Partial<DetailedRow> = {}) {
  return { arrivalS, inputTokens, outputTokens, ...more }
}

/** The rows of a run, which is the same step by step. */
async function rowsOf(
  kinds: readonly ReplicaKind[],
  asked: readonly DetailedRow[],
  decisions: readonly number[],
  more: Partial<Course> = {},
): Promise<FastRow[]> {
  const names = { classes: ['chat', 'code'], models: ['one', 'other'] }
  const course = courseOf(kinds, [], { ...more, arrivals: () => detailedSource(asked, names) })
  const { rows } = await runFast(course, replaying(decisions))
  const stepped = await runFast(course, replaying(decisions), { stepByStep: true })
  expect(stepped.rows).toStrictEqual(rows)
  return rows
}

const endsOf = (rows: readonly FastRow[]) => rows.map(({ firstTokenS, endS }) => [firstTokenS, endS])

describe('devices that models share', () => {
  /*
   * One is loaded. The other waits from 0 on, and nobody has patience.
   *   0 - 3  a, of the first model; b of the same is kept out
   *   3 - 4  the weights of the other come
   *   4 - 6  c, though b has waited by then as well: whoever is loaded takes in what it finds
   *   6 - 7  the weights of the first come back
   *   7 - 8  b
   */
  test('change hands without anybody starving, however little patience there is', async () => {
    const kinds = [kind({ modelId: 0 }), kind({ modelId: 1 })]
    const asked = [ask(0, 4, 3, { modelId: 0 }), ask(0, 4, 2, { modelId: 1 }), ask(0.5, 4, 1, { modelId: 0 })]
    const rows = await rowsOf(kinds, asked, [0, 0, 0], {
      models: ['one', 'other'],
      sharedDevices: [{ replicas: [0, 1], loadS: [1, 1], patienceS: 0 }],
    })
    expect(endsOf(rows)).toEqual([
      [1, 3],
      [5, 6],
      [8, 8],
    ])
  })
})

describe('where replies take their time', () => {
  const outside = { requestS: 0.5, promptTokenS: 0, replyS: 2 }

  /* 0.5 - 1.5 and 1.5 - 2.5 the first turn, seen 2 s later; the next is sent a quarter later, and there at 5.25. */
  test('the next turn is sent when the answer has come, and not before', async () => {
    const session = (turn: number) => ({
      session: { id: 7, turn, turns: 2, ...(turn > 1 && { thinkS: 0.25 }) },
    })
    const asked = [ask(0, 4, 2, session(1)), ask(0, 4, 1, session(2))]
    const rows = await rowsOf([kind({ outside })], asked, [0, 0])
    expect(rows.map(({ arrivalS }) => arrivalS)).toEqual([0, 4.75])
    expect(endsOf(rows)).toEqual([
      [3.5, 4.5],
      [8.25, 8.25],
    ])
  })

  test('so is the next request of a client', async () => {
    const closedLoop = {
      clients: 1,
      requests: 2,
      thinkS: 0,
      lengths: () => ({ inputTokens: 4, outputTokens: 1 }),
    }
    const rows = await rowsOf([kind({ outside })], [], [0, 0], { closedLoop })
    expect(rows.map(({ arrivalS, endS }) => [arrivalS, endS])).toEqual([
      [0, 3.5],
      [3.5, 7],
    ])
  })
})

describe('orders', () => {
  /*
   * 4 blocks. a runs from 1.25 to 9.25 and holds one at least; b, due first, wants all four. c, which is due still
   * sooner and wants one, is past the front end at 3.25, a boundary.
   */
  test('let one go past that is ready later than a head without room', async () => {
    const order = orderFactory('edf', {}, [])!
    const slow = kind({ order, frontEndS: 1.25, kvBlocks: 4, maxModelLen: 16 })
    const asked = [
      ask(0, 1, 8, { deadlineS: 100 }),
      ask(0.5, 15, 1, { deadlineS: 50 }),
      ask(2, 2, 1, { deadlineS: 20 }),
    ]
    const rows = await rowsOf([slow], asked, [0, 0, 0])
    expect(rows.map(({ admittedS }) => admittedS)).toEqual([1.25, 9.25, 3.25])
  })

  /* The turn is sent at 8 and so due at 18, behind the one that came at 7.5 and is due at 16; another runs till 11. */
  test('count deadlines from when a turn is sent', async () => {
    const order = orderFactory('edf', {}, [])!
    const one = kind({ order, maxSequences: 1 })
    const session = (turn: number) => ({ session: { id: 7, turn, turns: 2, ...(turn > 1 && { thinkS: 6 }) } })
    const asked = [
      ask(0, 4, 2, session(1)),
      ask(0, 4, 1, { ...session(2), deadlineS: 10 }),
      ask(7, 4, 4, { deadlineS: 1 }),
      ask(7.5, 4, 1, { deadlineS: 8.5 }),
    ]
    const rows = await rowsOf([one], asked, [0, 0, 0, 0])
    // By order of routing: the turn is third or fourth.
    expect(rows.map(({ arrivalS, admittedS }) => [arrivalS, admittedS])).toEqual([
      [0, 0],
      [7, 7],
      [7.5, 11],
      [8, 12],
    ])
  })
})
