import { fromWhole } from '../arrivals/whole.ts'
import { DrawnPlaces } from '../experiments/drawn-places.ts'
import { atPace, atPlaces, type Prepared, prepare } from '../experiments/prepare.ts'
import { replicated, seedOf } from '../experiments/replication.ts'
import { bootstrapOf, checkBlock, sliceOf } from '../experiments/resampled.ts'
import type { Course } from '../fleet/course.ts'
import { traceOpener } from '../scenario/files.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { canonical } from './canonical.ts'
import type { Experiment } from './experiment.ts'
import { Recent } from './recent.ts'
import { type Resampling, usualResampling } from './resampling.ts'
import { scenarioAt } from './settings.ts'
import { unpaced, type Workloads } from './workloads.ts'

/** Scenarios kept ready, replications of them, and scenarios that others differ from by their pace alone. */
const KEPT = 4

/** What cells of an experiment run on, made ready once for those that come one after the other. */
export class Courses {
  readonly #experiment: Experiment
  readonly #workloads: Workloads
  readonly #settings = new Recent<Promise<Prepared>>(KEPT)
  readonly #courses = new Recent<Promise<Course>>(KEPT)
  #places: DrawnPlaces | undefined
  /** By all of the scenario but its policies and the pace of its workload. */
  readonly #unpaced = new Recent<Promise<Prepared>>(KEPT)

  constructor(experiment: Experiment, workloads: Workloads) {
    this.#experiment = experiment
    this.#workloads = workloads
  }

  /** The scenario of a setting, ready to run. Throws a UserError at the first mistake in it. */
  prepared(setting: number): Promise<Prepared> {
    return this.#settings.get(String(setting), async () => {
      const parsed = scenarioAt(this.#experiment, setting)
      const before = await this.#unpaced.get(unpacedKey(parsed), () => this.#prepare(parsed))
      return before.parsed === parsed ? before : atPace(before, parsed)
    })
  }

  /** What a replication of it runs on, whatever the policy. */
  of(setting: number, replication: number): Promise<Course> {
    return this.#courses.get(`${setting}/${replication}`, async () => {
      const prepared = await this.prepared(setting)
      if (this.#experiment.spec.uncertainty !== undefined) return this.#drawn(prepared, replication)
      const resampling = this.#resamplingOf(prepared.parsed)
      return resampling.by === 'seeds'
        ? replicated(prepared, replication)
        : this.#resampled(prepared, replication, resampling)
    })
  }

  /** Throws a UserError where a setting, or what its replications are taken from, cannot be run. */
  async check(setting: number): Promise<void> {
    const { parsed } = await this.prepared(setting)
    const resampling = this.#resamplingOf(parsed)
    const { spec, replications } = this.#experiment
    if (resampling.by === 'seeds' || spec.uncertainty !== undefined) return
    const cuttable = await this.#workloads.of(parsed)
    if (resampling.by === 'block-bootstrap') checkBlock(cuttable, resampling.blockS)
    else for (let slice = 0; slice < replications.most; slice++) sliceOf(cuttable, slice, resampling.count)
  }

  async #prepare(parsed: ParsedScenario): Promise<Prepared> {
    const { catalogue, scenarioFile } = this.#experiment
    const open = traceOpener(scenarioFile)
    if (this.#resamplingOf(parsed).by === 'seeds') return prepare(parsed, catalogue, open)
    const { whole } = await this.#workloads.of(parsed)
    return prepare(parsed, catalogue, open, () => fromWhole(whole))
  }

  /** The requests and the chance of the first replication on a fleet of estimates drawn. */
  #drawn(prepared: Prepared, draw: number): Promise<Course> {
    const { seed } = prepared.parsed.scenario
    const { draws } = this.#experiment.spec.uncertainty!
    this.#places ??= new DrawnPlaces(draws, seed)
    return atPlaces(prepared, this.#places.of(draw))
  }

  async #resampled(prepared: Prepared, replication: number, resampling: Resampling): Promise<Course> {
    const cuttable = await this.#workloads.of(prepared.parsed)
    if (resampling.by === 'slices') {
      return replicated(prepared, replication, () => sliceOf(cuttable, replication, resampling.count))
    }
    if (replication === 0 || resampling.by === 'seeds') return replicated(prepared, replication)
    const seed = seedOf(prepared.parsed.scenario.seed, replication)
    return replicated(prepared, replication, () => bootstrapOf(cuttable, resampling.blockS, seed))
  }

  #resamplingOf({ scenario }: ParsedScenario): Resampling {
    return this.#experiment.resampling ?? usualResampling(scenario)
  }
}

function unpacedKey({ scenario }: ParsedScenario): string {
  const { policies: _, workload, ...rest } = scenario
  return canonical({ ...rest, workload: unpaced(workload) })
}
