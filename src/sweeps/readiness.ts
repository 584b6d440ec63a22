import { UserError } from '../core/errors.ts'
import type { Journal } from './contract.ts'
import { Courses } from './courses.ts'
import type { SweepTask } from './deal.ts'
import type { Experiment } from './experiment.ts'
import { pointsOf, settingName } from './points.ts'
import { type SharedWorkloads, Workloads } from './workloads.ts'

/** Long enough for hundreds of small settings, and short beside the sweep of a large one. */
const LOOK_MS = 5_000

export interface ReadinessOptions {
  /** Ends the look. */
  readonly signal?: AbortSignal
  /** Milliseconds after which no further setting is looked at. */
  readonly lookMs?: number
  /** In place of reading workloads that replications are taken from. */
  readonly workloads?: SharedWorkloads | undefined
}

/**
 * Makes settings ready that have not been run yet, so that a mistake that shows only beside the workload's measure, such
 * as a warm-up that outlasts it, ends a sweep before its first cell. A setting for which there is no time shows its
 * mistakes when it is run. Throws a UserError that names the setting.
 */
export async function checkReadiness(
  experiment: Experiment,
  task: SweepTask,
  journal: Journal,
  { signal, lookMs = LOOK_MS, workloads }: ReadinessOptions = {},
): Promise<void> {
  const courses = new Courses(experiment, new Workloads(experiment, workloads))
  const endMs = performance.now() + lookMs
  for (const setting of settingsLeft(experiment, task, journal)) {
    if (signal?.aborted || performance.now() > endMs) return
    await checkSetting(experiment, courses, setting)
  }
}

/** In order. */
function settingsLeft(
  experiment: Experiment,
  { settings, hashOf }: SweepTask,
  journal: Journal,
): Set<number> {
  const points = pointsOf(experiment)
  const left = settings.flat().filter(point => !journal.has(hashOf({ point, replication: 0 })))
  return new Set(left.map(point => points[point].setting))
}

async function checkSetting(experiment: Experiment, courses: Courses, setting: number): Promise<void> {
  try {
    await courses.check(setting)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const name = settingName(experiment, setting)
    throw name === '' ? error : new UserError(`at ${name}: ${error.message}`, { cause: error })
  }
}
