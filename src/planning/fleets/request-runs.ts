import type { ArrivalSource } from '../../arrivals/contract.ts'
import { Cuttable } from '../../arrivals/pieces.ts'
import { looped } from '../../arrivals/transforms/loop.ts'
import { inNames } from '../../arrivals/transforms/rename.ts'
import { fromWhole, readWhole, type WholeWorkload } from '../../arrivals/whole.ts'
import { seedOf } from '../../experiments/replication.ts'
import { bootstrapOf, USUAL_BLOCKS } from '../../experiments/resampled.ts'
import type { ParsedScenario } from '../../scenario/schema.ts'
import { type BuiltWorkload, buildWorkload, type OpenTrace, paceFactor } from '../../scenario/workload.ts'
import { partsOf } from '../../scenario/workload-schema.ts'
import { mean } from '../../statistics/moments.ts'

/** The requests that fleets of a plan are simulated with: those of a replication are the same for every fleet. */
export interface RequestRuns {
  /** At which they come, on average. */
  readonly ratePerS: number
  /** By how much faster they come than by themselves. */
  readonly factor: number
  /** In a run. */
  readonly requests: number
  /** Seconds from the first to the last, about. */
  readonly spanS: number
  /** Requests of the workload itself: a run may have fewer of them, or take them more than once. */
  readonly workloadRequests: number
  /** Whether replications are drawn from the one trace that there is, in blocks of its time. */
  readonly isRedrawn: boolean
  /** Whether replication 0 is that trace as it is. */
  readonly hasItself: boolean
  /** At the workload's own rate. Replications beyond those that were asked for are made as they are read. */
  arrivals(replication: number): () => ArrivalSource
}

/** A workload in memory, with where it is from. */
export interface ReadWorkload {
  readonly parsed: ParsedScenario
  readonly open: OpenTrace
  readonly built: BuiltWorkload
  readonly whole: WholeWorkload
}

/** Requests of a longer workload that a run has at most, unless it would be too short. */
export const MOST_REQUESTS = 16_000
/** Blocks of a trace in a run that has a part of it, at least. */
const LEAST_BLOCKS = 10

/**
 * Reads the requests of so many replications, whose rate stands for all. A run lasts as long as the workload, but not over 16,000 requests, and
 * never less than asked: a longer one has a part of them, a shorter one has them again and again.
 *
 * @param leastS seconds that a run lasts at least
 */
export async function requestRuns(
  read: ReadWorkload,
  replications: number,
  leastS: number,
): Promise<RequestRuns> {
  const { built, whole, parsed } = read
  const wholePerS = meanRate(whole)
  const factorBefore = paceFactor(built.pace, wholePerS, () => Number.NaN)
  const least = Math.ceil(leastS * wholePerS * factorBefore)
  const requests = Math.max(least, Math.min(whole.length, MOST_REQUESTS))
  const isRedrawn = isOfTrace(parsed)
  const hasItself = isRedrawn && requests >= whole.length
  const draw = isRedrawn ? redrawn(read, requests, hasItself) : drawnAnew(read, requests)
  const drawn: WholeWorkload[] = []
  while (drawn.length < replications) drawn.push(await readWhole(draw(drawn.length)))
  const meanPerS = isRedrawn ? wholePerS : mean(drawn.map(meanRate))
  const factor = paceFactor(built.pace, meanPerS, () => Number.NaN)
  const ratePerS = meanPerS * factor
  return {
    ...{ ratePerS, factor, requests, spanS: requests / ratePerS },
    workloadRequests: whole.length,
    ...{ isRedrawn, hasItself },
    arrivals: replication => () =>
      replication < drawn.length ? fromWhole(drawn[replication]) : draw(replication),
  }
}

function isOfTrace({ scenario }: ParsedScenario): boolean {
  return partsOf(scenario.workload).some(part => 'trace' in part)
}

/** The first replication is the trace itself where runs have all of it; others have blocks of it, of the usual length. */
function redrawn({ parsed, whole }: ReadWorkload, requests: number, hasItself: boolean) {
  const cuttable = new Cuttable(whole)
  const periodS = (whole.arrivalS[whole.length - 1] * whole.length) / (whole.length - 1)
  const blockS = periodS * Math.min(1 / USUAL_BLOCKS, requests / whole.length / LEAST_BLOCKS)
  return (replication: number): ArrivalSource => {
    const seed = seedOf(parsed.scenario.seed, replication)
    const isItself = replication === 0 && hasItself
    const open = () => (isItself ? fromWhole(whole) : bootstrapOf(cuttable, blockS, seed))
    return looped(open, { requests, periodS })
  }
}

function drawnAnew({ parsed, open, whole }: ReadWorkload, requests: number) {
  const names = { classes: whole.classes, tenants: whole.tenants ?? [] }
  return (replication: number): ArrivalSource => {
    const seed = seedOf(parsed.scenario.seed, replication)
    const built = buildWorkload({ ...parsed, scenario: { ...parsed.scenario, seed } }, open)
    return looped(() => inNames(built.arrivals(), names), { requests })
  }
}

function meanRate({ arrivalS, length }: WholeWorkload): number {
  return (length - 1) / arrivalS[length - 1]
}
