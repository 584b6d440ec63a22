import { expect, test } from 'vitest'
import type { ArrivalRow } from '../../src/arrivals/memory.ts'
import { fromMemory, fromRows } from '../../src/arrivals/memory.ts'
import { readWhole } from '../../src/arrivals/whole.ts'
import { prepare } from '../../src/experiments/prepare.ts'
import type { Course } from '../../src/fleet/course.ts'
import { REJECTED } from '../../src/requests/table.ts'
import { loadCatalogue, loadScenario, traceOpener } from '../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'
import { isLong, recorded, runFast } from './fast.ts'
import { runNaive } from './naive.ts'

const SCENARIO = 'configs/scenarios/mixed-fleet.yaml'
const POLICIES = ['length-split', 'least-expected-latency', 'least-requests', 'power-of-two', 'asic-first']

/** The shipped fleet under the first requests of its workload. */
async function shippedCourse(requests: number): Promise<Course> {
  const catalogue = loadCatalogue([SHIPPED_CATALOGUE])
  const { course } = await prepare(loadScenario(SCENARIO), catalogue, traceOpener(SCENARIO))
  const { arrivalS, inputTokens, outputTokens } = await readWhole(course.arrivals())
  const rows: ArrivalRow[] = Array.from({ length: requests }, (_, i) => ({
    arrivalS: arrivalS[i],
    inputTokens: inputTokens[i],
    outputTokens: outputTokens[i],
  }))
  return { ...course, warmupS: 0, arrivals: () => fromMemory(fromRows(rows)) }
}

interface Met {
  readonly name: string
  readonly fast: number
  readonly naive: number
}

/** Requests that met the SLO, counted from the rows of both simulators. */
async function metUnder(course: Course, name: string): Promise<Met> {
  const decisions: number[] = []
  const fast = await runFast(course, recorded(name, decisions))
  const naive = await runNaive(course, ({ ordinal }) => decisions[ordinal])
  const arrivals = fast.rows.map(row => row.arrivalS)
  return {
    name,
    fast: countMet(course, arrivals, fast.rows),
    naive: countMet(course, arrivals, naive.requests),
  }
}

interface Times {
  readonly outcome: number
  readonly firstTokenS: number
  readonly endS: number
  readonly emitted: number
}

function countMet({ slo }: Course, arrivals: readonly number[], rows: readonly Times[]): number {
  return rows.filter(
    ({ outcome, firstTokenS, endS, emitted }, i) =>
      outcome !== REJECTED &&
      firstTokenS - arrivals[i] <= slo.ttftS &&
      (emitted < 2 || (endS - firstTokenS) / (emitted - 1) <= slo.tpotS),
  ).length
}

test('the naive stepper ranks the policies of the shipped race as the simulator does', async () => {
  const course = await shippedCourse(isLong ? 19_000 : 2_500)
  const met: Met[] = []
  for (const name of POLICIES) met.push(await metUnder(course, name))
  for (const { name, fast, naive } of met) expect(naive, name).toBe(fast)
  const ranked = (by: 'fast' | 'naive') => met.toSorted((a, b) => b[by] - a[by]).map(({ name }) => name)
  expect(ranked('naive')).toEqual(ranked('fast'))
}, 1_200_000)
