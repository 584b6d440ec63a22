import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import type { Course } from '../../src/fleet/course.ts'
import { Eager } from '../../src/latency/eager.ts'
import { LENGTH, REJECTED } from '../../src/requests/table.ts'
import { courseOf, type Flavour, randomCourse } from './courses.ts'
import { handCases } from './hand-cases.ts'
import { type Decide, type NaiveResult, type ReplicaSnapshot, runNaive } from './naive.ts'

/** Context beyond every floor. */
const FAR = 1e9

describe('cases worked out on paper', () => {
  test.each(handCases)('$name', async ({ course, decisions, requests, replicas }) => {
    const result = await runNaive(course, request => decisions[request.ordinal])
    expect(result.requests).toHaveLength(requests.length)
    for (const [ordinal, row] of requests.entries()) expectClose(result.requests[ordinal], row)
    for (const [id, totals] of replicas.entries()) expectClose(result.replicas[id], totals)
    expect(result.gapsS).toHaveLength(sum(requests.map(row => Math.max(0, row.emitted - 1))))
    expectLedgerCloses(result)
  })
})

test('a decision sees what has ended and not what begins at its instant', async () => {
  const { course } = handCases.find(c => c.name.startsWith('a step that begins'))!
  const seen: ReplicaSnapshot[] = []
  await runNaive(course, (_request, _nowS, replicas) => {
    seen.push(replicas[0])
    return 0
  })
  // At 1 A holds its prompt's block; at 2 B has ended, C waits; at 4 all is over.
  expect(seen).toEqual([
    { waiting: 0, running: 0, freeBlocks: 1024 },
    { waiting: 0, running: 1, freeBlocks: 1023 },
    { waiting: 1, running: 1, freeBlocks: 1023 },
    { waiting: 1, running: 1, freeBlocks: 1023 },
    { waiting: 0, running: 0, freeBlocks: 1024 },
  ])
})

test('a course that cannot work is refused', async () => {
  const { kinds } = handCases[0].course
  const withKind = (more: object) => courseOf([{ ...kinds[0], ...more }], [])
  await expect(runNaive(withKind({ kvBlocks: 31 }), () => 0)).rejects.toThrow('KV')
  await expect(runNaive(withKind({ tokenBudget: 7 }), () => 0)).rejects.toThrow('budget')
})

describe.each<Flavour>(['continuous', 'dyadic'])('random %s courses', flavour => {
  const seeds = Array.from({ length: 60 }, (_, seed) => seed)
  const few = seeds.slice(0, 25)

  test('end every request, keep the ledger and the order of time', async () => {
    for (const seed of few) {
      const course = randomCourse(seed, flavour)
      const result = await runNaive(course, anywhere(course))
      for (const row of result.requests) {
        expect(row.outcome).toBeGreaterThan(0)
        expect(row.tokenS).toHaveLength(row.emitted)
        if (row.outcome !== REJECTED)
          expect(row.tokenS.every((timeS, i) => timeS > (row.tokenS[i - 1] ?? row.admittedS))).toBe(true)
      }
      expectLedgerCloses(result)
      const isExact = ({ startS }: { startS: number }) => Number.isInteger(startS * 2 ** 14)
      if (flavour === 'dyadic') expect(result.steps.every(isExact)).toBe(true)
    }
  })

  test("run alike under the chunked-prefill batcher and under vLLM's own loop", async () => {
    for (const seed of few) {
      const course = randomCourse(seed, flavour)
      const byBatcher = await runNaive(course, anywhere(course))
      const byLoop = await runNaive(course, anywhere(course), { ownChunkedPrefill: true })
      // Only to be shown: comparing deeply takes longer than both runs.
      if (JSON.stringify(byLoop) !== JSON.stringify(byBatcher)) expect(byLoop).toEqual(byBatcher)
    }
  })

  test('hold what the laws must meet', async () => {
    const met = { preempted: 0, rejected: 0, cut: 0, laterHours: 0, hits: 0, mixed: 0, arrivalsAtEnds: 0 }
    for (const seed of seeds) {
      const course = randomCourse(seed, flavour)
      const arrivals: number[] = []
      const decide = anywhere(course)
      const result = await runNaive(course, (request, nowS, replicas) => {
        arrivals.push(nowS)
        return decide(request, nowS, replicas)
      })
      const ends = new Set(result.steps.map(step => step.startS + step.seconds))
      met.arrivalsAtEnds += arrivals.filter(timeS => ends.has(timeS)).length
      met.preempted += result.requests.filter(row => row.preemptions > 0).length
      met.rejected += result.requests.filter(row => row.outcome === REJECTED).length
      met.cut += result.requests.filter(row => row.outcome === LENGTH).length
      met.hits += result.steps.filter(step => step.chunks.some(chunk => chunk.cached > 0)).length
      met.mixed += result.steps.filter(step => step.chunks.length > 0 && step.decodes.length > 0).length
      if (result.endS > 3600) met.laterHours++
    }
    const { arrivalsAtEnds, ...always } = met
    expect(arrivalsAtEnds > 1000).toBe(flavour === 'dyadic')
    for (const count of Object.values(always)) expect(count).toBeGreaterThan(20)
  })

  test('hold steps within windows and beyond, of few members and many, and launched one by one', async () => {
    const met = { within: 0, beyond: 0, few: 0, many: 0, eager: 0 }
    for (const seed of seeds) {
      const course = randomCourse(seed, flavour)
      const result = await runNaive(course, anywhere(course))
      for (const { replica, decodes, chunks } of result.steps) {
        const { latency } = course.kinds[course.replicas[replica]]
        const longest = Math.max(0, ...chunks.map(chunk => chunk.cached + chunk.tokens))
        if (latency.window) met[longest > latency.window.tokens ? 'beyond' : 'within']++
        const contextS = (sequences: number) => latency.contextSeconds({ sequences, contextTokens: FAR }, 0)
        const shareS = contextS(decodes.length + chunks.length)
        if (contextS(1) !== contextS(100)) met[shareS === contextS(100) ? 'many' : 'few']++
        if (latency instanceof Eager) met.eager++
      }
    }
    const { eager, ...always } = met
    expect(eager > 500).toBe(flavour === 'continuous')
    for (const count of Object.values(always)) expect(count).toBeGreaterThan(50)
  })
})

/** Any replica, the same for the same request. */
function anywhere(course: Course): Decide {
  const random = stream(course.seed, 'laws/decisions')
  const choices: number[] = []
  return ({ ordinal }) => {
    choices[ordinal] ??= below(random, course.replicas.length)
    return choices[ordinal]
  }
}

/** Every field of `expected`, times and amounts to 1e-12 of themselves. */
function expectClose<T extends object>(actual: object, expected: T): void {
  for (const [name, value] of Object.entries(expected)) {
    const found = (actual as Record<string, number>)[name]
    const isClose = Object.is(found, value) || Math.abs(found - value) <= 1e-12 * Math.abs(value)
    expect(isClose ? value : found, name).toBe(value)
  }
}

function expectLedgerCloses(result: NaiveResult): void {
  const meter = (name: 'busyS' | 'busyJ' | 'grams') => sum(result.replicas.map(totals => totals[name]))
  const shares = (name: 'shareS' | 'shareJ' | 'shareG') => sum(result.requests.map(row => row[name]))
  expect(shares('shareS') / meter('busyS')).toBeCloseTo(1, 9)
  expect(shares('shareJ') / meter('busyJ')).toBeCloseTo(1, 9)
  expect(shares('shareG') / meter('grams')).toBeCloseTo(1, 9)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
