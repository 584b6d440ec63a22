import { exponential, type Random } from '../../src/core/random.ts'
import { LongRuns } from '../../src/experiments/long-run.ts'
import { race } from '../../src/experiments/race.ts'
import type { Course } from '../../src/fleet/course.ts'
import { Linear } from '../../src/latency/linear.ts'
import type { IntervalRow } from '../../src/results/columns/intervals.ts'
import { queueCourse } from '../queueing/replications.ts'
import { entrants } from './scenarios.ts'

/** The mean length of service, 1 s, so long that whole tokens are as good as any number. */
const TOKENS = 2 ** 16
export const LOAD = 0.8
/** Meets the SLO: about 86 % of the customers. */
export const WITHIN_S = 10

const sizeOf = (random: Random) => ({
  inputTokens: Math.ceil(exponential(random, TOKENS)),
  outputTokens: 1,
})

/** M/M/1 at load 0.8, its first customers left out. */
export function queueOf(seed: number, customers: number, warmUp: number): Course {
  const queue = {
    servers: 1,
    places: 1,
    arrivalsPerS: LOAD,
    lengths: sizeOf,
    latency: () => new Linear({ stepS: 0, tokenS: 1 / TOKENS, contextTokenS: 0 }),
  }
  const slo = { ttftS: WITHIN_S, tpotS: 1 }
  return { ...queueCourse(queue, seed, warmUp + customers), slo, warmupS: warmUp / LOAD }
}

/** By metric and statistic, as in `e2e_s p99`. */
export async function intervalsOf(course: Course): Promise<Map<string, IntervalRow['interval']>> {
  const runs = new LongRuns(course)
  const standings = await race(course, entrants('random'), { onEnd: runs.onEnd })
  return new Map(
    runs.intervals(standings).map(({ interval }) => [`${interval.metric} ${interval.statistic}`, interval]),
  )
}
