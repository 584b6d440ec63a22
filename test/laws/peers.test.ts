import { describe, expect, test } from 'vitest'
import { exponential, stream } from '../../src/core/random.ts'
import type { DecodeBatch, LatencyModel, MixedStep } from '../../src/latency/contract.ts'
import { Linear } from '../../src/latency/linear.ts'
import { type ArrivalRow, randomCourse } from './courses.ts'
import { runFast } from './fast.ts'
import { roomyCourse, roomyKind, TOKEN_S } from './roomy.ts'
import { blindPolicies, choiceOf, watched } from './watched.ts'

/* Mistakes that were measured in other simulators, each by its name. */

/** Poisson arrivals with prompts and outputs of middling length. */
function rows(count: number, perS: number): ArrivalRow[] {
  const random = stream(count, 'peers')
  let arrivalS = 0
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) arrivalS += exponential(random, 1 / perS)
    return {
      arrivalS,
      inputTokens: 1 + Math.floor(1000 * random()),
      outputTokens: 1 + Math.floor(200 * random()),
    }
  })
}

/** A model that counts how often it is asked: the work of a simulation, but for what it costs to keep order. */
function asked(): { latency: LatencyModel; questions: () => number } {
  let questions = 0
  const model = new Linear({ stepS: 0.01, tokenS: TOKEN_S, contextTokenS: 1e-8 })
  const counting = <A extends unknown[], R>(answer: (...asked: A) => R) => {
    return (...asked: A) => {
      questions++
      return answer(...asked)
    }
  }
  const latency: LatencyModel = {
    stepSeconds: counting((step: MixedStep) => model.stepSeconds(step)),
    decodeSeconds: counting((batch: DecodeBatch, steps: number) => model.decodeSeconds(batch, steps)),
    gapSeconds: counting((batch: DecodeBatch, step: number) => model.gapSeconds(batch, step)),
    steadySteps: () => model.steadySteps(),
    contextSeconds: counting(() => model.contextSeconds()),
    chunkSeconds: counting((tokens: number, cachedTokens: number) =>
      model.chunkSeconds(tokens, cachedTokens),
    ),
  }
  return { latency, questions: () => questions }
}

/** Questions and events a request of a run. */
async function work(replicas: number, count: number, perS: number) {
  const { latency, questions } = asked()
  const { result } = await runFast(roomyCourse(replicas, rows(count, perS), roomyKind(latency)), {
    name: 'power-of-two',
  })
  return { questions: questions() / count, events: result.events / count }
}

describe('a snapshot of the fleet for every decision (BLIS)', () => {
  test('a request on 1,024 replicas makes no more work than on 64 at the same load', async () => {
    const small = await work(64, 4000, 64)
    const large = await work(1024, 4000, 1024)
    expect(large.questions).toBeLessThan(1.2 * small.questions)
    expect(large.events).toBeLessThan(1.2 * small.events)
  })

  test.each(['random', 'round-robin', 'power-of-two'])(
    '%s takes about as much of the processor on 1,024 replicas',
    async name => {
      const leastOf = async (replicas: number) => {
        const spent: number[] = []
        for (let run = 0; run < 3; run++) {
          const before = process.cpuUsage()
          await runFast(roomyCourse(replicas, rows(8000, 1000)), { name })
          const { user, system } = process.cpuUsage(before)
          spent.push(user + system)
        }
        return Math.min(...spent)
      }
      await leastOf(64)
      // Sixteen times the replicas: copying their state would cost sixteen times as much.
      expect((await leastOf(1024)) / (await leastOf(64))).toBeLessThan(10)
    },
  )
})

test('a cost that is quadratic in simulated length (inference-lab): work per request is the same at any length', async () => {
  const short = await work(4, 1500, 8)
  const long = await work(4, 15_000, 8)
  expect(long.questions / short.questions).toBeCloseTo(1, 1)
  expect(long.events / short.events).toBeCloseTo(1, 1)
})

describe('a router that counts only the requests that wait (Vidur)', () => {
  // Batches of hundreds: nothing waits for a place, so a count of those that wait says nothing.
  const busy = () => rows(3000, 60)

  test('16 and 40 replicas give different answers', async () => {
    const onFew = await runFast(roomyCourse(16, busy()), { name: 'least-requests' })
    const onMany = await runFast(roomyCourse(40, busy()), { name: 'least-requests' })
    expect(onMany.result.tpot.mean).toBeLessThan(0.99 * onFew.result.tpot.mean)
    for (const { result } of [onFew, onMany])
      expect(result.replicas.every(replica => replica.requests > 0)).toBe(true)
  })

  test('least-requests sends each request where the fewest wait and run', async () => {
    const course = roomyCourse(16, busy())
    let spread = 0
    const choice = watched({ name: 'least-requests' }, (_, cluster, chosen) => {
      const loads = course.replicas.map((_, id) => cluster.waitingRequests(id) + cluster.runningRequests(id))
      expect(loads[chosen]).toBe(Math.min(...loads))
      spread = Math.max(spread, Math.max(...loads))
    })
    await runFast(course, choice)
    expect(spread).toBeGreaterThan(3)
  })
})

test('cancelled events that are scanned, and a queue sorted again and again (splitwise-sim): arrivals make none', async () => {
  // One request decodes for long while a thousand come that cannot be admitted.
  const crowd = Array.from({ length: 1000 }, (_, i) => ({
    arrivalS: 1 + i / 1000,
    inputTokens: 10,
    outputTokens: 1,
  }))
  const kind = { ...roomyKind(), maxSequences: 1 }
  const course = roomyCourse(1, [{ arrivalS: 0, inputTokens: 10, outputTokens: 5000 }, ...crowd], kind)
  const { result } = await runFast(course, { name: 'round-robin' })
  const [replica] = result.replicas
  expect(replica.requests).toBe(1001)
  expect(replica.events).toBeLessThan(2.1 * 1001)
})

describe("steps faster than the hardware's peak at saturation (BLIS as shipped)", () => {
  // test/latency/operators.test.ts holds every step of that model against the datasheet; this is a whole run.
  test.each([10, 100, 10_000])('at %d requests/s no token is served in less than its price', async perS => {
    const busy = rows(2000, perS)
    const { result } = await runFast(roomyCourse(1, busy), { name: 'round-robin' })
    const tokens = busy.reduce((sum, row) => sum + row.inputTokens + row.outputTokens - 1, 0)
    expect(result.replicas[0].lifeBusyS).toBeGreaterThan(tokens * TOKEN_S)
  })
})

describe('a crash on an arrival at exactly t = 0 (splitwise-sim)', () => {
  test.each(blindPolicies)('%s serves one request at 0, and ten', async name => {
    for (const count of [1, 10]) {
      const atZero = Array.from({ length: count }, () => ({ arrivalS: 0, inputTokens: 5, outputTokens: 3 }))
      const course = roomyCourse(4, atZero)
      const { rows: found, result } = await runFast(course, choiceOf(name, course))
      expect(found).toHaveLength(count)
      expect(found.every(row => row.admittedS === 0 && row.emitted === 3)).toBe(true)
      expect(result.lastArrivalS).toBe(0)
      expect(result.windowS).toBe(0)
    }
  })

  test('no request at all is an error or an empty result, not a crash', async () => {
    const found = await runFast(roomyCourse(2, []), { name: 'random' }).catch((error: Error) => error.name)
    if (typeof found === 'string') expect(found).toBe('UserError')
    else expect(found.result.requests).toBe(0)
  })

  test('a run whose samples, warm-up and last arrival fall on one instant is whole', async () => {
    const { kinds } = randomCourse(1, 'dyadic')
    const at = (arrivalS: number) => ({ arrivalS, inputTokens: 1, outputTokens: 1 })
    const course = { ...roomyCourse(1, [at(0), at(4)], kinds[0]), warmupS: 4, sampleS: 4 }
    const { result } = await runFast(course, { name: 'random' })
    expect(result).toMatchObject({ requests: 2, windowS: 0, warmupS: 4, arrivedInWindow: 1 })
  })
})
