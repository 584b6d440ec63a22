import type { ArrivalSource } from '../arrivals/contract.ts'
import type { Course } from '../fleet/course.ts'
import { saturationRequestsPerS } from '../fleet/saturation.ts'
import {
  LOAD_MEASURES,
  type LoadMeasure,
  type LoadMeasureName,
  loadMeasures,
} from '../results/load-measures.ts'
import { atRate, type Prepared } from './prepare.ts'
import { type Entrant, race, type Standing } from './race.ts'
import { replicated } from './replication.ts'

/** One run of a policy: what it came to at a rate under the chance of one replication. */
export interface LoadRun {
  readonly replication: number
  readonly ratePerS: number
  /** Share of its requests that met the SLO. */
  readonly attainment: number
  readonly requests: number
  readonly isSaturated: boolean
  readonly amounts: Readonly<Record<LoadMeasureName, Amount>>
}

/** Of a measure in one run; `per` is 1 where it is not an amount per another. */
export interface Amount {
  readonly amount: number
  readonly per: number
}

/** The runs of one policy over one fleet and workload. A rate and a replication are run once, and then known. */
export interface LoadRuns {
  readonly entrant: Entrant
  /** Rate at which the fleet saturates: a load of 1. */
  readonly saturationPerS: number
  at(ratePerS: number, replication: number): Promise<LoadRun>
  /** In the order made. */
  made(): readonly LoadRun[]
}

export interface LoadRunsOptions {
  readonly stepByStep?: boolean
  /** The requests of a replication, at the workload's own rate, in place of those drawn under its seed. */
  readonly resampled?: ((replication: number) => () => ArrivalSource) | undefined
  /** Waited for after every run. */
  readonly afterRun?: () => Promise<void> | void
}

export function loadRuns(prepared: Prepared, entrant: Entrant, options: LoadRunsOptions = {}): LoadRuns {
  const { stepByStep = false, resampled, afterRun } = options
  const made = new Map<string, LoadRun>()
  const run = async (ratePerS: number, replication: number) => {
    const course = courseAt(prepared, ratePerS, replication, resampled)
    const [standing] = await race(course, [entrant], { stepByStep })
    await afterRun?.()
    return loadRunOf(standing, ratePerS, replication)
  }
  return {
    entrant,
    saturationPerS: saturationRequestsPerS(prepared.course),
    made: () => [...made.values()],
    async at(ratePerS, replication) {
      const key = `${ratePerS}/${replication}`
      const known = made.get(key) ?? (await run(ratePerS, replication))
      made.set(key, known)
      return known
    },
  }
}

/** A replication meets the same requests at every rate, sooner or later after each other; and whatever the policy. */
function courseAt(
  prepared: Prepared,
  ratePerS: number,
  replication: number,
  resampled: LoadRunsOptions['resampled'],
): Course {
  const { workload } = prepared
  const course = atRate(prepared, ratePerS)
  if (replication === 0) return course
  const factor = ratePerS / workload.measured.meanRatePerS
  const paced = { ...prepared, course, workload: { ...workload, factor } }
  const { warmupS, sampleS } = course
  return { ...replicated(paced, replication, resampled?.(replication)), warmupS, sampleS }
}

function loadRunOf(standing: Standing, ratePerS: number, replication: number): LoadRun {
  const { figures, result } = standing
  return {
    replication,
    ratePerS,
    attainment: figures.attainment,
    requests: result.arrivedInWindow,
    isSaturated: result.isSaturated,
    amounts: Object.fromEntries(
      LOAD_MEASURES.map(name => [name, amountOf(loadMeasures[name], standing)]),
    ) as LoadRun['amounts'],
  }
}

function amountOf({ amount, per }: LoadMeasure, standing: Standing): Amount {
  return { amount: amount(standing), per: per?.(standing) ?? 1 }
}
