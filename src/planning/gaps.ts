import type { Standing } from '../experiments/race.ts'
import type { Course } from '../fleet/course.ts'
import type { Bound, CostBound } from './bound.ts'

/** What a run cost from the end of warm-up to its last end: what bounds are of. */
export interface Spent {
  readonly busyUsd: number
  /** At the facility, above replicas idle for as long. */
  readonly aboveIdleJ: number
}

/** How far a run is from what no policy can beat; NaN where one of the two is unknown. */
export interface Gap {
  readonly standing: Standing
  /** At the scenario's attainment, or at the run's own where that is less. */
  readonly bound: CostBound
  readonly isAtOwn: boolean
  readonly spent: Spent
  readonly totalJ: number
  /** What is spent beyond the bound, by the bound: 0.1 is a tenth more. */
  readonly usd: number
  readonly joules: number
  /** Means of requests served, by those of each request alone on its fastest kind. */
  readonly ttft: number
  readonly e2e: number
}

const HOUR_S = 3600

export function spentIn({ kinds, replicas, pue }: Course, { result }: Pick<Standing, 'result'>): Spent {
  const spent = { busyUsd: 0, aboveIdleJ: 0 }
  for (const { replica, usdPerHour, servingS, servingJ } of result.replicas) {
    if (servingS === 0) continue
    spent.busyUsd += (usdPerHour / HOUR_S) * servingS
    spent.aboveIdleJ += servingJ - kinds[replicas[replica]].energy.idleWatts * servingS * pue
  }
  return spent
}

/** @param attainment that the scenario asks for */
export function gapOf(course: Course, bound: Bound, standing: Standing, attainment: number): Gap {
  const { figures, result } = standing
  const isAtOwn = !(figures.attainment >= attainment)
  const least = bound.at(isAtOwn ? figures.attainment : attainment)
  const spent = spentIn(course, standing)
  const totalJ = bound.idleJ + spent.aboveIdleJ
  const { ttft, e2e } = bound.latency
  return {
    standing,
    bound: least,
    isAtOwn,
    spent,
    totalJ,
    usd: beyond(spent.busyUsd, least.busyUsd),
    joules: beyond(totalJ, least.totalJ),
    ttft: beyond(result.ttft.mean, ttft.mean),
    e2e: beyond(result.e2e.mean, e2e.mean),
  }
}

function beyond(found: number, least: number): number {
  return least > 0 ? found / least - 1 : Number.NaN
}
