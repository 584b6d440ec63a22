import { expect, it } from 'vitest'
import { LongRunRecord, type LongRunSeries } from '../../src/experiments/long-run-record.ts'
import type { Course } from '../../src/fleet/course.ts'
import { isServed } from '../../src/requests/outcomes.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import { simulate } from '../../src/simulate.ts'
import { mixedScenario, preparedOf } from './scenarios.ts'

interface Noted {
  readonly arrivalS: number
  readonly e2eS: number
}

/** The record of a run, and what is noted of its requests as they end. */
async function recorded(course: Course): Promise<[LongRunSeries, Noted[], RunResult]> {
  const record = new LongRunRecord(course)
  const noted: Noted[] = []
  const result = await simulate(
    course,
    { name: 'random' },
    {
      onEnd(request, requests) {
        record.ended(request, requests)
        const arrivalS = requests.arrivalS[request]
        const e2eS = isServed(requests.outcome[request]) ? requests.endS[request] - arrivalS : Number.NaN
        if (arrivalS >= course.warmupS) noted.push({ arrivalS, e2eS })
      },
    },
  )
  return [record.series(), noted, result]
}

it('puts the requests of the window in order of arrival, in whatever order they end', async () => {
  const { course } = await preparedOf(mixedScenario({ requests: 3000 }))
  const [series, noted, result] = await recorded({ ...course, warmupS: 2 })
  const inOrder = noted.toSorted((a, b) => a.arrivalS - b.arrivalS)
  expect(noted).not.toEqual(inOrder)
  expect(series.met).toHaveLength(result.arrivedInWindow)
  expect([...series.arrivalS]).toEqual(inOrder.map(({ arrivalS }) => arrivalS))
  expect([...series.e2eS]).toEqual(inOrder.map(({ e2eS }) => e2eS))
})

it('has no times of requests that are not served, and does not count them as good', async () => {
  const text = mixedScenario({ requests: 1000 }).replaceAll('max_model_len: 8192', 'max_model_len: 512')
  const { course } = await preparedOf(text)
  const [{ ttftS, tpotS, e2eS, met }, , result] = await recorded(course)
  expect(result.rejected).toBeGreaterThan(0)
  const unserved = [...e2eS.keys()].filter(i => Number.isNaN(e2eS[i]))
  expect(unserved).toHaveLength(result.rejected)
  for (const i of unserved) expect([ttftS[i], tpotS[i], met[i]]).toEqual([Number.NaN, Number.NaN, 0])
  expect(met.reduce((sum, each) => sum + each)).toBe(result.attained)
})
