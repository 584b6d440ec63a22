import type { RequestTable } from '../requests/table.ts'
import type { Slo } from '../routing/contract.ts'
import type { Course } from './course.ts'

/** What a class of requests is promised. */
export function sloOf({ slo, classSlos }: Pick<Course, 'slo' | 'classSlos'>, classId: number): Slo {
  return classSlos === undefined ? slo : classSlos[classId].slo
}

/** Whether a finished request met every part of the SLO. */
export function meets(slo: Slo, requests: RequestTable, request: number): boolean {
  const arrivalS = requests.arrivalS[request]
  const firstTokenS = requests.firstTokenS[request]
  const endS = requests.endS[request]
  const gaps = requests.emittedTokens[request] - 1
  return (
    firstTokenS - arrivalS <= slo.ttftS &&
    (gaps < 1 || (endS - firstTokenS) / gaps <= slo.tpotS) &&
    (slo.e2eS === undefined || endS - arrivalS <= slo.e2eS) &&
    (slo.worstItlS === undefined || requests.worstItlS[request] <= slo.worstItlS)
  )
}
