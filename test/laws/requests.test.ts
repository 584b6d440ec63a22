import { describe, expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { FINISHED, LENGTH, REJECTED } from '../../src/requests/table.ts'
import { type ArrivalRow, type Flavour, randomCourse } from './courses.ts'
import { type FastRow, runFast } from './fast.ts'
import { seeds } from './seeds.ts'
import { anyChoice, rowsOf, withClients } from './watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

describe.each(FLAVOURS)('%s times', flavour => {
  test('every request ends exactly once, with the tokens it asked for (law 1)', async () => {
    for (const seed of seeds(60)) {
      const course = randomCourse(seed, flavour)
      const asked = await rowsOf(course)
      const { rows, ends, result } = await runFast(course, anyChoice(seed, course))
      expect(ends, `seed ${seed}`).toEqual(asked.map(() => 1))
      for (const [i, row] of rows.entries()) expectWhole(row, asked[i], course)
      expect(result.requests).toBe(asked.length)
      expect(result.finished + result.rejected).toBe(asked.length)
      expect(sum(result.replicas.map(replica => replica.requests))).toBe(asked.length)
    }
  })

  test('no effect comes before its cause (law 2)', async () => {
    for (const seed of seeds(60)) {
      const course = randomCourse(seed, flavour)
      const { rows, result } = await runFast(course, anyChoice(seed, course))
      for (const row of rows) expectInOrder(row, course)
      expect(result.endS).toBe(Math.max(...rows.map(row => row.endS)))
      expect(result.lastArrivalS).toBe(Math.max(...rows.map(row => row.arrivalS)))
    }
  })

  test('a client sends its next request when it has thought about the last answer, and not before', async () => {
    for (const seed of seeds(40)) {
      const course = withClients(randomCourse(seed, flavour), seed)
      const ofClient: Lap[][] = Array.from({ length: course.closedLoop!.clients }, () => [])
      let lastArrivalS = 0
      const { result } = await runFast(course, anyChoice(seed, course), {
        onEnd: (id, { client, arrivalS, endS }) => {
          lastArrivalS = Math.max(lastArrivalS, arrivalS[id])
          if (client[id] >= 0) ofClient[client[id]].push({ arrivalS: arrivalS[id], endS: endS[id] })
        },
      })
      expect(result.lastArrivalS).toBe(lastArrivalS)
      expect(sum(ofClient.map(laps => laps.length))).toBe(60)
      for (const laps of ofClient) expectTurns(laps, course.closedLoop!.thinkS as number)
    }
  })

  test('clients in a closed loop see the same bits step by step (law 4)', async () => {
    for (const seed of seeds(40)) {
      const course = withClients(randomCourse(seed, flavour), seed)
      const coalesced = await laps(course, seed, false)
      expect(await laps(course, seed, true), `seed ${seed}`).toEqual(coalesced)
    }
  })
})

interface Lap {
  readonly arrivalS: number
  readonly endS: number
}

function expectTurns(laps: readonly Lap[], thinkS: number): void {
  for (let turn = 1; turn < laps.length; turn++) {
    const pauseS = laps[turn].arrivalS - laps[turn - 1].endS
    if (thinkS === 0) expect(pauseS).toBe(0)
    else expect(pauseS).toBeGreaterThan(0)
  }
}

function expectWhole(row: FastRow, asked: ArrivalRow, course: Course): void {
  const { maxModelLen } = course.kinds[course.replicas[row.replica]]
  const room = Math.max(0, maxModelLen - asked.inputTokens)
  expect(row.emitted).toBe(Math.min(asked.outputTokens, room))
  expect(row.outcome).toBe(room === 0 ? REJECTED : room < asked.outputTokens ? LENGTH : FINISHED)
}

function expectInOrder(row: FastRow, course: Course): void {
  if (row.outcome === REJECTED) {
    expect(row).toMatchObject({
      endS: row.arrivalS,
      admittedS: Number.NaN,
      firstTokenS: Number.NaN,
      shareS: 0,
    })
    return
  }
  const { frontEndS } = course.kinds[course.replicas[row.replica]]
  expect(row.admittedS).toBeGreaterThanOrEqual(row.arrivalS + frontEndS)
  expect(row.firstTokenS).toBeGreaterThan(row.admittedS)
  if (row.emitted === 1) expect(row.endS).toBe(row.firstTokenS)
  else expect(row.endS).toBeGreaterThan(row.firstTokenS)
  expect(row.worstItlS).toBeLessThanOrEqual((row.endS - row.firstTokenS) * (1 + 1e-9) + 1e-12 * row.endS)
  expect(row.worstItlS > 0).toBe(row.emitted > 1)
  expect(row.shareS).toBeGreaterThan(0)
  expect(row.shareS).toBeLessThanOrEqual((row.endS - row.admittedS) * (1 + 1e-9) + 1e-12 * row.endS)
}

/** What became of every request, in order of its end. */
async function laps(course: Course, seed: number, stepByStep: boolean): Promise<number[][]> {
  const found: number[][] = []
  await runFast(course, anyChoice(seed, course), {
    stepByStep,
    onEnd: (id, { client, arrivalS, firstTokenS, endS, shareJ, replica }) => {
      found.push([client[id], replica[id], arrivalS[id], firstTokenS[id], endS[id], shareJ[id]])
    },
  })
  return found
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
