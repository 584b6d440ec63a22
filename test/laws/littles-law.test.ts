import { describe, expect, test } from 'vitest'
import { exponential, stream } from '../../src/core/random.ts'
import type { SampleRow } from '../../src/results/run-result.ts'
import { type ArrivalRow, courseOf, type Flavour, randomCourse } from './courses.ts'
import { type FastRow, runFast } from './fast.ts'
import { seeds } from './seeds.ts'
import { anyChoice, watched } from './watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

/** Requests there at an instant, after what ended then and before what came then. */
function there(rows: readonly FastRow[], timeS: number): number {
  return rows.filter(row => row.arrivalS < timeS && row.endS > timeS).length
}

/** Integral over time of the requests there, by walking from event to event. */
function requestSeconds(rows: readonly FastRow[]): number {
  const events = rows.flatMap(({ arrivalS, endS }) => [
    [arrivalS, 1],
    [endS, -1],
  ])
  events.sort(([aS], [bS]) => aS - bS)
  let seconds = 0
  let count = 0
  events.forEach(([timeS, change], i) => {
    if (i > 0) seconds += count * (timeS - events[i - 1][0])
    count += change
  })
  return seconds
}

describe.each(FLAVOURS)('%s times', flavour => {
  test('time in the system, integrated over a replica, is the sum over its requests (law 7)', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const { rows } = await runFast(course, anyChoice(seed, course))
      const groups = [rows, ...course.replicas.map((_, id) => rows.filter(row => row.replica === id))]
      for (const group of groups) {
        const sojournS = group.reduce((sum, row) => sum + row.endS - row.arrivalS, 0)
        expect(Math.abs(requestSeconds(group) - sojournS)).toBeLessThanOrEqual(1e-9 * sojournS)
      }
    }
  })

  test('the time series counts the requests that have come and not ended', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const { rows, result } = await runFast(course, anyChoice(seed, course))
      for (const sample of some(result.samples, 300)) {
        const own = rows.filter(row => course.kinds[course.replicas[row.replica]].name === sample.kind)
        const { waitingRequests, runningRequests } = sample
        expect(waitingRequests + runningRequests, `seed ${seed}`).toBe(there(own, sample.timeS))
      }
    }
  })

  test('a router finds at each replica those that it sent there and that have not ended', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const seen: { nowS: number; counts: number[] }[] = []
      const choice = watched(anyChoice(seed, course), (_, cluster) => {
        const counts = course.replicas.map((_, id) => cluster.outstandingRequests(id))
        seen.push({ nowS: cluster.nowS, counts })
      })
      const { rows } = await runFast(course, choice)
      for (const [i, { nowS, counts }] of seen.entries()) {
        const sent = rows.slice(0, i).filter(row => row.endS > nowS)
        const expected = course.replicas.map((_, id) => sent.filter(row => row.replica === id).length)
        expect(counts, `seed ${seed}, decision ${i}`).toEqual(expected)
      }
    }
  })
})

test('in the long run the sampled number in the system is the arrival rate times the mean time there', async () => {
  const random = stream('little', 'arrivals')
  const rows: ArrivalRow[] = []
  const { kinds } = randomCourse(3, 'continuous')
  const [kind] = kinds.map(it => ({
    ...it,
    maxModelLen: 512,
    kvBlocks: 4096,
    blockTokens: 16,
    maxSequences: 16,
  }))
  for (let i = 0, arrivalS = 0; i < 20_000; i++) {
    rows.push({ arrivalS, inputTokens: 20, outputTokens: 1 + Math.floor(exponential(random, 12)) })
    arrivalS += exponential(random, kind.latency.decodeSeconds({ sequences: 1, contextTokens: 20 }, 6))
  }
  const { arrivalS: lastS } = rows[rows.length - 1]
  const course = courseOf([{ ...kind, tokenBudget: 512 }], rows, {
    replicas: [0, 0, 0],
    sampleS: lastS / 20_000,
  })
  const { rows: found, result } = await runFast(course, { name: 'power-of-two' })
  const counts = result.samples.map(sample => sample.waitingRequests + sample.runningRequests)
  const meanCount = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const meanS = found.reduce((sum, row) => sum + row.endS - row.arrivalS, 0) / found.length
  expect(meanCount / ((found.length / lastS) * meanS)).toBeCloseTo(1, 1.7)
})

/** At most `count` of them, evenly spread. */
function some(samples: readonly SampleRow[], count: number): SampleRow[] {
  const stride = Math.max(1, Math.floor(samples.length / count))
  return samples.filter((_, i) => i % stride === 0)
}
