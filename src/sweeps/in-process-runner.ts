import { UserError } from '../core/errors.ts'
import { settledAfterS } from '../experiments/pilot.ts'
import { type Entrant, race } from '../experiments/race.ts'
import type { Course } from '../fleet/course.ts'
import type { Watch } from '../routing/watch.ts'
import { type CellHasher, hasherOf } from './cell-hash.ts'
import type { Cell, CellResult, CellRow, CellRunner } from './contract.ts'
import { Courses } from './courses.ts'
import { Entrants } from './entrants.ts'
import type { Experiment } from './experiment.ts'
import { rowsOf } from './metrics.ts'
import { cellName, type Point, pointsOf } from './points.ts'
import { Recent } from './recent.ts'
import { type SharedWorkloads, Workloads } from './workloads.ts'

/** Settings whose warm-up is kept. */
const SETTINGS_KEPT = 1024

export interface InProcessOptions {
  /** Told when a policy of the user's own is entered and left. */
  readonly watch?: Watch
  /** In place of one that reads all files again. */
  readonly hasher?: CellHasher
  /** In place of reading workloads here that replications are taken from. */
  readonly workloads?: SharedWorkloads
}

/**
 * Runs the cells of an experiment here, one at a time. What cells share is made once for cells that come one after the
 * other: the fleet built, the workload measured, its saturation. The order of cells changes no result.
 */
export function inProcessRunner(experiment: Experiment, options: InProcessOptions = {}): CellRunner {
  const runner = new InProcess(experiment, options)
  return { width: 1, run: cell => runner.run(cell), close: async () => {} }
}

class InProcess {
  readonly #experiment: Experiment
  readonly #points: readonly Point[]
  readonly #hasher: CellHasher
  readonly #courses: Courses
  readonly #entrants: Entrants
  readonly #warmups = new Recent<Promise<number>>(SETTINGS_KEPT)

  constructor(experiment: Experiment, { watch, hasher, workloads }: InProcessOptions) {
    this.#experiment = experiment
    this.#points = pointsOf(experiment)
    this.#hasher = hasher ?? hasherOf(experiment, this.#points)
    this.#entrants = new Entrants(experiment, watch)
    this.#courses = new Courses(experiment, new Workloads(experiment, workloads))
  }

  async run(cell: Cell): Promise<CellResult> {
    const point = this.#points[cell.point]
    try {
      return { hash: this.#hasher.of(cell), rows: await this.#rows(point, cell.replication) }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      const name = cellName(this.#experiment, point, cell)
      throw new UserError(`${name}: ${error.message}`, { cause: error })
    }
  }

  async #rows({ setting, policyIndex }: Point, replication: number): Promise<CellRow[]> {
    const { metrics, support, spec } = this.#experiment
    const prepared = await this.#courses.prepared(setting)
    const entrant = await this.#entrants.of(prepared, policyIndex)
    const course = await this.#courses.of(setting, replication)
    const warmupS = spec.warmup === undefined ? course.warmupS : await this.#warmupS(setting)
    return rowsOf(await resultOf({ ...course, warmupS }, entrant), [...metrics, ...support], spec.groups)
  }

  /** One for all policies and replications of a setting, found by its first policy in the first replication. */
  #warmupS(setting: number): Promise<number> {
    return this.#warmups.get(String(setting), async () => {
      const entrant = await this.#entrants.of(await this.#courses.prepared(setting), 0)
      return settledAfterS(await this.#courses.of(setting, 0), entrant)
    })
  }
}

async function resultOf(course: Course, entrant: Entrant) {
  const [{ result }] = await race(course, [entrant])
  return result
}
