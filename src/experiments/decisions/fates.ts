import type { Course } from '../../fleet/course.ts'
import { meets, sloOf } from '../../fleet/slo.ts'
import { isServed } from '../../requests/outcomes.ts'
import type { RequestTable } from '../../requests/table.ts'
import type { Fate } from '../../results/decision.ts'
import { type PolicyChoice, simulate } from '../../simulate.ts'
import type { Recording } from './recording.ts'
import { type Detour, replayed } from './replay.ts'
import { routedBy, routersOf } from './routers.ts'

/** What became of a request that has just ended. */
export function fateOf(course: Course, request: number, requests: RequestTable): Fate {
  const outcome = requests.outcome[request]
  const arrivalS = requests.arrivalS[request]
  const served = isServed(outcome)
  return {
    outcome,
    ttftS: requests.firstTokenS[request] - arrivalS,
    e2eS: served ? requests.endS[request] - arrivalS : Number.NaN,
    outputTokens: requests.emittedTokens[request],
    metSlo: served && meets(sloOf(course, requests.classId[request]), requests, request),
  }
}

/**
 * What would have become of a request by another answer about it, all others being as recorded: the run is made again
 * until the request has ended.
 */
export async function fateBy(
  course: Course,
  choice: PolicyChoice,
  recording: Recording,
  detour: Detour,
  stepByStep = false,
): Promise<Fate> {
  const routers = replayed(routersOf(course, choice), recording, detour)
  return firstFate(...routedBy(course, choice, routers), detour.number, stepByStep)
}

async function firstFate(
  course: Course,
  choice: PolicyChoice,
  number: number,
  stepByStep: boolean,
): Promise<Fate> {
  const enough = new Error(`request ${number} has ended`)
  let fate: Fate | undefined
  const onEnd = (request: number, requests: RequestTable) => {
    if (requests.ordinal[request] !== number) return
    fate = fateOf(course, request, requests)
    throw enough
  }
  try {
    await simulate(course, choice, { onEnd, stepByStep })
  } catch (error) {
    if (error !== enough) throw error
  }
  if (fate === undefined) throw new Error(`request ${number} has never ended`)
  return fate
}
