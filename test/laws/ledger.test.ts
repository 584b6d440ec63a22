import { describe, expect, test } from 'vitest'
import { exponential, stream } from '../../src/core/random.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { ReplicaResult } from '../../src/results/run-result.ts'
import { type ArrivalRow, courseOf, type Flavour, randomCourse } from './courses.ts'
import { type FastRow, runFast } from './fast.ts'
import { type AffineJoules, affineEnergy, type LinearTimes, linearLatency } from './models.ts'
import { seeds } from './seeds.ts'
import { anyChoice } from './watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']
const TIMES: LinearTimes = { fixedS: 0.01, tokenS: 1e-5, contextS: 3e-8, pairS: 1e-9 }
const JOULES: AffineJoules = {
  idleWatts: 100,
  busyWatts: 300,
  tokenJ: 0.1,
  contextJ: 1e-4,
  pairJ: 1e-6,
  capWatts: 700,
}

describe('the ledger closes: shares and idle are the meter (law 6)', () => {
  test.each(FLAVOURS)('on courses of %s times', async flavour => {
    for (const seed of seeds(80)) {
      const course = randomCourse(seed, flavour)
      const { rows, result } = await runFast(course, anyChoice(seed, course))
      for (const replica of result.replicas) expectClosed(rows, replica, course)
      for (const replica of result.replicas) expectWholeWindow(replica, result.windowS, course)
    }
  })

  test('over half a million decode steps at one replica, whose totals are settled now and then', async () => {
    const course = longCourse(1300)
    const { rows, result } = await runFast(course, { name: 'round-robin' })
    const [replica] = result.replicas
    expect(replica.steps).toBeGreaterThan(8 * 2 ** 16)
    expect(result.preemptions).toBeGreaterThan(0)
    expectClosed(rows, replica, course)
  })
})

/** One replica, never idle for long, whose outputs are thousands of tokens. */
function longCourse(count: number): Course {
  const random = stream('ledger', 'long')
  const rows: ArrivalRow[] = []
  for (let i = 0, arrivalS = 0; i < count; i++) {
    const inputTokens = 1 + Math.floor(exponential(random, 500))
    rows.push({ arrivalS, inputTokens, outputTokens: 1 + Math.floor(exponential(random, 6000)) })
    arrivalS += exponential(random, 5)
  }
  const latency = linearLatency(TIMES)
  const kind = {
    ...randomCourse(0, 'dyadic').kinds[0],
    latency,
    energy: affineEnergy(JOULES, latency),
    maxSequences: 16,
    tokenBudget: 512,
    maxModelLen: 2 ** 16,
    blockTokens: 16,
    kvBlocks: 2 ** 12,
    watermarkBlocks: 0,
  }
  return courseOf([kind], rows, { pue: 1.2, carbon: { gramsPerKwh: [500, 100, 300] }, sampleS: 1e6 })
}

/** To 1e-9 of the meter, joules and grams at the facility. */
function expectClosed(rows: readonly FastRow[], replica: ReplicaResult, course: Course): void {
  const own = rows.filter(row => row.replica === replica.replica)
  const total = (share: (row: FastRow) => number) => own.reduce((sum, row) => sum + share(row), 0)
  const { lifeBusyS, lifeBusyJ, lifeBusyG } = replica
  expect(
    offBy(
      total(row => row.shareS),
      lifeBusyS,
    ),
  ).toBeLessThan(1e-9)
  expect(offBy(total(row => row.shareJ) * course.pue, lifeBusyJ)).toBeLessThan(1e-9)
  expect(
    offBy(
      total(row => row.shareG),
      lifeBusyG,
    ),
  ).toBeLessThan(1e-9)
}

/** Busy and idle seconds fill the window; idle joules are idle seconds at idle watts. */
function expectWholeWindow(replica: ReplicaResult, windowS: number, course: Course): void {
  const { busyS, idleS, idleJ } = replica
  const { idleWatts } = course.kinds[course.replicas[replica.replica]].energy
  expect(busyS + idleS).toBeCloseTo(windowS, 9)
  expect(busyS).toBeGreaterThanOrEqual(0)
  expect(idleS).toBeGreaterThanOrEqual(-1e-9 * windowS)
  expect(idleJ).toBeCloseTo(idleWatts * idleS * course.pue, 6)
}

function offBy(value: number, truth: number): number {
  return Math.abs(value - truth) / (truth || 1)
}
