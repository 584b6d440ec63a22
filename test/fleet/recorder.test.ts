import { beforeAll, describe, expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { meets } from '../../src/fleet/slo.ts'
import { Linear } from '../../src/latency/linear.ts'
import { REJECTED, RequestTable } from '../../src/requests/table.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import type { Spread } from '../../src/results/stats.ts'
import type { Slo } from '../../src/routing/contract.ts'
import { type ArrivalRow, type Flavour, randomCourse } from '../laws/courses.ts'
import { runFast } from '../laws/fast.ts'
import { type NaiveResult, type NaiveRow, type NaiveStep, runNaive } from '../laws/naive.ts'
import { roomyCourse, roomyKind } from '../laws/roomy.ts'
import { seeds } from '../laws/seeds.ts'
import { anyChoice, rowsOf } from '../laws/watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']
const HOUR_S = 3600

interface Run {
  readonly place: string
  readonly course: Course
  readonly asked: readonly ArrivalRow[]
  readonly result: RunResult
  readonly naive: NaiveResult
}

/** A course with a warm-up, some of it ending as a request arrives, and the same course stepped. */
async function ran(seed: number, flavour: Flavour): Promise<Run> {
  const random = randomCourse(`window ${seed}`, flavour)
  const asked = await rowsOf(random)
  const isWorstBounded = seed % 2 === 0
  const slo: Slo = {
    ...random.slo,
    ...(isWorstBounded ? { worstItlS: 3 * random.slo.tpotS } : { e2eS: 4 * random.slo.ttftS }),
  }
  const course = {
    ...random,
    slo,
    warmupS: seed % 3 === 0 ? 0 : asked[Math.floor(asked.length / 3)].arrivalS,
  }
  const { rows, result } = await runFast(course, anyChoice(seed, course))
  const naive = await runNaive(course, ({ ordinal }) => rows[ordinal].replica)
  return { place: `seed ${seed}`, course, asked, result, naive }
}

/** Seconds that the step runs between two instants. */
function overlapS({ startS, seconds }: NaiveStep, fromS: number, toS: number): number {
  return Math.max(0, Math.min(toS, startS + seconds) - Math.max(fromS, startS))
}

/** The part of a step's seconds, joules or grams that falls between two instants. */
function metered(
  steps: readonly NaiveStep[],
  of: 'seconds' | 'joules' | 'grams',
  fromS: number,
  toS: number,
) {
  return sum(steps.map(step => (step[of] * overlapS(step, fromS, toS)) / step.seconds))
}

/** Grams of a replica's idle watts, hour by hour. */
function idleGrams({ course, naive }: Run, replica: number, fromS: number, toS: number): number {
  const steps = naive.steps.filter(step => step.replica === replica)
  const { idleWatts } = course.kinds[course.replicas[replica]].energy
  const { gramsPerKwh } = course.carbon
  let grams = 0
  for (let hour = Math.floor(fromS / HOUR_S); hour * HOUR_S < toS; hour++) {
    const startS = Math.max(fromS, hour * HOUR_S)
    const endS = Math.min(toS, (hour + 1) * HOUR_S)
    const idleS = endS - startS - metered(steps, 'seconds', startS, endS)
    grams += (idleWatts * idleS * course.pue * gramsPerKwh[hour % gramsPerKwh.length]) / 3.6e6
  }
  return grams
}

function tokensBy(rows: readonly NaiveRow[], timeS: number): number {
  return sum(rows.map(row => row.tokenS.filter(tokenS => tokenS <= timeS).length))
}

function isGood(slo: Slo, row: NaiveRow, arrivalS: number): boolean {
  if (row.outcome === REJECTED) return false
  const tpotS = row.emitted > 1 ? (row.endS - row.firstTokenS) / (row.emitted - 1) : 0
  return (
    row.firstTokenS - arrivalS <= slo.ttftS &&
    tpotS <= slo.tpotS &&
    row.endS - arrivalS <= (slo.e2eS ?? Infinity) &&
    row.worstItlS <= (slo.worstItlS ?? Infinity)
  )
}

/** The mean to 1e-9, the quantiles to the width of a bin about the order statistics. */
function expectSpread(spread: Spread, values: readonly number[], place: string): void {
  expect(spread.count, place).toBe(values.length)
  if (values.length === 0) return
  expectClose(spread.mean, sum(values) / values.length, `${place}: mean`)
  const sorted = values.toSorted((a, b) => a - b)
  for (const [q, found] of [
    [0.5, spread.p50] as const,
    [0.9, spread.p90] as const,
    [0.99, spread.p99] as const,
  ]) {
    const rank = q * (values.length - 1)
    if (found > sorted[Math.ceil(rank)] * 1.008 || found < sorted[Math.floor(rank)] / 1.008) {
      expect.fail(`${place}: quantile ${q} is ${found}, exactly ${sorted[Math.round(rank)]}`)
    }
  }
}

function expectClose(found: number, truth: number, place: string, scale = Math.abs(truth)): void {
  if (Math.abs(found - truth) > 1e-9 * Math.max(scale, 1e-3))
    expect.fail(`${place} is ${found}, counted ${truth}`)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

describe.each(FLAVOURS)('%s times', flavour => {
  const runs: Run[] = []
  beforeAll(async () => {
    // All are kept, so that each check has them at hand: not too many.
    for (const seed of seeds(40).slice(0, 200)) runs.push(await ran(seed, flavour))
  }, 600_000)

  test('the meters of the window are what the steps in it took, the steps at its two ends pro rata', () => {
    for (const run of runs) {
      const { warmupS: fromS, lastArrivalS: toS, replicas, windowS } = run.result
      expect(fromS).toBe(run.course.warmupS)
      expect(toS).toBe(run.asked[run.asked.length - 1].arrivalS)
      for (const found of replicas) {
        const { pue, kinds } = run.course
        const steps = run.naive.steps.filter(step => step.replica === found.replica)
        const place = `${run.place}, replica ${found.replica}`
        const busyS = metered(steps, 'seconds', fromS, toS)
        expectClose(found.busyS, busyS, `${place}: busyS`, toS)
        expectClose(found.idleS, windowS - busyS, `${place}: idleS`, toS)
        expectClose(
          found.busyJ,
          metered(steps, 'joules', fromS, toS) * pue,
          `${place}: busyJ`,
          found.lifeBusyJ,
        )
        expectClose(found.busyG, metered(steps, 'grams', fromS, toS), `${place}: busyG`, found.lifeBusyG)
        const { idleWatts } = kinds[run.course.replicas[found.replica]].energy
        expectClose(found.idleJ, idleWatts * found.idleS * pue, `${place}: idleJ`)
        expectClose(
          found.idleG,
          idleGrams(run, found.replica, fromS, toS),
          `${place}: idleG`,
          idleWatts * toS,
        )
      }
    }
  })

  test('tokens count in the window in which they come out', () => {
    for (const { place, result, naive } of runs) {
      const { warmupS: fromS, lastArrivalS: toS } = result
      for (const { replica, outputTokens, promptTokens } of result.replicas) {
        const rows = naive.requests.filter(row => row.replica === replica)
        expect(outputTokens, place).toBe(tokensBy(rows, toS) - tokensBy(rows, fromS))
        const steps = naive.steps.filter(step => step.replica === replica)
        const ended = steps.filter(
          ({ startS, seconds }) => startS + seconds > fromS && startS + seconds <= toS,
        )
        expect(promptTokens, place).toBe(sum(ended.flatMap(step => step.chunks.map(chunk => chunk.tokens))))
      }
      expect(result.outputTokens).toBe(sum(result.replicas.map(replica => replica.outputTokens)))
      expect(result.promptTokens).toBe(sum(result.replicas.map(replica => replica.promptTokens)))
    }
  })

  test('throughput counts what finished in the window, goodput and attainment what arrived in it', () => {
    for (const { place, course, asked, result, naive } of runs) {
      const { warmupS: fromS, lastArrivalS: toS } = result
      const ended = naive.requests.filter(
        row => row.outcome !== REJECTED && row.endS > fromS && row.endS <= toS,
      )
      const goodRow = (row: NaiveRow) => isGood(course.slo, row, asked[naive.requests.indexOf(row)].arrivalS)
      expect(result.endedInWindow, place).toBe(ended.length)
      const arrived = naive.requests.filter((_, i) => asked[i].arrivalS >= fromS)
      expect(result.arrivedInWindow, place).toBe(arrived.length)
      expect(result.attained, place).toBe(arrived.filter(goodRow).length)
      expect(result.attainedTokens, place).toBe(sum(arrived.filter(goodRow).map(row => row.emitted)))
    }
  })

  test('latencies are those of the requests that arrived after the warm-up', () => {
    for (const { place, asked, result, naive } of runs) {
      const rows = naive.requests.map((row, i) => ({ ...row, arrivalS: asked[i].arrivalS }))
      const own = rows.filter(row => row.arrivalS >= result.warmupS && row.outcome !== REJECTED)
      const several = own.filter(row => row.emitted > 1)
      const tpots = several.map(row => (row.endS - row.firstTokenS) / (row.emitted - 1))
      expectSpread(
        result.ttft,
        own.map(row => row.firstTokenS - row.arrivalS),
        `${place}: ttft`,
      )
      const fromAdmission = own.map(row => row.firstTokenS - row.admittedS)
      expectSpread(result.ttftFromAdmission, fromAdmission, `${place}: ttft from admission`)
      expectSpread(result.tpot, tpots, `${place}: tpot`)
      expectSpread(
        result.e2e,
        own.map(row => row.endS - row.arrivalS),
        `${place}: e2e`,
      )
    }
  })

  test('gaps between tokens are those before each token that comes out after the warm-up', () => {
    for (const { place, result, naive } of runs) {
      const gaps = naive.requests.flatMap(({ tokenS }) => {
        const later = tokenS.slice(1).map((timeS, i) => [timeS, timeS - tokenS[i]])
        return later.filter(([timeS]) => timeS > result.warmupS).map(([, gapS]) => gapS)
      })
      expectSpread(result.itl, gaps, `${place}: itl`)
    }
  })

  test('each row of the time series tells what its kind did since the last', () => {
    for (const { place, course, asked, result, naive } of runs) {
      const { sampleS } = course
      for (const row of result.samples.slice(0, 100)) {
        const ids = course.replicas.flatMap((kind, id) => (course.kinds[kind].name === row.kind ? [id] : []))
        const steps = naive.steps.filter(step => ids.includes(step.replica))
        const rows = naive.requests.filter(({ replica }) => ids.includes(replica))
        const fromS = row.timeS - sampleS
        const busyS = metered(steps, 'seconds', fromS, row.timeS)
        const tokens = tokensBy(rows, row.timeS) - tokensBy(rows, fromS)
        const { idleWatts } = course.kinds.find(kind => kind.name === row.kind)!.energy
        const joules = metered(steps, 'joules', fromS, row.timeS) + idleWatts * (ids.length * sampleS - busyS)
        const sent = asked.filter((_, ordinal) => ids.includes(naive.requests[ordinal].replica))
        const arrived = sent.filter(({ arrivalS }) => arrivalS >= fromS && arrivalS < row.timeS)
        expect(row.replicas).toBe(ids.length)
        expect(row.requestsPerS, `${place}: requests`).toBe(arrived.length / sampleS)
        const scale = row.timeS / sampleS
        expectClose(row.busyFraction, busyS / (ids.length * sampleS), `${place}: busyFraction`, scale)
        expectClose(
          row.outputTokensPerS,
          tokens / sampleS,
          `${place}: tokens`,
          tokensBy(rows, row.timeS) / sampleS,
        )
        expectClose(row.watts, joules / sampleS, `${place}: watts at ${row.timeS}`, 2000 * scale)
      }
    }
  })
})

test('a step that begins on the hour and is under way as the window closes is read at the new hour', async () => {
  const kind = roomyKind(new Linear({ stepS: 1, tokenS: 0, contextTokenS: 0 }))
  const rows = [
    { arrivalS: 0, inputTokens: 1, outputTokens: 1 },
    { arrivalS: 3598, inputTokens: 1, outputTokens: 9 },
    { arrivalS: 3600.5, inputTokens: 1, outputTokens: 1 },
  ]
  const course = { ...roomyCourse(1, rows, kind), carbon: { gramsPerKwh: [0, 3600] } }
  const { result } = await runFast(course, { name: 'random' })
  const { lifeBusyJ, lifeBusyS, busyG } = result.replicas[0]
  // Half a step lies in the second hour, at about a thousandth of a gram a joule.
  expect(busyG).toBeCloseTo((0.5 * lifeBusyJ) / lifeBusyS / 1000, 2)
  expect(busyG).toBeGreaterThan(0.1)
})

describe('a request meets an SLO', () => {
  const requests = new RequestTable()
  const id = requests.take()
  requests.arrivalS[id] = 1
  requests.firstTokenS[id] = 3
  requests.endS[id] = 11
  requests.emittedTokens[id] = 5
  requests.worstItlS[id] = 4
  const slo = { ttftS: 2, tpotS: 2, e2eS: 10, worstItlS: 4 }

  test('whose every part it just keeps, and none of whose parts it just misses', () => {
    expect(meets(slo, requests, id)).toBe(true)
    for (const [part, bound] of Object.entries(slo)) {
      expect(meets({ ...slo, [part]: bound - 2 ** -20 }, requests, id), part).toBe(false)
    }
    expect(meets({ ttftS: 2, tpotS: 2 }, requests, id)).toBe(true)
  })

  test('of any TPOT with one token', () => {
    requests.emittedTokens[id] = 1
    expect(meets({ ...slo, tpotS: 0 }, requests, id)).toBe(true)
  })
})
