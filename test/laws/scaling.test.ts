import { describe, expect, test } from 'vitest'
import type { EnergyModel } from '../../src/energy/contract.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import { type Flavour, randomCourse } from './courses.ts'
import { runFast } from './fast.ts'
import { seeds } from './seeds.ts'
import { anyChoice, rowsOf, withRows } from './watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']
const FACTORS = [4, 2 ** -3]

/** The course with everything that takes time taking `factor` times as long, at the same watts. */
async function slower(course: Course, factor: number): Promise<Course> {
  const { slo } = course
  const rows = (await rowsOf(course)).map(row => ({ ...row, arrivalS: row.arrivalS * factor }))
  return {
    ...withRows(course, rows),
    kinds: course.kinds.map(kind => slowerKind(kind, factor)),
    slo: { ttftS: slo.ttftS * factor, tpotS: slo.tpotS * factor },
    warmupS: course.warmupS * factor,
    sampleS: course.sampleS * factor,
  }
}

function slowerKind(kind: ReplicaKind, factor: number): ReplicaKind {
  return {
    ...kind,
    latency: slowerLatency(kind.latency, factor),
    energy: slowerEnergy(kind.energy, factor),
    frontEndS: kind.frontEndS * factor,
    batchDelayS: (kind.batchDelayS ?? 0) * factor,
  }
}

function slowerLatency(latency: LatencyModel, factor: number): LatencyModel {
  const { affineSeconds } = latency
  return {
    ...(affineSeconds && { affineSeconds: batch => factor * affineSeconds.call(latency, batch) }),
    stepSeconds: step => factor * latency.stepSeconds(step),
    decodeSeconds: (batch, steps) => factor * latency.decodeSeconds(batch, steps),
    gapSeconds: (batch, step) => factor * latency.gapSeconds(batch, step),
    steadySteps: batch => latency.steadySteps(batch),
    contextSeconds: (batch, chunks) => factor * latency.contextSeconds(batch, chunks),
    chunkSeconds: (tokens, cachedTokens, members) =>
      factor * latency.chunkSeconds(tokens, cachedTokens, members),
    window: latency.window,
  }
}

function slowerEnergy(energy: EnergyModel, factor: number): EnergyModel {
  return {
    idleWatts: energy.idleWatts,
    isDecodeCapped: batch => energy.isDecodeCapped(batch),
    steadySteps: (batch, steps) => energy.steadySteps(batch, steps),
    decodeJoules: (batch, steps, seconds, isCapped) =>
      factor * energy.decodeJoules(batch, steps, seconds / factor, isCapped),
    stepJoules: (step, seconds) => factor * energy.stepJoules(step, seconds / factor),
    isStepCapped: (joules, seconds) => energy.isStepCapped(joules / factor, seconds / factor),
    contextJoules: (contextS, isCapped) => factor * energy.contextJoules(contextS / factor, isCapped),
    chunkJoules: (tokens, cachedTokens, chunkS, isCapped) =>
      factor * energy.chunkJoules(tokens, cachedTokens, chunkS / factor, isCapped),
  }
}

/** What a run found, brought back to the pace of the other by what its names say. */
function quicker(found: unknown, factor: number, name = ''): unknown {
  if (Array.isArray(found)) return found.map(item => quicker(item, factor, name))
  if (typeof found === 'number') return found * powerOf(name, factor)
  if (typeof found !== 'object' || found === null) return found
  const isSpread = 'p99' in found
  const entries = Object.entries(found)
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      quicker(value, factor, isSpread && key !== 'count' ? 'spreadS' : key),
    ]),
  )
}

/**
 * All but the verdict on the queue, which is looked at by the second, the events, of which looks are some, and the errors
 * of predictions, whose unit is not in their names.
 */
function scaled(result: RunResult): object {
  const { isSaturated: _, events: __, predictions: ___, replicas, ...rest } = result
  return { ...rest, replicas: replicas.map(({ events: ____, ...replica }) => replica) }
}

function powerOf(name: string, factor: number): number {
  if (name.endsWith('PerS')) return factor
  return /[a-z](S|J|G)$/.test(name) ? 1 / factor : 1
}

describe.each(FLAVOURS)('%s times', flavour => {
  test('scaling every time constant by a power of two scales every time by it, bit for bit (law 9)', async () => {
    for (const seed of seeds(40)) {
      const random = randomCourse(seed, flavour)
      const asked = await rowsOf(random)
      const warmupS = asked[Math.floor(asked.length / 4)].arrivalS
      // The hour does not scale, so the grid is constant.
      const course = { ...random, warmupS, carbon: { gramsPerKwh: [400] } }
      const factor = FACTORS[seed % FACTORS.length]
      const choice = anyChoice(seed, course)
      const { rows, result } = await runFast(course, choice)
      const slow = await slower(course, factor)
      const { rows: slowRows, result: slowResult } = await runFast(slow, choice)
      expect(quicker(slowRows, factor), `seed ${seed}`).toEqual(rows)
      expect(quicker(scaled(slowResult), factor), `seed ${seed}`).toEqual(scaled(result))
    }
  })
})
