import type { ArrivalSource } from '../../arrivals/contract.ts'
import { looped } from '../../arrivals/transforms/loop.ts'
import type { WholeWorkload } from '../../arrivals/whole.ts'
import { mean } from '../../statistics/moments.ts'
import { dealt, only } from '../fleets/dealt.ts'
import type { PlanSpec } from '../fleets/plan-schema.ts'
import { MOST_REQUESTS } from '../fleets/request-runs.ts'

/** Evenly over all the time of a workload about so many of its requests, over and over where they are fewer. */
export type Dealer = (requests: number) => ArrivalSource

/** The requests of a service, dealt in turn to two halves that have none in common. */
export interface ServiceRequests {
  /** By which nodes are rated. */
  readonly toRate: Dealer
  /** On which fleets are simulated that ratings have planned. */
  readonly toSimulate: Dealer
  /** Seconds of a mean request that just meets its SLO. */
  readonly lifeS: number
}

/** A run lasts at least so many lives of a request. */
const LEAST_LIVES = 6

/** Undefined where there are too few requests for two halves of a rate each. */
export function serviceRequests(whole: WholeWorkload, slo: PlanSpec['slo']): ServiceRequests | undefined {
  const all = [...whole.classId.subarray(0, whole.length).keys()]
  const first = dealt(whole, all, Math.ceil(whole.length / 2))
  const halves = [all.filter(row => first.has(row)), all.filter(row => !first.has(row))]
  const lasts = (rows: readonly number[]) => whole.arrivalS[rows.at(-1)!] - whole.arrivalS[rows[0]] > 0
  if (!halves.every(lasts)) return undefined
  const [toRate, toSimulate] = halves.map(
    (rows): Dealer =>
      requests =>
        looped(() => only(whole, dealt(whole, rows, requests)), { requests }),
  )
  return { toRate, toSimulate, lifeS: lifeOf(whole, slo) }
}

/**
 * Of a run at a rate: those asked for at least, and as many as come in 6 lives of a request, but for the sake of time not
 * over 16,000.
 */
export function requestsIn({ lifeS }: ServiceRequests, ratePerS: number, least: number): number {
  return Math.max(least, Math.min(MOST_REQUESTS, Math.ceil(LEAST_LIVES * lifeS * ratePerS)))
}

function lifeOf({ outputTokens, length }: WholeWorkload, slo: PlanSpec['slo']): number {
  if (slo.e2e_s !== undefined) return slo.e2e_s
  return 'ttft_s' in slo ? slo.ttft_s + slo.tpot_s * mean([...outputTokens.subarray(0, length)]) : 0
}
