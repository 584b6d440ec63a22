import { describe, expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { type Flavour, randomCourse } from './courses.ts'
import { type FastRun, runFast } from './fast.ts'
import { seeds } from './seeds.ts'
import { anyChoice, viewsOf, watched } from './watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

/** What is found whatever the window and the interval of the samples. */
function wholeRun({ result }: FastRun) {
  const { endS, lastArrivalS, requests, finished, rejected, cutByLength, preemptions } = result
  const replicas = result.replicas.map(replica => {
    const { lifeBusyS, lifeBusyJ, lifeBusyG, steps, preemptions, requests } = replica
    return { lifeBusyS, lifeBusyJ, lifeBusyG, steps, preemptions, requests }
  })
  return { endS, lastArrivalS, requests, finished, rejected, cutByLength, preemptions, replicas }
}

/** All but the samples and the events, of which looking is one. */
function withoutSamples(result: RunResult): object {
  const { samples: _, events: __, replicas, ...rest } = result
  return { ...rest, replicas: replicas.map(({ events: ___, ...replica }) => replica) }
}

/** The model without the law that it may hand over. */
function silent(latency: LatencyModel): LatencyModel {
  return {
    stepSeconds: step => latency.stepSeconds(step),
    decodeSeconds: (batch, steps) => latency.decodeSeconds(batch, steps),
    gapSeconds: (batch, step) => latency.gapSeconds(batch, step),
    steadySteps: batch => latency.steadySteps(batch),
    contextSeconds: (batch, chunks) => latency.contextSeconds(batch, chunks),
    chunkSeconds: (tokens, cachedTokens, members) => latency.chunkSeconds(tokens, cachedTokens, members),
    window: latency.window,
  }
}

async function expectSame(
  course: Course,
  choice: PolicyChoice,
  first: FastRun,
  place: string,
): Promise<FastRun> {
  const again = await runFast(course, choice)
  expect(again.rows, place).toEqual(first.rows)
  expect(wholeRun(again), place).toEqual(wholeRun(first))
  return again
}

describe.each(FLAVOURS)('accounting never changes a result, %s times (law 13)', flavour => {
  test('not the interval of the time series', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const choice = anyChoice(seed, course)
      const first = await runFast(course, choice)
      for (const sampleS of [course.sampleS * 4, course.sampleS / 3, 1e9]) {
        const again = await expectSame({ ...course, sampleS }, choice, first, `seed ${seed}`)
        expect(withoutSamples(again.result), `seed ${seed}`).toEqual(withoutSamples(first.result))
      }
    }
  })

  test('not the warm-up', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const choice = anyChoice(seed, course)
      const first = await runFast(course, choice)
      for (const part of [0.25, 0.5]) {
        const again = await expectSame(
          { ...course, warmupS: part * first.result.lastArrivalS },
          choice,
          first,
          `${seed}`,
        )
        expect(again.result.samples).toEqual(first.result.samples)
      }
    }
  })

  test('not whether a model that is affine says so', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const choice = anyChoice(seed, course)
      const first = await runFast(course, choice)
      const kinds = course.kinds.map(kind => ({ ...kind, latency: silent(kind.latency) }))
      const again = await expectSame({ ...course, kinds }, choice, first, `seed ${seed}`)
      expect(again.result).toEqual(first.result)
    }
  })

  test('not the router that asks every question at every decision', async () => {
    for (const seed of seeds(40)) {
      const course = randomCourse(seed, flavour)
      const choice = anyChoice(seed, course)
      const first = await runFast(course, choice)
      const curious = watched(choice, (request, cluster) => viewsOf(cluster, request))
      const again = await expectSame(course, curious, first, `seed ${seed}`)
      expect(again.result).toEqual(first.result)
    }
  })
})

test('the first and the last sample lie inside the run', async () => {
  for (const seed of seeds(20)) {
    const course = randomCourse(seed, 'dyadic')
    const { result } = await runFast(course, anyChoice(seed, course))
    const kinds = new Set(course.replicas).size
    result.samples.forEach(({ timeS }, i) => {
      expect(timeS).toBe((Math.floor(i / kinds) + 1) * course.sampleS)
    })
    const last = result.samples[result.samples.length - 1]?.timeS ?? 0
    expect(last).toBeGreaterThan(result.endS - course.sampleS)
    expect(last).toBeLessThan(result.endS + 2 * course.sampleS)
  }
})
