import type { ArrivalSource } from '../arrivals/contract.ts'
import type { Course } from '../fleet/course.ts'
import { atSeed, type Prepared } from './prepare.ts'

/** Of the first replication the scenario's own seed, so that its figures are those of a race. */
export function seedOf(seed: string | number, replication: number): string | number {
  return replication === 0 ? seed : `${seed}/${replication}`
}

/**
 * A replication of a scenario, numbered from 0: everything that is drawn is drawn anew, whatever policy runs alike. The
 * workload comes at the factor of its rate that the scenario's own seed gives, and loads count from the saturation
 * found there: replications differ by chance only.
 *
 * @param arrivals at the workload's own rate, in place of those that it has under the replication's seed
 */
export function replicated(prepared: Prepared, replication: number, arrivals?: () => ArrivalSource): Course {
  if (replication === 0 && arrivals === undefined) return prepared.course
  return atSeed(prepared, seedOf(prepared.parsed.scenario.seed, replication), arrivals)
}
