import { expect, it } from 'vitest'
import { readWhole } from '../../src/arrivals/whole.ts'
import { settledAfterS } from '../../src/experiments/pilot.ts'
import type { Course } from '../../src/fleet/course.ts'
import { entrants, mixedScenario, oneServerScenario, preparedOf } from './scenarios.ts'

const [random] = entrants('random')

it('finds a run that is soon settled settled in its first quarter, whatever the warm-up of the scenario', async () => {
  const { course } = await preparedOf(mixedScenario({ requests: 4000, pace: 'load: 0.3' }))
  const settledS = await settledAfterS(course, random)
  expect(settledS).toBeGreaterThanOrEqual(0)
  const later = await settledAfterS({ ...course, warmupS: 5 }, random)
  expect(later).toBe(settledS)
  expect(settledS).toBeLessThan(0.25 * (await lastArrivalS(course)))
})

it('takes half of a run whose queue grows to its end', async () => {
  const { course } = await preparedOf(oneServerScenario(500).replace('load: 0.5', 'load: 2'))
  expect(await settledAfterS(course, random)).toBe((await lastArrivalS(course)) / 2)
})

async function lastArrivalS(course: Course): Promise<number> {
  const { arrivalS, length } = await readWhole(course.arrivals())
  return arrivalS[length - 1]
}
