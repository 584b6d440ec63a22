import type { Course } from '../fleet/course.ts'
import { isServed } from '../requests/outcomes.ts'
import type { RequestTable } from '../requests/table.ts'
import { simulate } from '../simulate.ts'
import { warmUpOf } from '../statistics/warm-up.ts'
import type { Entrant } from './race.ts'

/**
 * Seconds from the first arrival after which a run from an empty fleet has settled, by MSER-5 on the requests' times from
 * arrival to end, in order of arrival. Half of the run where it has not by then, as in a fleet whose queue grows.
 */
export async function settledAfterS(course: Course, entrant: Entrant): Promise<number> {
  const arrivalS: number[] = []
  const e2eS: number[] = []
  const onEnd = (request: number, requests: RequestTable) => {
    const ordinal = requests.ordinal[request]
    if (!isServed(requests.outcome[request])) return
    arrivalS[ordinal] = requests.arrivalS[request]
    e2eS[ordinal] = requests.endS[request] - requests.arrivalS[request]
  }
  const { lastArrivalS } = await simulate({ ...course, warmupS: 0 }, entrant, { onEnd })
  const series = Object.values(e2eS)
  const cut = warmUpOf(series)
  return cut === undefined ? lastArrivalS / 2 : Object.values(arrivalS)[cut]
}
