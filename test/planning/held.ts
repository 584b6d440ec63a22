import { expect } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { type Bound, boundOf } from '../../src/planning/bound.ts'
import { spentIn } from '../../src/planning/gaps.ts'
import { isServed } from '../../src/requests/outcomes.ts'
import { figuresOf } from '../../src/results/figures.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { type FastRow, type FastRun, runFast } from '../laws/fast.ts'

/** Relative to what is compared, for sums that are added up in another order. */
const ROUNDING = 1e-9

/**
 * Runs the course and holds what it spent, and every request's latencies, against the bound for what it attained.
 *
 * @param hasTurns whether requests come in another order than the workload has them
 */
export async function expectHeld(course: Course, choice: PolicyChoice, name: string, hasTurns = false) {
  const bound = await boundOf(course)
  const run = await runFast(course, choice)
  const { attainment } = figuresOf(run.result)
  const least = bound.at(attainment)
  const spent = spentIn(course, run)
  const isDearer = (found: number, than: number) => !(found < than * (1 - ROUNDING))
  expect(
    isDearer(spent.busyUsd, least.busyUsd),
    `${name}: busy $ ${spent.busyUsd}, bound ${least.busyUsd}`,
  ).toBe(true)
  expect(
    isDearer(spent.aboveIdleJ, least.aboveIdleJ),
    `${name}: J above idle ${spent.aboveIdleJ}, bound ${least.aboveIdleJ}`,
  ).toBe(true)
  expect(broken(bound, run, hasTurns), name).toEqual([])
  return { bound, run, spent, least, attainment }
}

const LATENCIES = {
  ttftS: row => row.firstTokenS - row.arrivalS,
  tpotS: row => (row.emitted < 2 ? Number.NaN : (row.endS - row.firstTokenS) / (row.emitted - 1)),
  e2eS: row => row.endS - row.arrivalS,
} satisfies Record<string, (row: FastRow) => number>

/** Latencies below their bounds: request by request, or where these come in another order by their prompts' lengths. */
function broken({ jobs, latency }: Bound, { rows, result }: FastRun, hasTurns: boolean): string[] {
  const tolerance = ROUNDING * (1 + result.endS)
  return Object.entries(LATENCIES).flatMap(([name, of]) => {
    const bounds = latency[name as keyof typeof LATENCIES]
    const least = leastByPrompt(jobs.inputTokens, bounds)
    return rows.flatMap((row, i) => {
      if (!isServed(row.outcome)) return []
      const bound = hasTurns ? least.get(row.inputTokens)! : bounds[i]
      return of(row) < bound - tolerance ? [`${name} ${i}: ${of(row)} < ${bound}`] : []
    })
  })
}

/** NaN where it is NaN of some request with a prompt as long. */
function leastByPrompt(inputTokens: Int32Array, bounds: Float64Array): Map<number, number> {
  const least = new Map<number, number>()
  bounds.forEach((bound, job) => {
    const input = inputTokens[job]
    least.set(input, Math.min(least.get(input) ?? Number.POSITIVE_INFINITY, bound))
  })
  return least
}
